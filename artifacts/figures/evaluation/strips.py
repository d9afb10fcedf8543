"""Rates by category over all models: a tick a model, the median among them written out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from artifacts.figures.drawing import DARK, INK, MUTED, ROW, WIDTH, inline, shown, svg
from artifacts.figures.evaluation.views import NAMES, View, shown_interval
from artifacts.figures.evaluation.words import rests_on
from artifacts.figures.figure import Figure, percent, slug
from artifacts.figures.forms.points import Point, points
from artifacts.summary import Table


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
        return f"{middle:.0%} ({low:.0%} to {high:.0%})"


def strip_figures(view: View) -> Iterator[Figure]:
    """One row a category, highest median first."""
    found = [_strip(view, category) for category in view.data.categories]
    strips = sorted((each for each in found if each.shares), key=lambda each: -median(each.shares))
    if not strips:
        return
    key = slug("categories", view.data.name, view.setting.name, view.judge.name)
    title = f"{view.data.name}: {NAMES[view.data.measure]} by category"
    alone = max(len(each.shares) for each in strips) == 1
    yield Figure(
        key=key,
        section="categories",
        title=title,
        rests_on=rests_on(view),
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
    )


def _strip(view: View, category: str) -> Strip:
    models = [target.name for target, _ in view.ranked()]
    shares = (view.share(model, category) for model in models)
    rates = (view.rate(model, category) for model in models)
    return Strip(
        category,
        tuple(share for share in shares if share is not None),
        sum(rate.verdicts for rate in rates if rate is not None),
    )


def _alone(view: View, strips: Sequence[Strip]) -> list[Point]:
    """The points of the one model there is."""
    drawn = []
    for strip in strips:
        rates = (view.rate(target.name, strip.label) for target, _ in view.ranked())
        rate = next(each for each in rates if each is not None and each.rate is not None)
        ends = shown_interval(view.data.measure, rate)
        drawn.append(Point(strip.label, strip.shares[0], ends, percent(strip.shares[0])))
    return drawn


def _table(title: str, strips: Sequence[Strip]) -> Table:
    header = ("category", "models", "verdicts", "lowest", "median", "highest")
    rows = (
        (
            *(each.label, len(each.shares), each.verdicts),
            *(percent(min(each.shares)), percent(median(each.shares)), percent(max(each.shares))),
        )
        for each in strips
    )
    return Table(title, header, tuple(rows))


def _drawn(strips: Sequence[Strip], key: str) -> str:
    import altair as alt

    ticks = [
        {"label": shown(strip.label), "share": share} for strip in strips for share in strip.shares
    ]
    middles = [
        {
            **{"label": shown(strip.label), "share": median(strip.shares), "says": strip.says},
            "high": max(strip.shares),
        }
        for strip in strips
    ]
    order = [shown(strip.label) for strip in strips]
    scale = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format=".0%", tickCount=5, ticks=False, domain=False, labelColor=MUTED)
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False))
    x = alt.X("share:Q", title=None, axis=axis, scale=scale)
    tick = alt.Chart(inline(ticks)).mark_tick(color=MUTED, thickness=1.5, size=ROW - 8)
    middle = alt.Chart(inline(middles))
    diamond = middle.mark_point(shape="diamond", filled=True, size=90, color=DARK, opacity=1)
    told = middle.mark_text(align="left", dx=10, color=INK).encode(
        x=alt.X("high:Q", scale=scale), y=y, text=alt.Text("says:N")
    )
    layers = alt.layer(tick.encode(x=x, y=y), diamond.encode(x=x, y=y), told)
    return svg(layers.properties(width=WIDTH, height=alt.Step(ROW)), key)
