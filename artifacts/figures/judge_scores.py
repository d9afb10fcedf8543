"""Judges against people: each one's kappa with its interval, and what it is on each model."""

from collections.abc import Sequence

from artifacts.figures import figure
from artifacts.judge_score_facts import JudgeScore, JudgeScores, Part
from artifacts.summary import Table
from base.formats import decimal, printable

_TITLES: dict[Part, str] = {
    "all": "Judges against people: Cohen's kappa",
    "base": "Judges against people on base prompts: Cohen's kappa",
    "mutated": "Judges against people on mutated prompts: Cohen's kappa",
}
_LOWEST = -1.0
_MARGIN = 0.06  # so that no mark touches the labels


def judge_score_figures(found: JudgeScores) -> tuple[figure.Figure, ...]:
    """One figure for all answers, and one each for base and mutated prompts where both are."""
    with figure.unchecked():
        return tuple(
            _figure(part, scores)
            for part in _TITLES
            if (scores := [each for each in found.scores if each.part == part])
        )


def _figure(part: Part, scores: Sequence[JudgeScore]) -> figure.Figure:
    pooled = [score for score in scores if score.model is None]
    key = figure.slug("judge-scores", part)
    return figure.Figure(
        key=key,
        section="judges",
        title=_TITLES[part],
        rests_on=figure.of_rows(max(score.rows for score in pooled), "labelled answers")
        + f" to {pooled[0].prompts:,} base prompts",
        alt=_told(pooled),
        svg=_drawn(pooled, scores, key),
        table=Table(
            _TITLES[part],
            ("judge", "model", "n", "unparseable", "kappa", "strict kappa"),
            tuple(
                (
                    *(each.judge, each.model or "pooled", each.verdicts, each.unparseable),
                    *(decimal(each.kappa), decimal(each.strict_kappa)),
                )
                for each in scores
            ),
        ),
        note=(
            "Dots: all models together, with the 95 % interval by base prompt. Rings: one model "
            "each. Crosses: unparseable verdicts counted as wrong, where that makes a difference."
        ),
    )


def _told(pooled: Sequence[JudgeScore]) -> str:
    said = "; ".join(f"{each.judge} {decimal(each.kappa)}" for each in pooled)
    return f"Dots with whiskers on a scale of kappa, one row a judge: {said}."


def _drawn(pooled: Sequence[JudgeScore], scores: Sequence[JudgeScore], key: str) -> str:
    import altair as alt

    values = [each for score in pooled for each in _marks(score, scores)]
    known = [float(str(each["kappa"])) for each in values if each["kappa"] is not None]
    if not known:
        return ""
    lows = [score.kappa_interval[0] for score in pooled if score.kappa_interval is not None]
    lowest = max(min(0.0, *known, *lows), _LOWEST)
    lowest -= _MARGIN if lowest < 0 else 0.0
    scale = alt.Scale(domain=[lowest, 1.0], nice=False)
    axis = alt.Axis(format=".1f", tickCount=5, ticks=False, domain=False, labelColor=figure.MUTED)
    order = [printable(score.judge) for score in pooled]
    base = alt.Chart().encode(
        y=alt.Y("judge:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False)),
    )
    x = alt.X("kappa:Q", title=None, axis=axis, scale=scale)
    by = {
        kind: base.transform_filter(alt.datum.kind == kind)
        for kind in ("model", "pooled", "strict")
    }
    layers = [
        by["pooled"]
        .mark_rule(color=figure.MUTED, strokeWidth=2)
        .encode(x=alt.X("low:Q", title=None, axis=axis, scale=scale), x2=alt.X2("high:Q")),
        by["model"].mark_point(size=45, color=figure.MUTED, strokeWidth=1.5).encode(x=x),
        by["strict"]
        .mark_point(shape="cross", size=60, angle=45, filled=True, color=figure.INK)
        .encode(x=x),
        by["pooled"].mark_point(filled=True, size=80, color=figure.DARK, opacity=1).encode(x=x),
        by["pooled"]
        .mark_text(align="left", dx=8, color=figure.INK)
        .encode(x=alt.value(figure.WIDTH), text=alt.Text("says:N")),
    ]
    zero = alt.Chart().mark_rule(color=figure.GRID).encode(x=alt.datum(0, type="quantitative"))
    chart = alt.layer(zero, *layers, data=figure.inline(values))
    return figure.svg(chart.properties(width=figure.WIDTH, height=alt.Step(figure.ROW + 4)), key)


def _marks(score: JudgeScore, scores: Sequence[JudgeScore]) -> list[dict[str, object]]:
    """One judge's dot, crosses and rings."""
    name = printable(score.judge)
    low, high = score.kappa_interval or (score.kappa, score.kappa)
    marks: list[dict[str, object]] = []
    if score.kappa is not None:
        marks.append(
            {
                **{"judge": name, "kind": "pooled", "kappa": score.kappa, "low": low},
                **{"high": high, "says": decimal(score.kappa)},
            }
        )
    if score.strict_kappa is not None and score.strict_kappa != score.kappa:
        marks.append({"judge": name, "kind": "strict", "kappa": score.strict_kappa})
    for each in scores:
        if each.judge == score.judge and each.model is not None and each.kappa is not None:
            marks.append({"judge": name, "kind": "model", "kappa": each.kappa})
    return marks
