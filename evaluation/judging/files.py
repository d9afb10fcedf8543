"""What `judge-score` leaves in a folder: figures as JSON, tables, chart, verdicts, the split."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from artifacts.figures.figure import Figure
from artifacts.figures.judge_scores import judge_score_figures
from artifacts.judge_score_facts import JudgeScores
from artifacts.report.rows import sensitive_categories
from artifacts.summary import markdown
from base.files import replacing, write_json
from evaluation.judging.splits import Split
from evaluation.judging.tables import tables
from people.labelled import Labelled

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
    split: Split | None,
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
    charts = [
        f"## {each.title}\n\n![{each.alt}]({each.key}.svg)\n\n{each.rests_on}. {each.note}\n"
        for each in figures
    ]
    notes = [f"- {note}" for note in found.notes]
    return "\n".join((f"# {found.source}\n", *charts, markdown(tables(found)), *notes)) + "\n"


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
