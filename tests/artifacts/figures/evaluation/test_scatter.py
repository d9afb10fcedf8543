"""Dots on a plane: what the axes hold, and where names stand."""

from __future__ import annotations

import re

from artifacts.figures.evaluation.scatter import Box, Spot, place, scatter


def test_the_axes_reach_as_far_as_the_intervals() -> None:
    spots = [
        Spot("a", (0.55, 0.45), ((0.188, 0.812), (0.2, 0.74))),
        Spot("b", (0.6, 0.5), ((0.409, 0.93), None)),
    ]
    drawn = scatter(spots, "k", ("right", "up"))
    found = re.findall(r'<line transform="translate\(([-\d.]+),([-\d.]+)\)" x2="([-\d.]+)"', drawn)
    ends = [(float(x), float(x) + float(wide)) for x, _, wide in found]
    plot = [end for end in ends if end[0] != end[1]]
    assert plot
    assert all(0 <= low and high <= 600 for low, high in plot)
    numbers = re.findall(r">(\d+)%<", drawn)
    assert {"20", "40", "60", "80"} <= {*numbers}


def test_a_long_name_is_cut_and_stays_in_the_frame() -> None:
    name = "an-organisation/a-model-with-a-very-long-name-instruct-2026-11-30"
    (label,) = place([name[:32]], [(590.0, 230.0)], Box(4, -16, 720, 456))
    assert label.box.right <= 720
    drawn = scatter([Spot(name, (0.95, 0.5), (None, None))], "k", ("right", "up"))
    assert name not in drawn
    assert "an-organisation/a-model-with" in drawn
