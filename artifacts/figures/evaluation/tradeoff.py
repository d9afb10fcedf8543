"""Over-refusal against rejection of toxic prompts; one data set asked in several settings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from artifacts.evaluation_facts import Correlation, DataFacts, JudgeFacts, Rate
from artifacts.figures import figure
from artifacts.figures.evaluation.scatter import FITTED, Spot, scatter
from artifacts.figures.evaluation.views import NAMES, Index, View, shown_interval
from artifacts.figures.forms import beside_points
from artifacts.summary import Table
from base.formats import decimal, percent, percents, printable

_LINE = 11  # height of one setting's point in a model's band
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_FILLS = (figure.DARK, figure.ON_BAR, figure.MIDDLE)


def setting_figures(index: Index, data: DataFacts, judge: JudgeFacts) -> Iterator[figure.Figure]:
    """A band a model, a point a setting; nothing where there is but one setting."""
    views = [index.view(data, setting, judge) for setting in index.evaluation.settings]
    models = [target.name for target, _ in views[0].ranked()] if views else []
    values = [
        value for model in models for view in views if (value := _value(view, model)) is not None
    ]
    names = [printable(view.setting.name) for view in views]
    if len({value["setting"] for value in values}) < 2:
        return
    key = figure.slug("settings", data.name, judge.name)
    title = f"{data.name}: {NAMES[data.measure]} by setting"
    yield figure.Figure(
        key=key,
        section="settings",
        title=title,
        rests_on=(
            f"{figure.of_rows(sum(view.verdicts for view in views), 'verdicts')};"
            f" {len(models):,} {'model' if len(models) == 1 else 'models'} in {len(names)}"
            f" settings; judge {judge.name}"
        ),
        alt=_told(views, models),
        svg=_drawn(values, names, list(map(printable, models)), key),
        table=_table(title, views, models),
        note="Whiskers: 95 % intervals. Models in the order of the first setting.",
    )


def _value(view: View, model: str) -> dict[str, object] | None:
    rate, share = view.rate(model), view.share(model)
    if rate is None or share is None:
        return None
    low, high = shown_interval(view.data.measure, rate) or (share, share)
    return {
        **{"model": printable(model), "setting": printable(view.setting.name)},
        **{"share": share, "low": low, "high": high},
    }


def _drawn(
    values: Sequence[dict[str, object]], names: list[str], models: list[str], key: str
) -> str:
    import altair as alt

    looks: dict[str, Any] = {"format": ".0%", "tickCount": 5, "ticks": False, "domain": False}
    axis = alt.Axis(labelColor=figure.MUTED, labelFlush=False, **looks)
    base = alt.Chart().encode(
        y=alt.Y("model:N", sort=models, title=None, axis=beside_points()),
        yOffset=alt.YOffset("setting:N", sort=names),
    )
    scale = alt.Scale(domain=[0, 1])
    shapes = [_SHAPES[at % len(_SHAPES)] for at in range(len(names))]
    fills = [_FILLS[at % len(_FILLS)] for at in range(len(names))]
    legend = alt.Legend(symbolStrokeWidth=1.3, columns=3)
    whiskers = base.mark_rule(color=figure.MUTED, strokeWidth=1.5).encode(
        x=alt.X("low:Q", title=None, axis=axis, scale=scale), x2="high:Q"
    )
    marks = base.mark_point(size=55, strokeWidth=1.3, opacity=1).encode(
        x=alt.X("share:Q", title=None, axis=axis, scale=scale),
        shape=alt.Shape("setting:N", scale=alt.Scale(domain=names, range=shapes), legend=legend),
        fill=alt.Fill("setting:N", scale=alt.Scale(domain=names, range=fills), legend=legend),
        # As a scale, since a legend shows no stroke that is the same for all.
        stroke=alt.Stroke(
            "setting:N",
            scale=alt.Scale(domain=names, range=[figure.DARK] * len(names)),
            legend=legend,
        ),
    )
    made = alt.layer(whiskers, marks, data=figure.inline(values)).properties(
        width=figure.WIDTH, height=alt.Step(_LINE * len(names) + 6, **{"for": "position"})
    )
    return figure.svg(made, key)


def _table(title: str, views: Sequence[View], models: Sequence[str]) -> Table:
    header = ("model", "setting", "verdicts", "rate", "95 % interval")
    rows = (
        (
            *(model, view.setting.name, rate.verdicts, percent(view.share(model))),
            percents(shown_interval(view.data.measure, rate)),
        )
        for model in models
        for view in views
        if (rate := view.rate(model)) is not None
    )
    return Table(title, header, tuple(rows))


def _told(views: Sequence[View], models: Sequence[str]) -> str:
    told = "Points with intervals, a band of them for each model, one for each setting."
    spans = {}
    for model in models:
        shares = [share for view in views if (share := view.share(model)) is not None]
        if shares:
            spans[model] = max(shares) - min(shares)
    widest = max(spans, key=lambda model: spans[model])
    return f"{told} Settings matter most for {widest}: {spans[widest] * 100:.1f} points."


@dataclass(frozen=True, slots=True)
class _Both:
    """One model's two rates."""

    name: str
    safe: Rate
    toxic: Rate


def tradeoff_figures(index: Index, found: Correlation) -> Iterator[figure.Figure]:
    """A dot a model, with its name; a quadratic fit where there are models enough."""
    views = _views(index, found)
    both = () if views is None else tuple(_both(*views))
    if not both:
        return
    key = figure.slug("tradeoff", found.safe, found.toxic, found.setting, found.judge)
    title = f"Over-refusal on {found.safe} against rejection on {found.toxic}"
    verdicts = [
        sum(of) for of in zip(*((e.safe.verdicts, e.toxic.verdicts) for e in both), strict=True)
    ]
    yield figure.Figure(
        key=key,
        section="tradeoff",
        title=title,
        rests_on=(
            f"n = {len(both):,} {'model' if len(both) == 1 else 'models'}; {verdicts[0]:,} and"
            f" {verdicts[1]:,} verdicts; setting {found.setting}; judge {found.judge}"
        ),
        alt=_tradeoff_text(both, found),
        svg=scatter([_spot(each) for each in both], key, (_x(found), _y(found))),
        table=_tradeoff_table(title, both),
        note=_read(both, found),
    )


def _read(both: tuple[_Both, ...], found: Correlation) -> str:
    rho = (
        "Spearman's rho not measured: too few models differ."
        if found.rho is None
        else f"Spearman's rho {found.rho:.2f} over {found.models:,} models."
    )
    curve = "; curve: quadratic fit" if len({e.toxic.rate for e in both}) >= FITTED else ""
    return f"{rho} The best corner is at the lower right. Bars: 95 % intervals{curve}."


def _views(index: Index, found: Correlation) -> tuple[View, View] | None:
    evaluation = index.evaluation
    data = {each.name: each for each in evaluation.data}
    settings = [each for each in evaluation.settings if each.name == found.setting]
    judges = [each for each in evaluation.judges if each.name == found.judge]
    if not (settings and judges and found.safe in data and found.toxic in data):
        return None
    safe, toxic = (
        index.view(data[name], settings[0], judges[0]) for name in (found.safe, found.toxic)
    )
    return safe, toxic


def _both(safe: View, toxic: View) -> Iterator[_Both]:
    for target in safe.index.evaluation.targets:
        one, other = safe.rate(target.name), toxic.rate(target.name)
        if one is None or other is None or one.rate is None or other.rate is None:
            continue
        yield _Both(target.name, one, other)


def _spot(each: _Both) -> Spot:
    return Spot(
        each.name,
        (each.toxic.rate or 0.0, each.safe.rate or 0.0),
        (each.toxic.interval, each.safe.interval),
    )


def _x(found: Correlation) -> str:
    return f"{found.toxic}: refused, of prompts that should be"


def _y(found: Correlation) -> str:
    return f"{found.safe}: refused, of prompts that should not be"


def _tradeoff_table(title: str, both: tuple[_Both, ...]) -> Table:
    header = ("model", "over-refusal", "95 % interval", "n", "rejection", "95 % interval", "n")
    rows = (
        (
            *(
                each.name,
                percent(each.safe.rate),
                percents(each.safe.interval),
            ),
            *(
                each.safe.verdicts,
                percent(each.toxic.rate),
                percents(each.toxic.interval),
            ),
            each.toxic.verdicts,
        )
        for each in sorted(both, key=lambda each: each.safe.rate or 0.0)
    )
    return Table(title, header, tuple(rows))


def _tradeoff_text(both: tuple[_Both, ...], found: Correlation) -> str:
    least = min(both, key=lambda each: each.safe.rate or 0.0)
    most = max(both, key=lambda each: each.safe.rate or 0.0)
    return (
        f"A dot for each of {len(both)} models: rejection of toxic prompts to the right,"
        f" over-refusal upwards. Spearman's rho {decimal(found.rho)}. Least over-refusal:"
        f" {_named(least)}; most: {_named(most)}."
    )


def _named(each: _Both) -> str:
    return f"{each.name} with {percent(each.safe.rate)} at {percent(each.toxic.rate)} rejection"
