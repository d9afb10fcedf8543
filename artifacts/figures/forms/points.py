"""Points with the interval around each, on a scale of shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from artifacts.figures.drawing import DARK, INK, MUTED, ROW, WIDTH, inline, shown, svg

_ROOM = 1.32


@dataclass(frozen=True, slots=True)
class Point:
    """One point: label, value, the two ends around it (None for none), and what is written."""

    label: str
    value: float
    ends: tuple[float, float] | None
    says: str


def points(rows: Sequence[Point], key: str, form: str) -> str:
    """Draws points with whiskers; the scale begins at 0.

    Args:
        rows: The points from the top down; labels must differ.
        key: What ids begin with.
        form: How the scale's numbers are written, in d3's notation: `.0%`.
    """
    if not rows:
        return ""
    import altair as alt

    right = max((each.ends or (each.value, each.value))[1] for each in rows)
    values = []
    for each in rows:
        low, high = each.ends or (each.value, each.value)
        values.append(
            {
                **{"label": shown(each.label), "value": each.value, "says": each.says},
                **{"low": low, "high": high},
            }
        )
    scale = alt.Scale(domain=[0, right * _ROOM or 1])
    axis = alt.Axis(
        format=form,
        tickCount=4,
        ticks=False,
        domain=False,
        labelColor=MUTED,
        labelExpr="datum.value > 1 ? '' : datum.label",  # the scale has room for words beyond 1
    )
    base = alt.Chart().encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False)),
    )
    layers = [
        base.mark_rule(color=MUTED, strokeWidth=2).encode(
            x=alt.X("low:Q", title=None, axis=axis, scale=scale), x2=alt.X2("high:Q")
        ),
        base.mark_point(filled=True, size=70, color=DARK, opacity=1).encode(
            x=alt.X("value:Q", scale=scale)
        ),
        base.mark_text(align="left", dx=8, color=INK).encode(
            x=alt.X("high:Q", scale=scale), text=alt.Text("says:N")
        ),
    ]
    return svg(
        alt.layer(*layers, data=inline(values)).properties(width=WIDTH, height=alt.Step(ROW)), key
    )
