"""The few forms that figures are drawn in: bars, stacks, cells, points with their intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from artifacts.figures.figure import (
    DARK,
    GRID,
    INK,
    LIGHT,
    MIDDLE,
    MUTED,
    ON_BAR,
    ON_DARK,
    ON_LIGHT,
    ROW,
    WIDTH,
    inline,
    svg,
)
from artifacts.summary import Table
from base.formats import printable

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
        {
            "label": printable(each.label),
            "value": each.value or 0.0,
            "end": _clear_of(mark, each, longest),
            "says": each.says,
        }
        for each in rows
    ]
    base = alt.Chart().encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False)),
        x=alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, longest * _ROOM or 1])),
    )
    layers: list[alt.Chart] = [
        base.mark_bar(color=DARK, height=ROW - 7),
        base.mark_text(align="left", dx=5, color=INK).encode(x="end:Q", text=alt.Text("says:N")),
    ]
    if mark is not None:
        at = alt.Chart(inline([{"value": mark[0], "name": mark[1]}]))
        layers.append(at.mark_rule(color=MUTED, strokeDash=[4, 3]).encode(x=alt.X("value:Q")))
        name = at.mark_text(align="left", dx=3, dy=-3, baseline="bottom", color=MUTED)
        layers.append(name.encode(x=alt.X("value:Q"), y=alt.value(0), text=alt.Text("name:N")))
    return svg(
        alt.layer(*layers, data=inline(values)).properties(width=WIDTH, height=alt.Step(ROW)),
        key,
    )


_GLYPH = 7.5  # pixels that a letter of a label takes at most


def _clear_of(mark: tuple[float, str] | None, bar: Bar, longest: float) -> float:
    """Where a bar's label begins: behind the mark, where that would go through the label."""
    value = bar.value or 0.0
    wide = (5 + _GLYPH * len(bar.says)) * longest * _ROOM / WIDTH
    return mark[0] if mark is not None and value <= mark[0] <= value + wide else value


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
            **{"down": printable(row), "across": printable(column), "says": says},
            **{"value": value, "ink": _ink(value, largest)},
        }
        for (row, column), (value, says) in values.items()
    ]
    width = min(_WIDE, max(_NARROW, WIDTH // len(across)))
    rows, columns = ([printable(name) for name in names] for names in (down, across))
    slanted = alt.Axis(orient="top", ticks=False, domain=False, labelAngle=-45)
    base = alt.Chart().encode(
        y=alt.Y("down:N", sort=rows, title=None, axis=alt.Axis(ticks=False, domain=False)),
        x=alt.X("across:N", sort=columns, title=None, axis=slanted),
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


def share_grid(
    counts: Sequence[tuple[str, str, int, int]],
    form: Callable[[float | None], str],
    key: str,
    *,
    top: float | None = None,
) -> str:
    """Draws shares of rows as a grid of names by configs.

    Args:
        counts: Config, name, the config's rows, and of how many of them the name holds.
        form: How a share is written; None is the share of no rows.
        key: What ids begin with.
        top: The share that is darkest; None for the largest one there is.
    """
    shares = {
        (name, config): count / rows if rows else None for config, name, rows, count in counts
    }
    names, configs = (tuple(dict.fromkeys(found)) for found in zip(*shares, strict=True))
    return cells(
        {at: (share, form(share)) for at, share in shares.items()}, names, configs, key, top=top
    )


def share_table(
    title: str,
    names: tuple[str, str],
    counts: Sequence[tuple[str, str, int, int]],
    form: Callable[[float | None], str],
) -> Table:
    """The numbers of such a grid; `names` are those of its columns for name and count."""
    rows = tuple((*each, form(each[3] / each[2] if each[2] else None)) for each in counts)
    return Table(title, ("config", names[0], "rows", names[1], "share"), rows)


_POINT_ROOM = 1.32
_CLEAR = 12
"""Pixels between labels and the scale's 0, so that a point there stands on no label."""


def beside_points() -> Any:  # noqa: ANN401 - `altair` is loaded where it draws
    """The axis with the labels of points."""
    import altair as alt

    return alt.Axis(ticks=False, domain=False, labelPadding=_CLEAR)


@dataclass(frozen=True, slots=True)
class Point:
    """One point: label, value, the two ends around it (None for none), and what is written."""

    label: str
    value: float
    ends: tuple[float, float] | None
    says: str


def _spread_of(point: Point) -> dict[str, object]:
    low, high = point.ends or (point.value, point.value)
    return {
        **{"label": printable(point.label), "value": point.value, "says": point.says},
        **{"low": low, "high": high},
    }


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
    values = list(map(_spread_of, rows))
    scale = alt.Scale(domain=[0, right * _POINT_ROOM or 1])
    axis = alt.Axis(
        format=form,
        tickCount=4,
        ticks=False,
        domain=False,
        labelColor=MUTED,
        # Each number stands under its line, the outermost ones too.
        labelFlush=False,
        labelOverlap=False,
        # The scale has room for words beyond a whole; there are no more per cent than that.
        labelExpr="datum.value > 1 ? '' : datum.label" if form.endswith("%") else alt.Undefined,
    )
    base = alt.Chart().encode(
        y=alt.Y("label:N", sort=None, title=None, axis=beside_points()),
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
        alt.layer(*layers, data=inline(values)).properties(width=WIDTH, height=alt.Step(ROW)),
        key,
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

    order = [printable(row.label) for row in rows]
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
        alt.layer(*layers, data=inline(values)).properties(width=WIDTH, height=alt.Step(ROW)),
        key,
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
                **{"label": printable(row.label), "part": name, "says": says if fits else ""},
                **{"start": start / scale, "end": (start + size) / scale},
                "middle": (start + size / 2) / scale,
            }
        )
        start += size
    return pieces
