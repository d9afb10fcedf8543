"""How often texts begin with the same words."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.audit_facts import Audit, Diversity
from artifacts.figures.figure import Figure, of_rows, percent, slug
from artifacts.figures.forms.bars import Bar, bars
from artifacts.summary import Table

_SHOWN = 15


def opening_figures(audit: Audit) -> Iterator[Figure]:
    """The most frequent openings by rank; their words are prompt text, which is not drawn."""
    for found in audit.diversity:
        if found.openings and found.rows:
            yield _figure(found)


def _figure(found: Diversity) -> Figure:
    key = slug("openings", found.config)
    first = found.openings[:_SHOWN]
    shares = [opening.rows / found.rows for opening in first]
    drawn = [
        Bar(f"opening {rank}", share, percent(share)) for rank, share in enumerate(shares, start=1)
    ]
    rows = (
        (opening.words, opening.rows, percent(share))
        for opening, share in zip(first, shares, strict=True)
    )
    return Figure(
        key=key,
        section="diversity",
        title=f"{found.config}: the most frequent openings of three words",
        rests_on=of_rows(found.rows),
        alt=(
            f"Bars of the {len(first)} most frequent openings; the first begins"
            f" {percent(shares[0])} of the rows."
        ),
        svg=bars(drawn, key, least=0.1),
        table=Table(f"{found.config}: openings", ("opening words", "rows", "share"), tuple(rows)),
        note="The words are prompt text: they are in the table, hidden until asked for.",
        quotes=found.config,
    )
