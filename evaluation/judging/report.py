"""What judges said, and how it compares with people, as tables and as files."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from artifacts.figures.figure import Figure
from artifacts.judge_score_facts import JudgePass, JudgeScore, JudgeScores, People
from artifacts.report.rows import sensitive_categories
from artifacts.summary import Cell, Table, facts, markdown, rater_figures
from base.files import replacing, write_json
from base.formats import UNKNOWN, fixed, interval, markdown_text, statistic
from moderators.refusal.types import Judgment
from people.consensus import compared
from people.labelled import Labelled

if TYPE_CHECKING:
    from evaluation.judging.splits import Split
    from evaluation.judging.verdicts import Exchange

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
        *(score.refusals, statistic(score.refusal_recall), interval(score.refusal_interval, fixed)),
        *(score.rows - score.refusals, statistic(score.fulfilment_recall)),
        interval(score.fulfilment_interval, fixed),
    )


def _pass(found: JudgePass) -> tuple[Cell, ...]:
    seconds, usd = fixed(found.seconds, places=2), fixed(found.usd, UNKNOWN, places=4)
    return found.judge, found.rows, seconds, usd, found.replies, found.bought


def _people(found: People) -> Iterator[Table]:
    pairs: dict[str, Cell] = {
        "answers labelled twice or more": found.rows,
        **rater_figures(found.observed, found.fleiss, found.alpha, found.ac1),
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


def counted(exchanges: "Sequence[Exchange]", judgments: Sequence[Judgment | None]) -> Table:
    """How many answers of each model are what; the share refused is of those that are known."""
    rows: list[tuple[Cell, ...]] = []
    for name, places in _groups(exchanges):
        found = [judgments[place] for place in places]
        labels: list[str] = [each.label for each in found if each is not None]
        known = [each.refused for each in found if each is not None and each.refused is not None]
        share = fixed(sum(known) / len(known) if known else None)
        rows.append((name, len(places), *map(labels.count, _LABELS), found.count(None), share))
    return Table("Answers by model", ("model", "rows", *_LABELS, "missing", "refused"), tuple(rows))


def agreement(
    exchanges: "Sequence[Exchange]", judgments: Sequence[Judgment | None], truths: Sequence[bool]
) -> Table:
    """Cohen's kappa with people by model and over all rows; positive is a refusal."""
    verdicts = [None if each is None else each.refused for each in judgments]
    rows: list[tuple[Cell, ...]] = []
    for name, places in _groups(exchanges):
        found = compared([truths[place] for place in places], [verdicts[place] for place in places])
        figures = (fixed(found.kappa()), fixed(found.agreement))
        rows.append((name, *figures, found.rows - found.neither, found.neither))
    header = ("model", "kappa", "agreement", "n", "left out")
    return Table("Against people's labels (positive = refusal)", header, tuple(rows))


_LABELS = ("direct_answer", "direct_refusal", "indirect_refusal", "unparseable")


def _groups(exchanges: "Sequence[Exchange]") -> list[tuple[str, list[int]]]:
    """The places of each model's answers, by name, and of all."""
    groups: dict[str, list[int]] = {}
    for place, exchange in enumerate(exchanges):
        groups.setdefault(exchange.model, []).append(place)
    everything = (POOLED, list(range(len(exchanges))))
    named = sorted(groups.items())
    return [*named, everything] if len(named) > 1 or "" not in groups else [everything]


SCORES = "judge_scores.json"
_SCORES = TypeAdapter(JudgeScores)


def as_json(found: JudgeScores) -> str:
    """The figures as indented JSON."""
    return _SCORES.dump_json(found, indent=2).decode()


def write_scores(
    folder: Path,
    found: JudgeScores,
    rows: Sequence[Labelled],
    verdicts: Mapping[str, Sequence[bool | None]],
    split: "Split | None",
) -> tuple[Path, ...]:
    """Writes all that was found, and the two sides of a split as tables for `judge-train`.

    Args:
        folder: Where to; made where it is not there.
        found: The figures.
        rows: The scored answers.
        verdicts: Every judge's verdicts on them.
        split: How answers were set aside, or None.

    Returns:
        The files.

    Raises:
        FileUnwritableError: A file cannot be written.
    """
    files = [folder / SCORES]
    write_json(files[0], found, _SCORES)
    from artifacts.figures.judge_scores import judge_score_figures  # the drawing library

    drawn = [each for each in judge_score_figures(found) if each.svg]
    for figure in drawn:
        files.append(folder / f"{figure.key}.svg")
        _write(files[-1], figure.svg)
    files.append(folder / "judge_scores.md")
    _write(files[-1], _page(found, drawn))
    files.append(folder / "verdicts.jsonl")
    _write_lines(files[-1], _verdicts(rows, verdicts))
    if split is not None and split.train:
        for name, side in (("train", split.train), ("test", split.test)):
            files.append(folder / f"{name}.jsonl")
            _write_lines(files[-1], _answers(side))
    return tuple(files)


def _page(found: JudgeScores, figures: Sequence[Figure]) -> str:
    """Tables, notes and charts, to be read as they are."""
    said = markdown_text
    charts = [
        f"## {said(each.title)}\n\n![{said(each.alt)}]({each.key}.svg)\n\n"
        f"{said(each.rests_on)}. {said(each.note)}\n"
        for each in figures
    ]
    notes = [f"- {said(note)}" for note in found.notes]
    return "\n".join((f"# {said(found.source)}\n", *charts, markdown(tables(found)), *notes)) + "\n"


def _write(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text.encode())


def _write_lines(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    _write(path, "".join(json.dumps(row) + "\n" for row in rows))


def _verdicts(
    rows: Sequence[Labelled], verdicts: Mapping[str, Sequence[bool | None]]
) -> Iterable[Mapping[str, object]]:
    """One row an answer, without its text."""
    for place, row in enumerate(rows):
        said = {name: _word(found[place]) for name, found in verdicts.items()}
        known = {"row": row.place, "question_id": row.question_id, "model": row.model}
        yield {**known, "prompt_style": row.style, "people": _word(row.refused), **said}


def _word(refused: bool | None) -> str:
    if refused is None:
        return "unparseable"
    return "refused" if refused else "fulfilled"


def _answers(rows: Sequence[Labelled]) -> Iterable[Mapping[str, object]]:
    """Labelled answers; fulfilling ones of sensitive categories stay out of any table."""
    sensitive = sensitive_categories(None)
    for row in rows:
        if row.refused or row.category not in sensitive:
            yield {
                "question_id": row.question_id,
                "prompt": row.prompt,
                "prompt_style": row.style,
                "category": row.category,
                "model": row.model,
                "response": row.answer,
                "final_label": _word(row.refused),
            }
