"""Bars of parts that add up, told apart by lightness and by the numbers written on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from artifacts.figures.drawing import (
    DARK,
    INK,
    LIGHT,
    MIDDLE,
    MUTED,
    ON_BAR,
    ROW,
    WIDTH,
    inline,
    shown,
    svg,
)

_FILLS = (DARK, LIGHT, MIDDLE)
_INKS = (ON_BAR, INK, INK)
_DIGIT = 0.02  # of the whole width that a digit takes


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar: its label, and the size of each of its parts."""

    label: str
    parts: Mapping[str, int]


def stacks(rows: Sequence[Stack], names: tuple[str, ...], key: str, *, whole: bool) -> str:
    """Draws stacked bars.

    Args:
        rows: The bars from the top down; labels must differ.
        names: The parts from left to right, three at most.
        key: What ids begin with.
        whole: Whether each bar has the full width, so that shares are compared and not counts.
    """
    values = [value for row in rows for value in _pieces(row, names, _scale(rows, row, whole))]
    if not values:
        return ""
    import altair as alt

    order = [shown(row.label) for row in rows]
    base = alt.Chart().encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False)),
    )
    fill = alt.Color(
        "part:N", sort=names, scale=alt.Scale(domain=list(names), range=list(_FILLS[: len(names)]))
    )
    scale = alt.Scale(domain=[0, 1])
    piece = base.mark_bar(height=ROW - 5, stroke=MUTED, strokeWidth=0.7).encode(
        x=alt.X("start:Q", axis=None, scale=scale), x2=alt.X2("end:Q"), color=fill
    )
    layers: list[alt.Chart] = [piece]
    for name, ink in zip(names, _INKS, strict=False):
        text = base.mark_text(color=ink).transform_filter(
            (alt.datum.part == name) & (alt.datum.says != "")
        )
        layers.append(text.encode(x=alt.X("middle:Q", scale=scale), text=alt.Text("says:N")))
    return svg(
        alt.layer(*layers, data=inline(values)).properties(width=WIDTH, height=alt.Step(ROW)), key
    )


def _scale(rows: Sequence[Stack], row: Stack, whole: bool) -> int:
    return sum(row.parts.values()) if whole else max(sum(each.parts.values()) for each in rows)


def _pieces(row: Stack, names: tuple[str, ...], scale: int) -> list[dict[str, object]]:
    start, pieces = 0, []
    for name in names:
        size = row.parts.get(name, 0)
        if not size:
            continue
        says = f"{size:,}"
        fits = size / scale > _DIGIT * (len(says) + 0.6)
        pieces.append(
            {
                **{"label": shown(row.label), "part": name, "says": says if fits else ""},
                **{"start": start / scale, "end": (start + size) / scale},
                "middle": (start + size / 2) / scale,
            }
        )
        start += size
    return pieces
