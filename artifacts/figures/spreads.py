"""How rows are spread over categories, domains, styles and languages."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.audit_facts import Audit, Spread
from artifacts.figures.figure import NOTHING, Figure, decimal, of_rows, slug
from artifacts.figures.forms.bars import Bar, bars
from artifacts.summary import Table

_MANY = {"category": "categories", "domain": "domains", "style": "styles", "language": "languages"}


def spread_figures(audit: Audit) -> Iterator[Figure]:
    """A bar for each value of each dimension, config by config."""
    for spread in audit.spreads:
        if spread.counts:
            yield _figure(spread)


def _figure(spread: Spread) -> Figure:
    key = slug("spread", spread.config, spread.dimension)
    even = spread.rows / len(spread.counts)
    rows = [Bar(name, count, f"{count:,}") for name, count in spread.counts.items()]
    mark = (even, "even") if len(rows) > 1 and even and spread.dimension != "language" else None
    return Figure(
        key=key,
        section="balance",
        title=f"{spread.config}: rows by {spread.dimension}",
        rests_on=of_rows(spread.rows),
        alt=_told(spread),
        svg=bars(rows, key, mark=mark),
        table=Table(
            f"{spread.config}: rows by {spread.dimension}",
            (spread.dimension, "rows", "share"),
            tuple(
                (name, count, f"{count / spread.rows:.1%}" if spread.rows else NOTHING)
                for name, count in spread.counts.items()
            ),
        ),
        note=(
            f"Normalised entropy {decimal(spread.entropy)}, largest / smallest"
            f" {decimal(spread.ratio)}, Cramér's V against the target mix"
            f" {decimal(spread.cramers_v)}."
        ),
    )


def _told(spread: Spread) -> str:
    most = max(spread.counts, key=lambda name: spread.counts[name])
    least = min(spread.counts, key=lambda name: spread.counts[name])
    return (
        f"Bars of {len(spread.counts)} {_MANY[spread.dimension]}: the largest is {most} with"
        f" {spread.counts[most]:,} rows, the smallest {least} with {spread.counts[least]:,}."
    )
