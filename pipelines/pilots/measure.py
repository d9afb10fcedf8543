"""What a finished pilot took: by stage and model, and for each seed that was drawn."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from artifacts.records import StageName
from measures.totals import Moments, moments
from pipelines.pilots.metering import Metering, Use
from pipelines.pilots.rates import rates_of, yields_of
from pipelines.pilots.record import FORMAT, ModelUse, PilotRecord, Population, StageUse
from pipelines.recipe.schema import Runnable, is_buildable
from pipelines.runner.draw import NOT_DRAWN, Drawn, drawn_before
from pipelines.runner.run import Run, StageResult


@dataclass(frozen=True, slots=True)
class _Draws:
    """What a pilot drew.

    Attributes:
        before: For each stage, without a round, the draw that its rows come from.
        units: The drawn rows of each stage that drew, as later stages know them; a stage of which
            no row was left to draw is not among them.
    """

    before: Mapping[StageName, Drawn]
    units: Mapping[Drawn, Sequence[str]]

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
    draws = _Draws(before, {each: units for each, units in found.items() if units})
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
    calls: Counter[str] = Counter()
    usd: dict[str, float] = defaultdict(float)
    unpriced = False
    for use in metering.uses.values():
        if draws.of(use.stage) != drawn:
            continue
        unit = use.row if drawn.by_row else use.root
        calls[unit] += 1
        usd[unit] += use.usd or 0.0
        unpriced |= use.usd is None
    units = draws.units[drawn]
    return Population(
        drawn_in=str(drawn.stage),
        drawn=len(units),
        whole=whole,
        entering=whole if drawn.is_made else kept.height + dropped.height,
        is_made=drawn.is_made,
        categories=dict(sorted(Counter([*kept["category"], *left["category"]]).items())),
        calls=moments([float(calls[each]) for each in units]),
        usd=None if unpriced else moments([usd.get(each, 0.0) for each in units]),
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
