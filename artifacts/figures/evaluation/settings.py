"""One data set asked in several settings: what temperature or a system prompt does to a rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artifacts.evaluation_facts import DataFacts, JudgeFacts
from artifacts.figures.drawing import DARK, MIDDLE, MUTED, ON_BAR, WIDTH, inline, shown, svg
from artifacts.figures.evaluation.views import NAMES, Index, View, shown_interval
from artifacts.figures.evaluation.words import interval_of
from artifacts.figures.figure import Figure, of_rows, percent, slug
from artifacts.summary import Table

_LINE = 11  # height of one setting's point in a model's band
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_FILLS = (DARK, ON_BAR, MIDDLE)


def setting_figures(index: Index, data: DataFacts, judge: JudgeFacts) -> Iterator[Figure]:
    """A band a model, a point a setting; nothing where there is but one setting."""
    views = [index.view(data, setting, judge) for setting in index.evaluation.settings]
    models = [target.name for target, _ in views[0].ranked()] if views else []
    values = [
        value for model in models for view in views if (value := _value(view, model)) is not None
    ]
    names = [shown(view.setting.name) for view in views]
    if len({value["setting"] for value in values}) < 2:
        return
    key = slug("settings", data.name, judge.name)
    title = f"{data.name}: {NAMES[data.measure]} by setting"
    yield Figure(
        key=key,
        section="settings",
        title=title,
        rests_on=(
            f"{of_rows(sum(view.verdicts for view in views), 'verdicts')};"
            f" {len(models):,} {'model' if len(models) == 1 else 'models'} in {len(names)}"
            f" settings; judge {judge.name}"
        ),
        alt=_told(views, models),
        svg=_drawn(values, names, list(map(shown, models)), key),
        table=_table(title, views, models),
        note="Whiskers: 95 % intervals. Models in the order of the first setting.",
    )


def _value(view: View, model: str) -> dict[str, object] | None:
    rate, share = view.rate(model), view.share(model)
    if rate is None or share is None:
        return None
    low, high = shown_interval(view.data.measure, rate) or (share, share)
    return {
        **{"model": shown(model), "setting": shown(view.setting.name)},
        **{"share": share, "low": low, "high": high},
    }


def _drawn(
    values: Sequence[dict[str, object]], names: list[str], models: list[str], key: str
) -> str:
    import altair as alt

    axis = alt.Axis(format=".0%", tickCount=5, ticks=False, domain=False, labelColor=MUTED)
    base = alt.Chart().encode(
        y=alt.Y("model:N", sort=models, title=None, axis=alt.Axis(ticks=False, domain=False)),
        yOffset=alt.YOffset("setting:N", sort=names),
    )
    scale = alt.Scale(domain=[0, 1])
    shapes = [_SHAPES[at % len(_SHAPES)] for at in range(len(names))]
    fills = [_FILLS[at % len(_FILLS)] for at in range(len(names))]
    legend = alt.Legend(symbolStrokeWidth=1.3, columns=3)
    whiskers = base.mark_rule(color=MUTED, strokeWidth=1.5).encode(
        x=alt.X("low:Q", title=None, axis=axis, scale=scale), x2="high:Q"
    )
    marks = base.mark_point(size=55, strokeWidth=1.3, opacity=1).encode(
        x=alt.X("share:Q", title=None, axis=axis, scale=scale),
        shape=alt.Shape("setting:N", scale=alt.Scale(domain=names, range=shapes), legend=legend),
        fill=alt.Fill("setting:N", scale=alt.Scale(domain=names, range=fills), legend=legend),
        # As a scale, since a legend shows no stroke that is the same for all.
        stroke=alt.Stroke(
            "setting:N", scale=alt.Scale(domain=names, range=[DARK] * len(names)), legend=legend
        ),
    )
    made = alt.layer(whiskers, marks, data=inline(values)).properties(
        width=WIDTH, height=alt.Step(_LINE * len(names) + 6, **{"for": "position"})
    )
    return svg(made, key)


def _table(title: str, views: Sequence[View], models: Sequence[str]) -> Table:
    header = ("model", "setting", "verdicts", "rate", "95 % interval")
    rows = (
        (
            *(model, view.setting.name, rate.verdicts, percent(view.share(model))),
            interval_of(shown_interval(view.data.measure, rate)),
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
