"""Where names stand beside their points: close by, and on top of nothing if that can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin

_LETTER = 6.3  # pixels of a letter in the size that labels are drawn in
_HEIGHT = 13
_DOT = 5
_TURNS = 16
_RINGS = (9, 20, 34, 50, 70, 95)
_PASSES = 3
_COVERS = 40.0  # weighs a pixel of height that covers something against one of distance
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
    this settle. The same input gives the same places.

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
    return _away(label) + _COVERS * (_covered(label.box, dots) + label.box.outside(frame))


def _covered(box: Box, others: Sequence[Box]) -> float:
    return sum(box.shared(other) for other in others) / _HEIGHT


def _away(label: Label) -> float:
    return hypot(label.end[0] - label.point[0], label.end[1] - label.point[1])
