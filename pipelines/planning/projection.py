"""A pilot's figures scaled to the whole: calls, tokens and money by stage, with intervals."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from artifacts.records import StageName
from measures.totals import Estimate, Group, Moments, count_interval, total
from pipelines.pilots.rates import A_ROUND
from pipelines.pilots.record import PilotRecord, Population
from pipelines.recipe.schema import OrBench, Runnable
from pipelines.recipe.writing import WrittenSeeds


@dataclass(frozen=True, slots=True)
class Times:
    """How often a row of the whole does what a row of the pilot did once: rounds.

    Attributes:
        few: If rounds bring much.
        expected: As many as are expected.
        many: If rounds bring little.
    """

    few: float = 1.0
    expected: float = 1.0
    many: float = 1.0


@dataclass(frozen=True, slots=True)
class ModelTotals:
    """What a stage asks of a model in the whole."""

    calls: float
    input_tokens: float
    output_tokens: float
    usd: float | None

    def __add__(self, other: "ModelTotals") -> "ModelTotals":
        unknown = self.usd is None or other.usd is None
        return ModelTotals(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            None if unknown else (self.usd or 0.0) + (other.usd or 0.0),
        )


class Projection:
    """A pilot, scaled.

    Args:
        recipe: What is planned.
        record: A pilot of it.
        rows: Rows that a plan expects each stage to give, by the stage's name without a round;
            None where nobody knows.
    """

    def __init__(
        self, recipe: Runnable, record: PilotRecord, rows: Mapping[StageName, int | None]
    ) -> None:
        """Works out how large each whole is."""
        self.record = record
        self._recipe = recipe
        planned = {str(name): count for name, count in rows.items()}
        self.wholes = {
            each.drawn_in: _whole(each, planned.get(each.drawn_in)) for each in record.populations
        }
        self.times = {each.drawn_in: self._times(each) for each in record.populations}

    @property
    def calls(self) -> Estimate:
        """Calls of the whole."""
        return self._total({each.drawn_in: each.calls for each in self.record.populations}, 1.0)

    @property
    def usd(self) -> Estimate | None:
        """US dollars for the whole; None where a price is unknown."""
        found = {each.drawn_in: each.usd for each in self.record.populations}
        known = {name: each for name, each in found.items() if each is not None}
        if len(known) < len(found):
            return None
        calls = sum(each.calls.mean for each in self.record.populations)
        a_call = sum(each.mean for each in known.values()) / calls if calls else 0.0
        return self._total(known, a_call)

    def rows_of(self, name: str) -> Estimate | None:
        """Rows of a config; None where the pilot did not count it."""
        found = next((each for each in self.record.yields if each.name == name), None)
        return None if found is None else self._total({found.drawn_in: found.rows}, 1.0)

    def models(self, group: str) -> dict[str, ModelTotals] | None:
        """What is asked in a stage, by model; None for a stage that the pilot did not run."""
        stages = [each for each in self.record.stages if each.group == group]
        found: dict[str, ModelTotals] = {}
        for stage in stages:
            scale = self._scale(stage.drawn_in)
            for use in stage.asks:
                own = ModelTotals(
                    use.calls * scale,
                    use.calls * use.input_tokens.mean * scale,
                    use.calls * use.output_tokens.mean * scale,
                    None if use.usd is None else use.usd * scale,
                )
                before = found.get(use.model)
                found[use.model] = own if before is None else before + own
        return found if stages else None

    def rows_at_work(self, group: str) -> int | None:
        """Rows that a stage works on: those it asks about, where it asks, else those that enter.

        None for a stage that the pilot did not run.
        """
        stages = [each for each in self.record.stages if each.group == group]
        if not stages:
            return None
        rows = (
            max((use.rows for use in each.asks), default=each.entered) * self._scale(each.drawn_in)
            for each in stages
        )
        return round(sum(rows))

    @property
    def latencies(self) -> dict[tuple[str, str], float]:
        """Seconds of a call, by stage and model."""
        seconds: dict[tuple[str, str], list[tuple[int, float]]] = {}
        for stage in self.record.stages:
            for use in stage.asks:
                if use.latency_s.n:
                    held = seconds.setdefault((stage.group, use.model), [])
                    held.append((use.latency_s.n, use.latency_s.mean))
        return {
            key: sum(n * mean for n, mean in held) / sum(n for n, _ in held)
            for key, held in seconds.items()
        }

    def _scale(self, drawn_in: str) -> float:
        found = self.record.population(drawn_in)
        if found is None:
            return 0.0
        return self.wholes[drawn_in] * self.times[drawn_in].expected / found.drawn

    def _total(self, drawn: Mapping[str, Moments], least: float) -> Estimate:
        def of(rounds: Mapping[str, float]) -> Estimate:
            groups = [
                Group(held, self.wholes[name], rounds[name], least) for name, held in drawn.items()
            ]
            return total(groups)

        low, mid, high = (
            of({name: getattr(times, field) for name, times in self.times.items()})
            for field in ("few", "expected", "many")
        )
        return Estimate(mid.value, min(low.low, mid.value), max(high.high, mid.value))

    def _times(self, drawn: Population) -> Times:
        recipe = self._recipe
        if not isinstance(recipe, OrBench):
            return Times()
        if drawn.drawn_in == self.record.populations[-1].drawn_in:
            return self._rounds(recipe, drawn)
        return self._asking(recipe, drawn) if isinstance(recipe.seeds, WrittenSeeds) else Times()

    def _asking(self, recipe: OrBench, calls: Population) -> Times:
        """How often calls for seeds are made until there are as many as are wanted."""
        seeds = self.record.populations[-1]
        wanted, asked = self.wholes[seeds.drawn_in], self.wholes[calls.drawn_in]
        brought = seeds.whole / calls.drawn
        most = recipe.seeds.max_rounds if isinstance(recipe.seeds, WrittenSeeds) else 1
        needed = min(max(1.0, wanted / (brought * asked)), float(most))
        return Times(1.0, needed, needed)

    def _rounds(self, recipe: OrBench, seeds: Population) -> Times:
        """How many rounds of rewriting each seed is in, until what is wanted is there."""
        found = (self._of_target(recipe, seeds), self._of_hard(recipe, seeds))
        return Times(
            max(each.few for each in found),
            max(each.expected for each in found),
            max(each.many for each in found),
        )

    def _of_target(self, recipe: OrBench, seeds: Population) -> Times:
        """Rounds until each category has its target of accepted rows."""
        part, found = recipe.rewrite, self._yield(A_ROUND)
        if part.target is None or part.rounds == 1 or found is None or recipe.mode == "extend":
            return Times()
        low, high = count_interval(found) or (found.mean, found.mean)

        def rounds(a_seed: float) -> float:
            share = self.wholes[seeds.drawn_in] / seeds.whole
            each = {
                name: _rounds_of(part.target or 0, a_seed * rows * share, part.rounds)
                for name, rows in seeds.categories.items()
            }
            weights = seeds.categories
            return sum(each[name] * weights[name] for name in each) / sum(weights.values())

        return Times(rounds(high), rounds(found.mean), rounds(low))

    def _of_hard(self, recipe: OrBench, seeds: Population) -> Times:
        """Rounds until the hard set is full; one where a round brings less than its yield.

        Every seed counts as rewritten in every round: at most as many are.
        """
        part, found = recipe.hard, self._yield("hard")
        if part is None or part.rounds is None or part.rounds == 1 or found is None:
            return Times()
        wanted = part.size or sum((part.quota or {}).values())
        most, least = part.rounds, part.least_yield * recipe.rewrite.per_seed
        low, high = count_interval(found) or (found.mean, found.mean)

        def rounds(a_seed: float) -> float:
            if a_seed < least:
                return 1.0
            return _rounds_of(wanted, a_seed * self.wholes[seeds.drawn_in], most)

        tried = [rounds(each) for each in (low, found.mean, high, min(max(low, least), high))]
        return Times(min(tried), rounds(found.mean), max(tried))

    def _yield(self, name: str) -> Moments | None:
        return next((each.rows for each in self.record.yields if each.name == name), None)


def _rounds_of(target: int, a_round: float, most: int) -> int:
    return most if a_round <= 0 else min(max(1, math.ceil(target / a_round)), most)


def _whole(drawn: Population, planned: int | None) -> int:
    """How many rows the whole has: as planned, less the share that the pilot's stage left out."""
    if planned is None:
        return drawn.whole
    if drawn.is_made or not drawn.entering:
        return max(planned, 1)
    return max(round(planned * drawn.whole / drawn.entering), 1)
