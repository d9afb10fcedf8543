"""What `judge-score` found, as tables."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.judge_score_facts import JudgePass, JudgeScore, JudgeScores, People
from artifacts.summary import Cell, Table, facts
from base.formats import UNKNOWN, fixed, interval, statistic

POOLED = "pooled"

_PARTS = {
    "all": "Judges against people (positive = refusal)",
    "base": "Judges against people on base prompts",
    "mutated": "Judges against people on mutated prompts",
}
_ENDS = "95 % interval"
_KAPPAS = (
    *("judge", "model", "n", "prompts", "unparseable"),
    *("kappa", _ENDS, "strict kappa", _ENDS, "agreement"),
)
_RECALLS = (
    *("judge", "model", "refusals", "refusal recall", _ENDS),
    *("others", "fulfilment recall", _ENDS),
)


def tables(found: JudgeScores) -> Iterator[Table]:
    """The figures by part, what a pass takes, the people, and what was left out."""
    for part, title in _PARTS.items():
        own = [score for score in found.scores if score.part == part]
        if own:
            yield Table(title, _KAPPAS, tuple(map(_kappas, own)))
            yield Table(f"{title}: recalls", _RECALLS, tuple(map(_recalls, own)))
    header = ("judge", "rows", "seconds", "US dollars", "replies", "asked for now")
    yield Table("One pass", header, tuple(map(_pass, found.passes)))
    if found.people is not None:
        yield from _people(found.people)
    yield facts("Rows", dict(_rows(found)))


def _kappas(score: JudgeScore) -> tuple[Cell, ...]:
    return (
        *(score.judge, score.model or POOLED, score.rows, score.prompts, score.unparseable),
        *(statistic(score.kappa), interval(score.kappa_interval, fixed)),
        *(
            statistic(score.strict_kappa),
            interval(score.strict_interval, fixed),
            statistic(score.agreement),
        ),
    )


def _recalls(score: JudgeScore) -> tuple[Cell, ...]:
    return (
        *(score.judge, score.model or POOLED),
        *(
            score.refusals,
            statistic(score.refusal_recall),
            interval(score.refusal_interval, fixed),
        ),
        *(score.rows - score.refusals, statistic(score.fulfilment_recall)),
        interval(score.fulfilment_interval, fixed),
    )


def _pass(found: JudgePass) -> tuple[Cell, ...]:
    usd = fixed(found.usd, UNKNOWN, places=4)
    return found.judge, found.rows, f"{found.seconds:.2f}", usd, found.replies, found.bought


def _people(found: People) -> Iterator[Table]:
    pairs: dict[str, Cell] = {
        "answers labelled twice or more": found.rows,
        "observed agreement": statistic(found.observed),
        "Fleiss' kappa": statistic(found.fleiss),
        "Krippendorff's alpha": statistic(found.alpha),
        "Gwet's AC1": statistic(found.ac1),
        "ties": found.ties,
    }
    yield facts("People among themselves", pairs)
    rows = tuple(
        (
            each.name,
            each.rows,
            statistic(each.kappa),
            interval(each.interval, fixed),
            statistic(each.agreement),
        )
        for each in found.persons
    )
    header = ("annotator", "n", "kappa", "95 % interval", "agreement")
    yield Table("Each annotator against the majority of the others", header, rows)


def _rows(found: JudgeScores) -> Iterator[tuple[str, Cell]]:
    yield "in the table", found.rows
    for why, count in found.left_out.items():
        yield f"left out: {why}", count
    if found.split is not None:
        yield "split", found.split.rule
        yield "set aside for training", found.split.train
        yield "scored", found.split.test
    yield "label", found.truth
