"""Which styles a mutated set has, category by category."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.audit_facts import Audit
from artifacts.figures.figure import EMPTY, Figure, of_rows
from artifacts.figures.forms.cells import cells
from artifacts.summary import Cell, Table


def coverage_figures(audit: Audit) -> Iterator[Figure]:
    """Rows by style and category; empty cells stand out."""
    coverage = audit.coverage
    if coverage is None or not coverage.counts or not coverage.categories:
        return
    styles, categories = tuple(coverage.counts), coverage.categories
    counts = {
        (category, style): coverage.counts[style].get(category, 0)
        for style in styles
        for category in categories
    }
    empty = sum(not count for count in counts.values())
    rows: list[tuple[Cell, ...]] = [
        (name, *(counts[name, style] for style in styles)) for name in categories
    ]
    yield Figure(
        key="coverage",
        section="balance",
        title="Rows by category and style",
        rests_on=of_rows(sum(counts.values())),
        alt=(
            f"A grid of {len(categories)} categories by {len(styles)} styles, darker for more"
            f" rows; {empty:,} of {len(counts):,} cells have no row."
        ),
        svg=cells(
            {at: (count or None, str(count) if count else EMPTY) for at, count in counts.items()},
            categories,
            styles,
            "coverage",
        ),
        table=Table("Rows by category and style", ("category", *styles), tuple(rows)),
        note="Nothing is padded: a dash is a cell without a row.",
    )
