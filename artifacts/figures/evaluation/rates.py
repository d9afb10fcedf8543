"""Rates by model and by category: overall, as a heat map, and as strips."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from artifacts.evaluation_facts import Rate, TargetModel
from artifacts.figures.evaluation import views
from artifacts.figures.figure import DARK, INK, MUTED, ROW, WIDTH, Figure, inline, slug, svg
from artifacts.figures.forms import Point, beside_points, cells, points
from artifacts.summary import Cell, Table
from base.formats import NOT_MEASURED, hundredths, percent, percents, printable

_HEADER = ("model", "asked", "verdicts", "refused", "blocked", "rate", "95 % interval")


def overall_figures(view: views.View) -> Iterator[Figure]:
    """Points with whiskers."""
    ranked = view.ranked()
    if not ranked:
        return
    measure, name = view.data.measure, views.NAMES[view.data.measure]
    drawn = [
        Point(target.name, share, views.shown_interval(measure, rate), percent(share))
        for target, rate in ranked
        if (share := views.shown_share(measure, rate)) is not None
    ]
    key = slug("rates", view.data.name, view.setting.name, view.judge.name)
    title = f"{view.data.name}: {name} by model"
    yield Figure(
        key=key,
        section="rates",
        title=title,
        rests_on=views.rests_on(view),
        alt=_told(view, drawn),
        svg=points(drawn, key, ".0%"),
        table=Table(title, _HEADER, tuple(_row(view, *pair) for pair in ranked)),
        note=f"Whiskers: 95 % intervals. {views.BETTER[view.data.measure].capitalize()}.",
        repeats=True,
    )


def _row(view: views.View, target: TargetModel, rate: Rate) -> tuple[str | int, ...]:
    measure = view.data.measure
    return (
        *(target.name, rate.asked, rate.verdicts, rate.refused, rate.blocked),
        percent(views.shown_share(measure, rate)),
        percents(views.shown_interval(measure, rate)),
    )


def _told(view: views.View, drawn: list[Point]) -> str:
    if not drawn:
        return f"No model has a verdict: the {views.NAMES[view.data.measure]} is {NOT_MEASURED}."
    first, last = drawn[0], drawn[-1]
    told = f"Points with intervals, one a model, best first. {first.label} has {first.says}"
    return f"{told}." if first == last else f"{told}, {last.label} {last.says}."


def heatmap_figures(view: views.View) -> Iterator[Figure]:
    """One row a model, best first; one column a category, in the data set's order."""
    models = [target.name for target, _ in view.ranked()]
    categories = view.data.categories
    shares = {
        (model, category): view.share(model, category)
        for model in models
        for category in categories
    }
    if not shares:
        return
    key = slug("heatmap", view.data.name, view.setting.name, view.judge.name)
    title = f"{view.data.name}: {views.NAMES[view.data.measure]} by category and model"
    rows: list[tuple[Cell, ...]] = [
        (
            model,
            percent(view.share(model)),
            *(percent(shares[model, name]) for name in categories),
        )
        for model in models
    ]
    yield Figure(
        key=key,
        section="categories",
        title=title,
        rests_on=views.rests_on(view),
        alt=_heatmap_text(view, shares),
        svg=cells(
            {at: (share, hundredths(share)) for at, share in shares.items()},
            models,
            categories,
            key,
            top=1.0,
        ),
        table=Table(title, ("model", "all", *categories), tuple(rows)),
        note=(
            f"Per cent on the cells, darker for more; {views.BETTER[view.data.measure]}, best model"
            " first. A dash is a category without a verdict."
        ),
        repeats=True,
    )


def _heatmap_text(view: views.View, shares: dict[tuple[str, str], float | None]) -> str:
    models, categories = len(view.ranked()), len(view.data.categories)
    told = f"A grid of {models} models by {categories} categories, darker for higher rates."
    measured = {at: share for at, share in shares.items() if share is not None}
    if not measured:
        return f"{told} No cell has a verdict."
    least, most = (
        min(measured, key=lambda at: measured[at]),
        max(measured, key=lambda at: measured[at]),
    )
    return (
        f"{told} Highest: {most[0]} on {most[1]} with {percent(measured[most])};"
        f" lowest: {least[0]} on {least[1]} with {percent(measured[least])}."
    )


@dataclass(frozen=True, slots=True)
class Strip:
    """One category: the rate of each model that has one, and verdicts over all models."""

    label: str
    shares: tuple[float, ...]
    verdicts: int

    @property
    def says(self) -> str:
        """The median, and where the models lie."""
        low, middle, high = min(self.shares), median(self.shares), max(self.shares)
        return f"{percent(middle)} ({percent(low)} to {percent(high)})"


def strip_figures(view: views.View) -> Iterator[Figure]:
    """One row a category, highest median first."""
    found = [_strip(view, category) for category in view.data.categories]
    strips = sorted((each for each in found if each.shares), key=lambda each: -median(each.shares))
    if not strips:
        return
    key = slug("categories", view.data.name, view.setting.name, view.judge.name)
    title = f"{view.data.name}: {views.NAMES[view.data.measure]} by category"
    alone = max(len(each.shares) for each in strips) == 1
    yield Figure(
        key=key,
        section="categories",
        title=title,
        rests_on=views.rests_on(view),
        alt=(
            f"Strips, one for each of {len(strips)} categories. Highest: {strips[0].label} with"
            f" {strips[0].says}; lowest: {strips[-1].label} with {strips[-1].says}."
        ),
        svg=points(_alone(view, strips), key, ".0%") if alone else _drawn(strips, key),
        table=_table(title, strips),
        note=(
            "Whiskers: 95 % intervals of the one model."
            if alone
            else "A tick is a model, the diamond the median over models; lowest to highest behind."
        ),
        repeats=alone,
    )


def _strip(view: views.View, category: str) -> Strip:
    models = [target.name for target, _ in view.ranked()]
    shares = (view.share(model, category) for model in models)
    rates = (view.rate(model, category) for model in models)
    return Strip(
        category,
        tuple(share for share in shares if share is not None),
        sum(rate.verdicts for rate in rates if rate is not None),
    )


def _alone(view: views.View, strips: Sequence[Strip]) -> list[Point]:
    """The points of the one model there is."""
    drawn = []
    for strip in strips:
        rates = (view.rate(target.name, strip.label) for target, _ in view.ranked())
        rate = next(each for each in rates if each is not None and each.rate is not None)
        ends = views.shown_interval(view.data.measure, rate)
        drawn.append(Point(strip.label, strip.shares[0], ends, percent(strip.shares[0])))
    return drawn


def _table(title: str, strips: Sequence[Strip]) -> Table:
    header = ("category", "models", "verdicts", "lowest", "median", "highest")
    rows = (
        (
            *(each.label, len(each.shares), each.verdicts),
            *(
                percent(min(each.shares)),
                percent(median(each.shares)),
                percent(max(each.shares)),
            ),
        )
        for each in strips
    )
    return Table(title, header, tuple(rows))


def _drawn(strips: Sequence[Strip], key: str) -> str:
    import altair as alt

    ticks = [
        {"label": printable(strip.label), "share": share}
        for strip in strips
        for share in strip.shares
    ]
    middles = [
        {
            **{"label": printable(strip.label), "share": median(strip.shares), "says": strip.says},
            "high": max(strip.shares),
        }
        for strip in strips
    ]
    order = [printable(strip.label) for strip in strips]
    scale = alt.Scale(domain=[0, 1])
    looks: dict[str, Any] = {"format": ".0%", "tickCount": 5, "ticks": False, "domain": False}
    axis = alt.Axis(labelColor=MUTED, labelFlush=False, **looks)
    y = alt.Y("label:N", sort=order, title=None, axis=beside_points())
    x = alt.X("share:Q", title=None, axis=axis, scale=scale)
    tick = alt.Chart(inline(ticks)).mark_tick(color=MUTED, thickness=1.5, size=ROW - 8)
    middle = alt.Chart(inline(middles))
    diamond = middle.mark_point(shape="diamond", filled=True, size=90, color=DARK, opacity=1)
    told = middle.mark_text(align="left", dx=10, color=INK).encode(
        x=alt.X("high:Q", scale=scale), y=y, text=alt.Text("says:N")
    )
    layers = alt.layer(tick.encode(x=x, y=y), diamond.encode(x=x, y=y), told)
    return svg(layers.properties(width=WIDTH, height=alt.Step(ROW)), key)
