"""What `judge-score` found, as tables."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.judge_score_facts import Interval, JudgePass, JudgeScore, JudgeScores, People
from artifacts.summary import Cell, Table, facts

POOLED = "pooled"
NOTHING = "not defined"
"""What stands for a figure that has no value: 0/0, or nothing to rest on."""

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
        *(figure(score.kappa), interval(score.kappa_interval)),
        *(figure(score.strict_kappa), interval(score.strict_interval), figure(score.agreement)),
    )


def _recalls(score: JudgeScore) -> tuple[Cell, ...]:
    return (
        *(score.judge, score.model or POOLED),
        *(score.refusals, figure(score.refusal_recall), interval(score.refusal_interval)),
        *(score.rows - score.refusals, figure(score.fulfilment_recall)),
        interval(score.fulfilment_interval),
    )


def _pass(found: JudgePass) -> tuple[Cell, ...]:
    usd = "unknown" if found.usd is None else f"{found.usd:.4f}"
    return found.judge, found.rows, f"{found.seconds:.2f}", usd, found.replies, found.bought


def _people(found: People) -> Iterator[Table]:
    pairs: dict[str, Cell] = {
        "answers labelled twice or more": found.rows,
        "observed agreement": figure(found.observed),
        "Fleiss' kappa": figure(found.fleiss),
        "Krippendorff's alpha": figure(found.alpha),
        "Gwet's AC1": figure(found.ac1),
        "ties": found.ties,
    }
    yield facts("People among themselves", pairs)
    rows = tuple(
        (each.name, each.rows, figure(each.kappa), interval(each.interval), figure(each.agreement))
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


def figure(value: float | None) -> str:
    """A figure with three decimals."""
    return NOTHING if value is None else f"{value:.3f}"


def interval(ends: Interval | None) -> str:
    """Both ends of an interval."""
    return "" if ends is None else f"{ends[0]:.3f} to {ends[1]:.3f}"
