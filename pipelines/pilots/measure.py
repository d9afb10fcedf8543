"""What a finished pilot took: by stage and model, and for each seed that was drawn."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from artifacts.records import StageName
from artifacts.stage_roles import PILOT, PILOT_ROWS
from measures.totals import Moments, moments
from pipelines.pilots.metering import Metering, Use
from pipelines.pilots.rates import rates_of, yields_of
from pipelines.pilots.record import (
    FORMAT,
    ModelUse,
    PilotRecord,
    Population,
    Scaling,
    StageUse,
    Took,
)
from pipelines.recipe.schema import Runnable, is_buildable
from pipelines.runner.draw import NOT_DRAWN, Drawn, drawn_before
from pipelines.runner.pipeline import Pipeline, Rounds, named_in
from pipelines.runner.run import Run, StageResult
from pipelines.runner.stage import Stage

_FIXED = frozenset({PILOT_ROWS, PILOT})
"""Stages that take so many rows, however many there are; only what no later one uses is theirs."""


@dataclass(frozen=True, slots=True)
class _Draws:
    """What a pilot drew.

    Attributes:
        before: For each stage, without a round, the draw that its rows come from.
        units: The drawn rows of each stage that drew, as later stages know them; a stage of which
            no row was left to draw is not among them.
        scales: For each stage, without a round, with what it grows.
    """

    before: Mapping[StageName, Drawn]
    units: Mapping[Drawn, Sequence[str]]
    scales: Mapping[StageName, Scaling]

    def of(self, stage: StageName) -> Drawn | None:
        """The draw that a stage's rows come from; None for none, or one of no rows."""
        found = self.before.get(stage.at(None))
        return found if found in self.units else None


def measured(
    run: Run,
    recipe: Runnable,
    drawn: Sequence[Drawn],
    metering: Metering,
    latencies: Mapping[str, float],
) -> PilotRecord:
    """The record of a finished pilot; its parts, its day and how many were wanted are left open.

    Args:
        run: Its run, every stage of it finished.
        recipe: What it is of, its version resolved.
        drawn: The stages that drew.
        metering: Every reply that it used.
        latencies: Seconds that replies took, by their keys.
    """
    before = drawn_before(run.context.pipeline, drawn)
    found = {each: _units(run, each) for each in drawn}
    scales = scales_of(run.context.pipeline, drawn)
    draws = _Draws(before, {each: units for each, units in found.items() if units}, scales)
    by_name = {each.stage: units for each, units in found.items()}
    yields = yields_of(run, recipe, by_name)
    known = {str(each.stage) for each in draws.units}
    return PilotRecord(
        format=FORMAT,
        recipe=recipe.name,
        benchmark=recipe.benchmark,
        version=recipe.release.version if is_buildable(recipe) else recipe.benchmark,
        made="",
        seeds=0,
        parts={},
        populations=tuple(_population(run, each, draws, metering) for each in draws.units),
        stages=tuple(_stages(run, draws, metering, latencies)),
        rates=rates_of(run, recipe),
        yields=tuple(each for each in yields if each.drawn_in in known),
    )


def scales_of(pipeline: Pipeline, drawn: Sequence[Drawn]) -> dict[StageName, Scaling]:
    """With what each stage of a pipeline grows, by its name without a round.

    A stage has more to do for each further round where it runs in rounds, or follows from one that
    does and was drawn before them.
    """
    own, found = {each.stage for each in drawn}, dict[StageName, Scaling]()
    for step in pipeline.steps:
        for stage in (step,) if isinstance(step, Stage) else step.stages:
            before = [found[name] for name in named_in(stage.inputs)]
            if stage.name.stage in _FIXED:
                found[stage.name] = "fixed"
            elif stage.name in own:
                found[stage.name] = "seeds"
            else:
                in_rounds = isinstance(step, Rounds) or "rounds" in before
                found[stage.name] = "rounds" if in_rounds else "seeds"
    return found


def _last(run: Run, stage: StageName) -> StageResult | None:
    """The last finished round of a stage."""
    found = [each for each in run.results if each.name.at(None) == stage]
    return found[-1] if found else None


def _units(run: Run, drawn: Drawn) -> list[str]:
    result = _last(run, drawn.stage)
    key = "row" if drawn.by_row else "root"
    return [] if result is None else run.kept(result.name, [key])[key].to_list()


def _population(run: Run, drawn: Drawn, draws: _Draws, metering: Metering) -> Population:
    result = _last(run, drawn.stage)
    name = drawn.stage if result is None else result.name
    kept = run.kept(name, ["category"])
    dropped = run.table(name, "dropped", ["category", "reason"])
    left = dropped.filter(pl.col("reason") == NOT_DRAWN)
    whole = kept.height + left.height
    units = draws.units[drawn]
    own = [use for use in metering.uses.values() if draws.of(use.stage) == drawn]
    by: dict[Scaling, list[Use]] = defaultdict(list)
    for use in own:
        by[draws.scales[use.stage.at(None)]].append(use)
    whole_of_it = _took(own, units, drawn.by_row)
    return Population(
        drawn_in=str(drawn.stage),
        drawn=len(units),
        whole=whole,
        entering=whole if drawn.is_made else kept.height + dropped.height,
        is_made=drawn.is_made,
        categories=dict(sorted(Counter([*kept["category"], *left["category"]]).items())),
        calls=whole_of_it.calls,
        usd=whole_of_it.usd,
        parts={name: _took(uses, units, drawn.by_row) for name, uses in sorted(by.items())},
    )


def _took(uses: Sequence[Use], units: Sequence[str], by_row: bool) -> Took:
    calls: Counter[str] = Counter()
    usd: dict[str, float] = defaultdict(float)
    for use in uses:
        unit = use.row if by_row else use.root
        calls[unit] += 1
        usd[unit] += use.usd or 0.0
    unpriced = any(use.usd is None for use in uses)
    return Took(
        moments([float(calls[each]) for each in units]),
        None if unpriced else moments([usd.get(each, 0.0) for each in units]),
    )


def _stages(
    run: Run, draws: _Draws, metering: Metering, latencies: Mapping[str, float]
) -> Iterator[StageUse]:
    """What each stage that follows from a draw took."""
    by_stage: dict[StageName, dict[str, dict[str, Use]]] = defaultdict(lambda: defaultdict(dict))
    for key, use in metering.uses.items():
        by_stage[use.stage][use.model][key] = use
    kept = {each.name: each.rows["kept"] for each in run.results}
    for result in run.results:
        name, drawn = result.name, draws.of(result.name)
        if drawn is None:
            continue
        entered = sum(kept.get(each, 0) for each in result.inputs)
        models = by_stage[name]
        yield StageUse(
            str(name.at(None)),
            name.at(None).group,
            str(drawn.stage),
            entered or result.rows["kept"],
            result.rows["kept"],
            tuple(_model(each, models[each], metering, latencies) for each in sorted(models)),
            draws.scales[name.at(None)],
        )


def _model(
    name: str, uses: Mapping[str, Use], metering: Metering, latencies: Mapping[str, float]
) -> ModelUse:
    prices = [each.usd for each in uses.values()]
    known = [each for each in prices if each is not None]
    return ModelUse(
        model=name,
        calls=len(uses),
        unusable=len(metering.unusable & set(uses)),
        input_tokens=_moments_of(each.input_tokens for each in uses.values()),
        output_tokens=_moments_of(each.output_tokens for each in uses.values()),
        usd=sum(known) if len(known) == len(prices) else None,
        latency_s=_moments_of(latencies[key] for key in uses if key in latencies),
        rows=len({each.row for each in uses.values()}),
    )


def _moments_of(figures: "Iterator[float] | Iterator[int]") -> Moments:
    return moments([float(each) for each in figures])
