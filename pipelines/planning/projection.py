"""A pilot's figures scaled to the whole: calls, tokens and money by stage, with intervals."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from artifacts.records import StageName
from artifacts.stage_roles import PILOT_ROWS, REWRITE
from measures.totals import Estimate, Group, Moments, count_interval, total
from pipelines.pilots.rates import A_ROUND
from pipelines.pilots.record import PilotRecord, Population, Scaling, StageUse, Took
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


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of drawn rows: where they were drawn, and with what it grows."""

    drawn_in: str
    held: Moments
    scales: Scaling


_ALL = ""
"""Stands for all categories together."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """Rows that rounds are run for: how many of each category, or of all, and when they end."""

    wanted: Mapping[str, int]
    most: int
    least_yield: float


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
        self._fixed = {each.drawn_in: _fixed(record, each, planned) for each in record.populations}

    @property
    def calls(self) -> Estimate:
        """Calls of the whole."""
        return self._total([_Figure(of, took.calls, by) for of, by, took in self._taken()], 1.0)

    @property
    def usd(self) -> Estimate | None:
        """US dollars for the whole; None where a price is unknown."""
        taken = [*self._taken()]
        known = [_Figure(of, took.usd, by) for of, by, took in taken if took.usd is not None]
        if len(known) < len(taken):
            return None
        calls = sum(took.calls.mean for _, _, took in taken)
        a_call = sum(each.held.mean for each in known) / calls if calls else 0.0
        return self._total(known, a_call)

    def rows_of(self, name: str) -> Estimate | None:
        """Rows of a config; None where the pilot did not count it."""
        found = [each for each in self.record.yields if each.name == name]
        figures = [_Figure(each.drawn_in, each.rows, each.scales) for each in found]
        return self._total(figures, 1.0) if figures else None

    def models(self, group: str) -> dict[str, ModelTotals] | None:
        """What is asked in a stage, by model; None for a stage that the pilot did not run."""
        stages = [each for each in self.record.stages if each.group == group]
        found: dict[str, ModelTotals] = {}
        for stage in stages:
            scale = self._scale(stage)
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
            max((use.rows for use in each.asks), default=each.entered) * self._scale(each)
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

    def _scale(self, stage: StageUse) -> float:
        name = stage.drawn_in
        found = self.record.population(name)
        if found is None:
            return 0.0
        if stage.scales == "fixed":
            return self._fixed[name]
        rounds = self.times[name].expected if stage.scales == "rounds" else 1.0
        return self.wholes[name] * rounds / found.drawn

    def _taken(self) -> Iterator[tuple[str, Scaling, Took]]:
        """What drawn rows took, by where they were drawn and with what it grows.

        Where each row is in one round alone, what it took in all stages stays one figure: how far
        that spreads was measured.
        """
        for each in self.record.populations:
            is_one = self.times[each.drawn_in].many == 1 and "fixed" not in each.parts
            if is_one or not each.parts:
                yield each.drawn_in, "rounds", Took(each.calls, each.usd)
            else:
                for scales, took in each.parts.items():
                    yield each.drawn_in, scales, took

    def _total(self, figures: Sequence[_Figure], least: float) -> Estimate:
        def group(each: _Figure, field: str) -> Group:
            if each.scales == "fixed":
                whole = max(round(each.held.n * self._fixed[each.drawn_in]), 1)
                return Group(each.held, whole, 1.0, least)
            times = self.times[each.drawn_in] if each.scales == "rounds" else Times()
            return Group(each.held, self.wholes[each.drawn_in], getattr(times, field), least)

        low, mid, high = (
            total([group(each, field) for each in figures]) for field in ("few", "expected", "many")
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
        wanted = dict.fromkeys(seeds.categories, part.target)
        return self._until(recipe, seeds, found, _Wish(wanted, part.rounds, part.least_yield))

    def _of_hard(self, recipe: OrBench, seeds: Population) -> Times:
        """Rounds until the hard set is full, or each category of it.

        Every seed counts as rewritten in every round: at most as many are.
        """
        part, found = recipe.hard, self._yield("hard")
        if part is None or part.rounds is None or part.rounds == 1 or found is None:
            return Times()
        wanted = {_ALL: part.wanted or 0} if part.quota is None else {**part.quota}
        if part.balance == "cap":
            share = math.ceil((part.wanted or 0) / len(seeds.categories))
            wanted = dict.fromkeys(seeds.categories, share)
        return self._until(recipe, seeds, found, _Wish(wanted, part.rounds, part.least_yield))

    def _until(self, recipe: OrBench, seeds: Population, brings: Moments, wish: _Wish) -> Times:
        """Rounds until there is what is wanted, or the first one that brings too little.

        Args:
            recipe: Says how many rewrites a seed has, where the pilot does not.
            seeds: Those of the pilot.
            brings: Rows that a seed brings in a round.
            wish: What is wanted.
        """
        whole = self.wholes[seeds.drawn_in]
        named = seeds.categories.items()
        rewritten = {name: rows * whole / seeds.whole for name, rows in named}
        if _ALL in wish.wanted:
            rewritten = {_ALL: float(whole)}
        least = wish.least_yield * self._written(recipe, seeds)
        low, high = count_interval(brings) or (brings.mean, brings.mean)

        def rounds(a_seed: float) -> float:
            if a_seed < least:
                return 1.0
            each = {
                name: _rounds_of(wish.wanted.get(name, 0), a_seed * rows, wish.most)
                for name, rows in rewritten.items()
            }
            return sum(each[name] * rewritten[name] for name in each) / sum(rewritten.values())

        # Most rounds where each brings just enough not to be the last.
        tried = [rounds(each) for each in (low, brings.mean, high, min(max(low, least), high))]
        return Times(min(tried), rounds(brings.mean), max(tried))

    def _written(self, recipe: OrBench, seeds: Population) -> float:
        """Rewrites of a seed in a round, by which a round's yield is counted."""
        found = (each for each in self.record.stages if each.stage == REWRITE)
        wrote = next((each.kept for each in found if each.drawn_in == seeds.drawn_in), 0)
        return wrote / seeds.drawn if wrote else float(recipe.rewrite.per_seed)

    def _yield(self, name: str) -> Moments | None:
        return next((each.rows for each in self.record.yields if each.name == name), None)


def _rounds_of(target: int, a_round: float, most: int) -> int:
    return most if a_round <= 0 else min(max(1, math.ceil(target / a_round)), most)


def _fixed(record: PilotRecord, drawn: Population, planned: Mapping[str, int | None]) -> float:
    """How often the whole does what the pilot did of a stage that takes so many rows: about once.

    A pilot of fewer rows than that stage takes had fewer of them.
    """
    found = (each for each in record.stages if each.stage == PILOT_ROWS)
    had = next((each.kept for each in found if each.drawn_in == drawn.drawn_in), 0)
    return (planned.get(PILOT_ROWS) or had) / had if had else 1.0


def _whole(drawn: Population, planned: int | None) -> int:
    """How many rows the whole has: as planned, less the share that the pilot's stage left out."""
    if planned is None:
        return drawn.whole
    if drawn.is_made or not drawn.entering:
        return max(planned, 1)
    return max(round(planned * drawn.whole / drawn.entering), 1)
