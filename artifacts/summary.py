"""What a run and a release came to, as small tables of plain data and as markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from artifacts.funnel import Edge

Cell: TypeAlias = "str | int | float | None"


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; whoever shows it (markdown here, a terminal elsewhere) decides on looks."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def facts(title: str, pairs: Mapping[str, Cell]) -> Table:
    """Named values, one a row."""
    return Table(title, ("what", "value"), tuple(pairs.items()))


def funnel(edges: Iterable[Edge]) -> Table:
    """Rows in and out of every stage."""
    header = ("stage", "in", "kept", "dropped", "failed", "votes", "answers")
    rows = (
        (
            *(edge.name, edge.entered, edge.kept, edge.dropped, edge.failed),
            *(edge.votes or None, edge.answers or None),
        )
        for edge in edges
    )
    return Table("Rows by stage", header, tuple(rows))


def reasons(edges: Iterable[Edge]) -> Table:
    """Why rows were dropped, by stage."""
    rows = ((edge.stage, reason, count) for edge in edges for reason, count in edge.reasons.items())
    return Table("Dropped rows by reason", ("stage", "reason", "rows"), tuple(rows))


def categories_by_stage(edges: Sequence[Edge], categories: Sequence[str]) -> Table:
    """Kept rows of every stage by category, categories without rows included."""
    return by_category(
        "Kept rows by category and stage",
        {edge.stage: edge.categories for edge in edges},
        categories,
    )


def by_category(
    title: str, columns: Mapping[str, Mapping[str, int]], categories: Sequence[str]
) -> Table:
    """Counts by category, a column for each name, with a last row of totals."""
    rows: list[tuple[Cell, ...]] = [
        (category, *(counts.get(category, 0) for counts in columns.values()))
        for category in categories
    ]
    rows.append(("total", *(sum(counts.values()) for counts in columns.values())))
    return Table(title, ("category", *columns), tuple(rows))


def markdown(tables: Iterable[Table]) -> str:
    """The tables with their titles as second-level headings."""
    return "\n".join(f"## {table.title}\n\n{markdown_table(table)}" for table in tables)


def markdown_table(table: Table) -> str:
    """A table in GitHub's markdown, numbers to the right, without its title."""
    sides = tuple(_side([row[place] for row in table.rows]) for place in range(len(table.header)))
    return "\n".join(map(_line, (table.header, sides, *table.rows))) + "\n"


def _side(cells: Sequence[Cell]) -> str:
    return "---" if any(isinstance(cell, str) for cell in cells) else "---:"


def _line(cells: tuple[Cell, ...]) -> str:
    return "| " + " | ".join(map(_shown, cells)) + " |"


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.replace("|", "\\|").replace("\n", " ")
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:.4g}"
