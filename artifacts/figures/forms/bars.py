"""Horizontal bars, each with its figure written at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from artifacts.figures.drawing import DARK, INK, MUTED, ROW, WIDTH, inline, shown, svg

_ROOM = 1.3  # of the longest bar, so that its figure has space behind it


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, how long it is (None for no bar), and what is written at its end."""

    label: str
    value: float | None
    says: str


def bars(
    rows: Sequence[Bar], key: str, *, mark: tuple[float, str] | None = None, least: float = 0.0
) -> str:
    """Draws bars from 0.

    Args:
        rows: The bars from the top down; labels must differ.
        key: What ids begin with.
        mark: A value that all are held against, and its name; None for none.
        least: What the scale reaches to at least, so that a tiny share does not look like a large
            one.
    """
    if not rows:
        return ""
    import altair as alt

    longest = max([each.value or 0.0 for each in rows] + [mark[0] if mark else 0.0, least])
    values = [
        {"label": shown(each.label), "value": each.value or 0.0, "says": each.says} for each in rows
    ]
    base = alt.Chart().encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False)),
        x=alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, longest * _ROOM or 1])),
    )
    layers: list[alt.Chart] = [
        base.mark_bar(color=DARK, height=ROW - 7),
        base.mark_text(align="left", dx=5, color=INK).encode(text=alt.Text("says:N")),
    ]
    if mark is not None:
        at = alt.Chart(inline([{"value": mark[0], "name": mark[1]}]))
        layers.append(at.mark_rule(color=MUTED, strokeDash=[4, 3]).encode(x=alt.X("value:Q")))
        name = at.mark_text(align="left", dx=3, dy=-3, baseline="bottom", color=MUTED)
        layers.append(name.encode(x=alt.X("value:Q"), y=alt.value(0), text=alt.Text("name:N")))
    return svg(
        alt.layer(*layers, data=inline(values)).properties(width=WIDTH, height=alt.Step(ROW)), key
    )
