"""Each model's rate with its interval, best first."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.evaluation_facts import Rate, TargetModel
from artifacts.figures.evaluation.views import NAMES, View, shown_interval, shown_share
from artifacts.figures.evaluation.words import BETTER, interval_of, rests_on
from artifacts.figures.figure import NOTHING, Figure, percent, slug
from artifacts.figures.forms.points import Point, points
from artifacts.summary import Table

_HEADER = ("model", "asked", "verdicts", "refused", "blocked", "rate", "95 % interval")


def overall_figures(view: View) -> Iterator[Figure]:
    """Points with whiskers."""
    ranked = view.ranked()
    if not ranked:
        return
    measure, name = view.data.measure, NAMES[view.data.measure]
    drawn = [
        Point(target.name, share, shown_interval(measure, rate), percent(share))
        for target, rate in ranked
        if (share := shown_share(measure, rate)) is not None
    ]
    key = slug("rates", view.data.name, view.setting.name, view.judge.name)
    title = f"{view.data.name}: {name} by model"
    yield Figure(
        key=key,
        section="rates",
        title=title,
        rests_on=rests_on(view),
        alt=_told(view, drawn),
        svg=points(drawn, key, ".0%"),
        table=Table(title, _HEADER, tuple(_row(view, *pair) for pair in ranked)),
        note=f"Whiskers: 95 % intervals. {BETTER[view.data.measure].capitalize()}.",
    )


def _row(view: View, target: TargetModel, rate: Rate) -> tuple[str | int, ...]:
    measure = view.data.measure
    return (
        *(target.name, rate.asked, rate.verdicts, rate.refused, rate.blocked),
        percent(shown_share(measure, rate)),
        interval_of(shown_interval(measure, rate)),
    )


def _told(view: View, drawn: list[Point]) -> str:
    if not drawn:
        return f"No model has a verdict: the {NAMES[view.data.measure]} is {NOTHING}."
    first, last = drawn[0], drawn[-1]
    told = f"Points with intervals, one a model, best first. {first.label} has {first.says}"
    return f"{told}." if first == last else f"{told}, {last.label} {last.says}."
