"""What each prompt style does to each model, and how many answers could be read."""

from collections.abc import Iterator, Mapping, Sequence

from artifacts.evaluation_facts import DataFacts, Decoded, Effect, Evaluation, SettingFacts
from artifacts.figures import figure
from artifacts.figures.evaluation.views import View
from artifacts.figures.forms import cells
from artifacts.summary import Table
from base import formats


def decoding_figures(
    evaluation: Evaluation, data: DataFacts, setting: SettingFacts
) -> Iterator[figure.Figure]:
    """A grid of models by styles."""
    place = (data.name, setting.name)
    found = [each for each in evaluation.decoded if (each.data, each.setting) == place]
    if not found:
        return
    key = figure.slug("decoding", data.name, setting.name)
    title = f"{data.name}: answers that could be put back into plain English"
    styles = list(dict.fromkeys(each.style for each in found))
    answers = sum(each.answers for each in found)
    yield figure.Figure(
        key=key,
        section="styles",
        title=title,
        rests_on=f"{figure.of_rows(answers, 'answers')}; setting {setting.name}",
        alt=_told(found, len(styles)),
        svg=cells(
            {(each.target, each.style): (_share(each), _written(each)) for each in found},
            list(dict.fromkeys(each.target for each in found)),
            styles,
            key,
            top=1.0,
        ),
        table=_table(title, found),
        note=(
            "Per cent on the cells, darker for more. What cannot be read is not judged: a low"
            " fulfilment rate beside a low figure here says that the model could not do the task."
        ),
    )


def _share(each: Decoded) -> float | None:
    return each.decoded / each.answers if each.answers else None


def _written(each: Decoded) -> str:
    return formats.hundredths(_share(each))


def _table(title: str, found: list[Decoded]) -> Table:
    header = ("model", "style", "answers", "decoded", "share", "95 % interval")
    rows = (
        (
            *(each.target, each.style, each.answers, each.decoded),
            *(formats.percent(_share(each)), formats.percents(each.interval)),
        )
        for each in found
    )
    return Table(title, header, tuple(rows))


def _told(found: list[Decoded], styles: int) -> str:
    answers = sum(each.answers for each in found)
    whole = sum(each.decoded for each in found)
    share = formats.percent(whole / answers if answers else None)
    return f"A grid of models by {styles} styles, darker for more. In all, {share} could be read."


_PANEL = 200
_ROW = figure.ROW - 3
_ACROSS = 3
_AIR = 2.0  # points left and right of all ends
_CLEAR = 0.05  # Holm's p below which a dot is filled


def effect_figures(view: View) -> Iterator[figure.Figure]:
    """A panel a model: each style's difference to the same prompts as they are."""
    found = _effects(view)
    if not found:
        return
    decoded = _decoded(view)
    key = figure.slug("styles", view.data.name, view.setting.name, view.judge.name)
    title = f"{view.data.name}: what each prompt style does to the fulfilment rate"
    models = len({each.target for each in found})
    pairs = sorted({each.pairs for each in found})
    least = "" if len(pairs) == 1 else f"{pairs[0]:,} to "
    yield figure.Figure(
        key=key,
        section="styles",
        title=title,
        rests_on=(
            f"n = {least}{pairs[-1]:,} base prompts with a verdict both ways;"
            f" {models:,} {'model' if models == 1 else 'models'}; setting {view.setting.name};"
            f" judge {view.judge.name}"
        ),
        alt=_effect_text(found),
        svg=_drawn(found, decoded, _styles(view, found), key),
        table=_effect_table(title, found, decoded),
        note=(
            "Percentage points against the same prompts as they are; whiskers: 95 % cluster"
            " bootstrap intervals over base prompts; filled where McNemar's p, corrected by Holm,"
            " is below 0.05. At the right: answers that could be put back into plain English; the"
            " others are not judged."
        ),
    )


def _effects(view: View) -> tuple[Effect, ...]:
    place = (view.data.name, view.setting.name, view.judge.name)
    order = {each.name: at for at, each in enumerate(view.index.evaluation.targets)}
    found = (
        each
        for each in view.index.evaluation.effects
        if (each.data, each.setting, each.judge) == place and each.difference is not None
    )
    return tuple(sorted(found, key=lambda each: order.get(each.target, len(order))))


def _decoded(view: View) -> Mapping[tuple[str, str], Decoded]:
    return {
        (each.target, each.style): each
        for each in view.index.evaluation.decoded
        if (each.data, each.setting) == (view.data.name, view.setting.name)
    }


def _styles(view: View, found: Sequence[Effect]) -> list[str]:
    """The styles in the data set's order, any others after them."""
    named = dict.fromkeys(each.style for each in found)
    return [*(each for each in view.data.styles if each in named)] + [
        each for each in named if each not in view.data.styles
    ]


def _drawn(
    found: Sequence[Effect],
    decoded: Mapping[tuple[str, str], Decoded],
    styles: Sequence[str],
    key: str,
) -> str:
    import altair as alt

    order = list(map(formats.printable, styles))
    base = alt.Chart().encode(
        y=alt.Y("style:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False)),
    )
    axis = alt.Axis(format="+d", tickCount=4, ticks=False, domain=False, labelColor=figure.MUTED)
    x = alt.X("difference:Q", title=None, axis=axis, scale=alt.Scale(domain=_domain(found)))
    filled = (
        alt.when(alt.datum.clear).then(alt.value(figure.DARK)).otherwise(alt.value(figure.ON_BAR))
    )
    layers = alt.layer(
        base.mark_rule(color=figure.MUTED).encode(x=alt.datum(0), y=alt.Y()),
        base.mark_rule(color=figure.MUTED, strokeWidth=2).encode(x=alt.X("low:Q"), x2="high:Q"),
        base.mark_point(size=55, stroke=figure.DARK, opacity=1, strokeWidth=1.5).encode(
            x=x, fill=filled
        ),
        base.mark_text(align="left", color=figure.INK, fontSize=10).encode(
            x=alt.value(_PANEL + 5), text=alt.Text("says:N")
        ),
        data=figure.inline(_values(found, decoded)),
    )
    models = list(dict.fromkeys(formats.printable(each.target) for each in found))
    header = alt.Header(title=None, labelFontSize=12, labelColor=figure.INK, labelFontWeight="bold")
    panels = layers.properties(width=_PANEL, height=alt.Step(_ROW)).facet(
        facet=alt.Facet("target:N", sort=models, header=header),
        columns=min(_ACROSS, len(models)),
        spacing={"row": 24, "column": 56},
    )
    return figure.svg(panels, key)


def _values(
    found: Sequence[Effect], decoded: Mapping[tuple[str, str], Decoded]
) -> Iterator[Mapping[str, object]]:
    for each in found:
        low, high = each.interval or (each.difference, each.difference)
        yield {
            **{"target": formats.printable(each.target), "style": formats.printable(each.style)},
            **{"difference": _hundred(each.difference), "low": _hundred(low)},
            "high": _hundred(high),
            "clear": each.p is not None and each.p < _CLEAR,
            "says": _read(decoded.get((each.target, each.style)), ".0%"),
        }


def _domain(found: Sequence[Effect]) -> list[float]:
    ends = [end for each in found for end in (each.interval or (each.difference or 0.0,))]
    return [_hundred(min(0.0, *ends)) - _AIR, _hundred(max(0.0, *ends)) + _AIR]


def _hundred(value: float | None) -> float:
    """Percentage points, as the scale has them."""
    return 100 * (value or 0.0)


def _read(found: Decoded | None, form: str) -> str:
    if found is None or not found.answers:
        return ""
    return f"{found.decoded / found.answers:{form}} read"


def _effect_table(
    title: str, found: Sequence[Effect], decoded: Mapping[tuple[str, str], Decoded]
) -> Table:
    header = (
        *("model", "style", "n", "as they are", "in the style", "points", "95 % interval"),
        *("p (Holm)", "decoded"),
    )
    rows = (
        (
            *(
                each.target,
                each.style,
                each.pairs,
                formats.percent(each.base),
                formats.percent(each.styled),
            ),
            formats.points(each.difference),
            formats.interval(each.interval, formats.points, formats.NOT_MEASURED),
            formats.significant(each.p, formats.NOT_MEASURED),
            _read(decoded.get((each.target, each.style)), ".1%"),
        )
        for each in found
    )
    return Table(title, header, tuple(rows))


def _effect_text(found: Sequence[Effect]) -> str:
    most = max(found, key=lambda each: each.difference or 0.0)
    least = min(found, key=lambda each: each.difference or 0.0)
    return (
        "Panels of points with intervals around zero, one a model, a row a style. Largest rise:"
        f" {most.style} on {most.target} ({formats.points(most.difference)} points); largest fall:"
        f" {least.style} on {least.target} ({formats.points(least.difference)} points)."
    )
