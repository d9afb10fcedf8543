"""A grid of cells: the darker the larger, with the figure written on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from artifacts.figures.drawing import GRID, MUTED, ON_DARK, ON_LIGHT, ROW, WIDTH, inline, shown, svg

_SHADES = ("#f2f6fa", "#a9c4dd", "#24507a")
_FLIP = 0.82  # of the scale; up to here black has a contrast of 4.5, above it white has
_NARROW, _WIDE = 24, 64


def cells(
    values: Mapping[tuple[str, str], tuple[float | None, str]],
    down: Sequence[str],
    across: Sequence[str],
    key: str,
    *,
    top: float | None = None,
) -> str:
    """Draws a grid.

    Args:
        values: By (row, column): the figure, None for an empty cell, and what is written on it.
        down: The rows' labels from the top down; each once.
        across: The columns' labels from left to right; each once.
        key: What ids begin with.
        top: The figure that is darkest; None for the largest one there is.
    """
    if not (values and down and across):
        return ""
    import altair as alt

    largest = top or max((value or 0.0 for value, _ in values.values()), default=0.0) or 1.0
    data = [
        {
            **{"down": shown(row), "across": shown(column), "says": says},
            **{"value": value, "ink": _ink(value, largest)},
        }
        for (row, column), (value, says) in values.items()
    ]
    width = min(_WIDE, max(_NARROW, WIDTH // len(across)))
    base = alt.Chart().encode(
        y=alt.Y(
            "down:N",
            sort=[shown(name) for name in down],
            title=None,
            axis=alt.Axis(ticks=False, domain=False),
        ),
        x=alt.X(
            "across:N",
            sort=[shown(name) for name in across],
            title=None,
            axis=alt.Axis(orient="top", ticks=False, domain=False, labelAngle=-45),
        ),
    )
    scale = alt.Scale(domain=[0, largest / 2, largest], range=list(_SHADES), clamp=True)
    cell = base.mark_rect(stroke=GRID, strokeWidth=0.5).encode(
        color=alt.Color("value:Q", scale=scale, legend=None)
    )
    ink = (
        alt.when(alt.datum.ink == ON_DARK)
        .then(alt.value(ON_DARK))
        .when(alt.datum.ink == MUTED)
        .then(alt.value(MUTED))
        .otherwise(alt.value(ON_LIGHT))
    )
    text = base.mark_text(fontSize=10).encode(text=alt.Text("says:N"), color=ink)
    chart = alt.layer(cell, text, data=inline(data))
    return svg(chart.properties(width=alt.Step(width), height=alt.Step(ROW)), key)


def _ink(value: float | None, largest: float) -> str:
    if value is None:
        return MUTED
    return ON_DARK if value > _FLIP * largest else ON_LIGHT
