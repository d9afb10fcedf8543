"""Dots on a plane of two shares, each with its name, the interval both ways, and a curve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, hypot, pi, sin
from typing import TYPE_CHECKING, Any

from artifacts.evaluation_facts import Interval
from artifacts.figures.figure import DARK, INK, MIDDLE, MUTED, inline, svg
from base.formats import cut, printable

if TYPE_CHECKING:
    import altair as alt


_LETTER = 6.3  # pixels of a letter in the size that labels are drawn in
_HEIGHT = 13
_DOT = 5
_TURNS = 16
_RINGS = (9, 20, 34, 50, 70, 95)
_PASSES = 3
_COVERS = 40.0  # weighs a pixel of height that covers something against one of distance
_LEAVES = 50.0  # a name that leaves the frame is worse than one that covers another
_BESIDE = 6  # a ring closer than this needs no line to its point


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def shared(self, other: Box) -> float:
        """Pixels that both cover."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide * high if wide > 0 and high > 0 else 0.0

    def outside(self, frame: Box) -> float:
        """Pixels by which this one leaves the frame."""
        over = (frame.left - self.left, self.right - frame.right)
        down = (frame.top - self.top, self.bottom - frame.bottom)
        return sum(max(0.0, each) for each in (*over, *down))


@dataclass(frozen=True, slots=True)
class Label:
    """A placed name: the box around it, and whether it is so far off that a line must lead there.

    Attributes:
        text: The name.
        point: Its point.
        box: Where it stands.
    """

    text: str
    point: tuple[float, float]
    box: Box

    @property
    def middle(self) -> tuple[float, float]:
        """The centre of the name."""
        return (self.box.left + self.box.right) / 2, (self.box.top + self.box.bottom) / 2

    @property
    def end(self) -> tuple[float, float]:
        """The place of the box that is closest to the point."""
        x, y = self.point
        return (
            min(max(x, self.box.left), self.box.right),
            min(max(y, self.box.top), self.box.bottom),
        )

    @property
    def is_apart(self) -> bool:
        """Whether a line must lead from the name to its point."""
        return _away(self) > _RINGS[0] + _BESIDE


def place(names: Sequence[str], points: Sequence[tuple[float, float]], frame: Box) -> list[Label]:
    """Places names around their points.

    Each name in turn takes the best of some hundred places while the others stay; a few rounds of
    this come to rest. The same input gives the same places.

    Args:
        names: The names.
        points: Their points in pixels.
        frame: What names should stay within.
    """
    dots = [Box(x - _DOT, y - _DOT, x + _DOT, y + _DOT) for x, y in points]
    choices = [
        [Label(name, point, box) for box in _boxes(name, *point)]
        for name, point in zip(names, points, strict=True)
    ]
    # What does not depend on where the others stand.
    alone = [[_alone(label, dots, frame) for label in each] for each in choices]
    placed: dict[int, Label] = {}
    for _ in range(_PASSES):
        for at, (labels, costs) in enumerate(zip(choices, alone, strict=True)):
            others = [each.box for other, each in placed.items() if other != at]
            total = [
                cost + _COVERS * _covered(label.box, others)
                for label, cost in zip(labels, costs, strict=True)
            ]
            placed[at] = labels[total.index(min(total))]
    return [placed[at] for at in range(len(names))]


def _boxes(name: str, x: float, y: float) -> Iterator[Box]:
    wide, high = len(name) * _LETTER, _HEIGHT
    for ring in _RINGS:
        for turn in range(_TURNS):
            angle = 2 * pi * turn / _TURNS
            # The box touches the ring with the side or corner that faces the point.
            middle = (x + cos(angle) * (ring + wide / 2), y + sin(angle) * (ring + high / 2))
            left, top = middle[0] - wide / 2, middle[1] - high / 2
            yield Box(left, top, left + wide, top + high)


def _alone(label: Label, dots: Sequence[Box], frame: Box) -> float:
    return _away(label) + _COVERS * (_covered(label.box, dots) + _LEAVES * label.box.outside(frame))


def _covered(box: Box, others: Sequence[Box]) -> float:
    return sum(box.shared(other) for other in others) / _HEIGHT


def _away(label: Label) -> float:
    return hypot(label.end[0] - label.point[0], label.end[1] - label.point[1])


_WIDTH, _PLANE_HEIGHT = 600, 460
_LABELS_BESIDE = 120  # pixels right of the plot that names may use
_LONGEST = 32  # characters of a name; the table has it whole
_STEP = 0.1
_AIR = 0.02
FITTED = 5
"""Models from which on a quadratic fit says more than the dots."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One dot: its name, where it is, and the intervals along both axes."""

    name: str
    at: tuple[float, float]
    ends: tuple[Interval | None, Interval | None]


@dataclass(frozen=True, slots=True)
class _Plane:
    """From shares to pixels and back."""

    x: Interval
    y: Interval

    def pixels(self, at: tuple[float, float]) -> tuple[float, float]:
        across, up = _part(at[0], self.x), _part(at[1], self.y)
        return across * _WIDTH, (1 - up) * _PLANE_HEIGHT

    def shares(self, at: tuple[float, float]) -> tuple[float, float]:
        across, down = at[0] / _WIDTH, at[1] / _PLANE_HEIGHT
        return (
            self.x[0] + across * (self.x[1] - self.x[0]),
            self.y[0] + (1 - down) * (self.y[1] - self.y[0]),
        )


def scatter(spots: Sequence[Spot], key: str, titles: tuple[str, str]) -> str:
    """Draws the dots.

    Args:
        spots: The dots; names must differ.
        key: What ids begin with.
        titles: What the axes are: the one to the right, and the one upwards.
    """
    if not spots:
        return ""
    import altair as alt

    plane = _Plane(*(_domain([*_reached(spots, axis)]) for axis in (0, 1)))
    frame = Box(4, -16, _WIDTH + _LABELS_BESIDE, _PLANE_HEIGHT - 4)
    names = [cut(printable(each.name), _LONGEST) for each in spots]
    labels = place(names, [plane.pixels(each.at) for each in spots], frame)
    layers = [*_bars(spots, plane, titles), *_curve(spots, plane, titles)]
    layers += [*_leads(labels, plane, titles), _dots(spots, plane, titles)]
    layers.append(_names(labels, plane, titles))
    return svg(alt.layer(*layers).properties(width=_WIDTH, height=_PLANE_HEIGHT), key)


def _reached(spots: Sequence[Spot], axis: int) -> Iterator[float]:
    """What an axis must hold: each point, and both ends of its interval."""
    for spot in spots:
        yield spot.at[axis]
        yield from spot.ends[axis] or ()


def _domain(values: Sequence[float]) -> Interval:
    """Round ends around the values, never beyond 0 and 1."""
    low = max(0.0, floor((min(values) - _AIR) / _STEP) * _STEP)
    high = min(1.0, ceil((max(values) + _AIR) / _STEP) * _STEP)
    return round(low, 1), round(high, 1)


def _part(value: float, domain: Interval) -> float:
    return (value - domain[0]) / (domain[1] - domain[0])


def _axes(plane: _Plane, titles: tuple[str, str], x: str, y: str) -> dict[str, Any]:
    import altair as alt

    looks: dict[str, Any] = {"format": ".0%", "tickCount": 6, "labelColor": MUTED, "grid": True}
    looks["labelFlush"] = False
    return {
        "x": alt.X(
            f"{x}:Q",
            scale=alt.Scale(domain=list(plane.x), nice=False),
            axis=alt.Axis(title=titles[0], titlePadding=8, **looks),
        ),
        "y": alt.Y(
            f"{y}:Q",
            scale=alt.Scale(domain=list(plane.y), nice=False),
            axis=alt.Axis(title=titles[1], titlePadding=8, **looks),
        ),
    }


def _bars(spots: Sequence[Spot], plane: _Plane, titles: tuple[str, str]) -> list[alt.Chart]:
    """The intervals, faint and behind all else."""
    import altair as alt

    ends = []
    for spot in spots:
        (x, y), (across, up) = spot.at, spot.ends
        if across is not None:
            ends.append({"x": across[0], "x2": across[1], "y": y, "y2": y})
        if up is not None:
            ends.append({"x": x, "x2": x, "y": up[0], "y2": up[1]})
    if not ends:
        return []
    made = alt.Chart(inline(ends)).mark_rule(color=MIDDLE, strokeWidth=1, opacity=0.8, clip=True)
    return [made.encode(**_axes(plane, titles, "x", "y"), x2="x2:Q", y2="y2:Q")]


def _curve(spots: Sequence[Spot], plane: _Plane, titles: tuple[str, str]) -> list[alt.Chart]:
    """A quadratic fit; none where so few models differ that it would run through each."""
    import altair as alt

    if len({spot.at[0] for spot in spots}) < FITTED:
        return []
    values = [{"x": spot.at[0], "y": spot.at[1]} for spot in spots]
    fit = alt.Chart(inline(values)).transform_regression("x", "y", method="poly", order=2)
    line = fit.mark_line(color=MUTED, strokeDash=[6, 4], strokeWidth=1.5, clip=True)
    return [line.encode(**_axes(plane, titles, "x", "y"))]


def _dots(spots: Sequence[Spot], plane: _Plane, titles: tuple[str, str]) -> alt.Chart:
    import altair as alt

    values = [{"x": spot.at[0], "y": spot.at[1]} for spot in spots]
    made = alt.Chart(inline(values)).mark_point(filled=True, size=55, color=DARK, opacity=1)
    drawn: alt.Chart = made.encode(**_axes(plane, titles, "x", "y"))
    return drawn


def _leads(labels: Sequence[Label], plane: _Plane, titles: tuple[str, str]) -> list[alt.Chart]:
    """Lines to the names that stand apart."""
    import altair as alt

    ends = []
    for label in labels:
        if label.is_apart:
            (x, y), (x2, y2) = plane.shares(label.point), plane.shares(label.end)
            ends.append({"x": x, "y": y, "x2": x2, "y2": y2})
    if not ends:
        return []
    made = alt.Chart(inline(ends)).mark_rule(color=MUTED, strokeWidth=0.7)
    return [made.encode(**_axes(plane, titles, "x", "y"), x2="x2:Q", y2="y2:Q")]


def _names(labels: Sequence[Label], plane: _Plane, titles: tuple[str, str]) -> alt.Chart:
    import altair as alt

    values = []
    for label in labels:
        x, y = plane.shares(label.middle)
        values.append({"x": x, "y": y, "name": label.text})
    made = alt.Chart(inline(values)).mark_text(color=INK, fontSize=11, baseline="middle")
    drawn: alt.Chart = made.encode(**_axes(plane, titles, "x", "y"), text=alt.Text("name:N"))
    return drawn
