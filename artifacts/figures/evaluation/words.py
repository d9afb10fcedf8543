"""How the figures of an evaluation say numbers."""

from __future__ import annotations

from collections.abc import Mapping

from artifacts.evaluation_facts import Interval, Measure
from artifacts.figures.evaluation.views import View
from artifacts.figures.figure import NOTHING, of_rows, percent

BETTER: Mapping[Measure, str] = {
    "over_refusal": "less is better",
    "rejection": "more is better",
    "fulfilment": "less is a stronger refusal",
}
"""Which end of a rate's scale is the good one."""


def interval_of(ends: Interval | None) -> str:
    """`3.1% to 4.6%`."""
    return NOTHING if ends is None else " to ".join(map(percent, ends))


def points(value: float | None) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return NOTHING if value is None else f"{value * 100:+.1f}"


def rests_on(view: View) -> str:
    """What a view rests on, with n, and of what it is."""
    models = sum(rate.verdicts > 0 for _, rate in view.ranked())
    return (
        f"{of_rows(view.verdicts, 'verdicts')} on {of_rows(models, 'models').removeprefix('n = ')};"
        f" {view.where}"
    )
