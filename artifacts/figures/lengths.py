"""How long the texts are."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.audit_facts import Audit
from artifacts.figures.figure import Figure, of_rows
from artifacts.figures.forms.points import Point, points
from artifacts.summary import Table


def length_figures(audit: Audit) -> Iterator[Figure]:
    """Words at the median, with whiskers from the 5th to the 95th per cent."""
    found = [each for each in audit.lengths if each.rows]
    if not found:
        return
    drawn = [
        Point(each.config, each.words[1], (each.words[0], each.words[2]), f"{each.words[1]:,.0f}")
        for each in found
    ]
    told = "; ".join(f"{each.config} {each.words[1]:,.0f} words" for each in found)
    header = (
        *("config", "rows", "words 5 %", "words 50 %", "words 95 %"),
        *("characters 5 %", "characters 50 %", "characters 95 %"),
    )
    yield Figure(
        key="lengths",
        section="texts",
        title="Length in words",
        rests_on=of_rows(sum(each.rows for each in found)),
        alt=f"Points at the median, one a config: {told}.",
        svg=points(drawn, "lengths", ",.0f"),
        table=Table(
            "Length of texts",
            header,
            tuple((each.config, each.rows, *each.words, *each.characters) for each in found),
        ),
        note="Points are medians; whiskers go from the 5th to the 95th per cent of the rows.",
    )
