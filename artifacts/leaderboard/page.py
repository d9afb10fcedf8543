"""The leaderboard's page: its template, its data, and as many figures as fit."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from artifacts.evaluation_facts import Evaluation
from artifacts.figures.evaluation import gallery, views
from artifacts.figures.figure import Figure
from artifacts.leaderboard import record as making
from artifacts.leaderboard.record import record
from artifacts.report.rendering import compose, environment, report_style
from artifacts.summary import Table
from base import files, formats

_HERE = Path(__file__).parent / "templates"
ROOM = 6_000_000
"""Characters of drawings and their tables that a page holds at most."""
_CELL = 45  # characters that a cell of a table takes beside its own


@dataclass(frozen=True, slots=True)
class Inlined:
    """A figure on the page: the figure, what it is of, and how it was made."""

    figure: Figure
    drawn: gallery.Drawn
    made: tuple[str, ...]


def leaderboard_html(
    evaluation: Evaluation,
    record: dict[str, Any],
    drawn: Iterable[gallery.Drawn],
    room: int = ROOM,
) -> str:
    """The page.

    Args:
        evaluation: What was found.
        record: The same as plain data, which the page's script reads.
        drawn: Its figures.
        room: Characters that drawings and their tables may take.
    """
    inlined, left_out = _inlined(evaluation, drawn, room)
    return compose(
        environment(_HERE).get_template("leaderboard.html"),
        record,
        report_style() + _file("leaderboard.css"),
        _file("leaderboard.js"),
        evaluation=evaluation,
        figures=inlined,
        left_out=left_out,
        plain=tuple(_plain(evaluation)),
        made=tuple(_made(evaluation)),
        verdicts=sum(
            rate.verdicts
            for rate in evaluation.rates
            if rate.style is None and rate.category is None
        ),
    )


def _inlined(
    evaluation: Evaluation, figures: Iterable[gallery.Drawn], room: int
) -> tuple[tuple[Inlined, ...], int]:
    """The figures that fit, and how many do not: the first judge's come first."""
    kept, left_out = [], 0
    for drawn in figures:
        if drawn.figure.repeats:  # the tables above have its numbers, with their intervals
            continue
        size = _size(drawn.figure)
        if size > room:
            left_out += 1
            continue
        room -= size
        kept.append(Inlined(drawn.figure, drawn, tuple(making.of_figure(evaluation, drawn))))
    return tuple(kept), left_out


def _size(figure: Figure) -> int:
    rows = figure.table.rows
    return len(figure.svg) + sum(_CELL + len(str(cell)) for row in rows for cell in row)


def _plain(evaluation: Evaluation) -> Iterator[Table]:
    """The first view of each data set, for readers whose browser runs no scripts."""
    index = views.Index.of(evaluation)
    for data in evaluation.data:
        view = index.view(data, evaluation.settings[0], evaluation.judges_of(data.name)[0])
        rows = (
            (
                *(target.name, formats.percent(view.share(target.name))),
                *(formats.percents(views.shown_interval(view.data.measure, rate)), rate.verdicts),
            )
            for target, rate in view.ranked()
        )
        header = ("model", views.NAMES[data.measure], "95 % interval", "verdicts")
        yield Table(f"{data.name}; {view.where}", header, tuple(rows))


def _made(evaluation: Evaluation) -> Iterator[Table]:
    yield Table(
        "Data sets",
        ("name", "source", "rows", "what is shown", "categories", "styles", "SHA-256 of the rows"),
        tuple(
            (
                *(each.name, each.source, each.rows, views.NAMES[each.measure]),
                *(len(each.categories), len(each.styles), each.sha256),
            )
            for each in evaluation.data
        ),
    )
    yield Table(
        "Settings",
        ("name", "temperature", "system prompt", "chat template", "tokens at most"),
        tuple(
            (
                *(each.name, f"{each.temperature:g}", making.system_of(each)),
                *(making.template_of(each) or "the model's own", each.max_tokens),
            )
            for each in evaluation.settings
        ),
    )
    yield Table(
        "Judges",
        ("name", "kind", "model", "Cohen's kappa against people", "answers labelled by people"),
        tuple(
            (
                *(each.name, each.kind, each.model or "none"),
                *(
                    formats.NOT_MEASURED if each.kappa is None else formats.decimal(each.kappa),
                    each.kappa_rows,
                ),
            )
            for each in evaluation.judges
        ),
    )
    yield Table(
        "Models",
        ("name", "model", "family", "identity"),
        tuple(
            (each.name, each.model, each.family or "not given", each.identity)
            for each in evaluation.targets
        ),
    )


@cache
def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


PAGE = "index.html"
JSON = "leaderboard.json"


def write_leaderboard(
    folder: Path, evaluation: Evaluation, drawn: Iterable[gallery.Drawn] | None = None
) -> None:
    """Writes `leaderboard.json`, then `index.html`, which holds the same figures and drawings.

    Args:
        folder: Where they go; made where it is missing.
        evaluation: What was found.
        drawn: Its figures, where somebody has drawn them already.

    Raises:
        FileUnwritableError: A file cannot be written; `NoSpaceError` where the disk is full.
    """
    found = record(evaluation)
    figures = gallery.evaluation_figures(evaluation) if drawn is None else drawn
    page = leaderboard_html(evaluation, found, figures)
    # A name may hold what UTF-8 cannot: as an escape it stays what it is.
    text = json.dumps(found, separators=(",", ":"), ensure_ascii=True)
    with files.replacing(folder / JSON) as file:
        file.write(text.encode() + b"\n")
    with files.replacing(folder / PAGE) as file:
        file.write(page.encode())
