"""Calls, tokens and price of a recipe's stages; pure, without a key and without a network."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from artifacts.records import StageName
from inference.prices import price_usd
from inference.types import Usage
from measures.totals import Estimate
from pipelines.pilots.record import PilotRecord
from pipelines.planning.configs import configs_of
from pipelines.planning.durations import duration_of
from pipelines.planning.held import HeldStage
from pipelines.planning.holdings import uncounted, with_held
from pipelines.planning.projection import ModelTotals, Projection
from pipelines.planning.servers import server_of
from pipelines.planning.values import FromPilot, ModelCalls, Plan, StagePlan, total
from pipelines.recipe.languages import language_lines
from pipelines.recipe.schema import OrBench, Recipe, Runnable, SorryBench
from pipelines.recipe.shared_models import shared_models
from pipelines.runner.expected import Assumption, Calls, CallSize, Caution, Expected
from pipelines.runner.pipeline import Pipeline, Rounds, Together
from pipelines.runner.stage import Every, Input, Stage
from pipelines.stages.sizes import TOKEN_ERROR
from pipelines.stages.wordings import wordings

_MODES = {
    "refresh": (
        "mode refresh: every writer is asked anew, whatever the ledger holds, and what it writes "
        "is held against all earlier releases"
    ),
    "extend": (
        "mode extend: the figures are those of a whole set; what the latest release has is carried "
        "and costs nothing, and only what it lacks is written"
    ),
}


def plan_of(
    recipe: Runnable,
    pipeline: Pipeline,
    pilot: PilotRecord | None = None,
    held: Mapping[str, HeldStage] | None = None,
) -> Plan:
    """A recipe's stages in the order in which they run, each with what it asks.

    Args:
        recipe: Whose models are asked.
        pipeline: Its stages; none of them is run.
        pilot: A pilot of the recipe, whose figures are scaled; None assumes them.
        held: What of the stages' calls the ledger holds; None where it was not looked at.

    Raises:
        SourceError: A table that a stage reads is not there, or is not what it should be.
        TableUnreadableError: A table cannot be read.
        ColumnUnusableError: A table lacks its column.
    """
    walk = _Walk(recipe)
    planned = tuple(walk.stages(pipeline))
    found = None if pilot is None else Projection(recipe, pilot, walk.rows)
    if found is not None:
        planned = _projected(recipe, planned, found)
    anew = _anew(recipe, pipeline, planned) if held is not None else ()
    money = None if found is None or held is not None else found.usd
    if held is not None:
        planned = with_held(
            planned, held, lambda name: priced(recipe, Calls(name, 0, CallSize(0, 0)))
        )
    said = (*shared_models(recipe), *wordings(recipe), *language_lines(recipe))
    notes = (*said, *_over_budget(recipe, planned, money), *_mode(recipe), *anew)
    return Plan(
        recipe.name,
        planned,
        TOKEN_ERROR,
        notes,
        None if found is None else _from_pilot(found),
        configs_of(recipe, found),
        duration_of(recipe, planned, {} if found is None else found.latencies),
        held is not None,
        () if held is None else uncounted(planned, held),
    )


def _anew(recipe: Recipe, pipeline: Pipeline, planned: Sequence[StagePlan]) -> tuple[str, ...]:
    """What another version alone would cost: writers are asked for texts of a version."""
    writing = {each.name.stage for each in pipeline.stages if each.kind == "expand"}
    if not isinstance(recipe, OrBench | SorryBench) or recipe.mode is not None:
        return ()
    if not any(each.asks for each in planned if each.name in writing):
        return ()
    calls, usd = total(each.calls for each in planned), total(each.usd for each in planned)
    many = "an unknown number of calls" if calls is None else f"about {calls:,} calls"
    cost = "at an unknown price" if usd is None else f"{usd:,.2f} US dollars"
    return (
        "Another release.version alone writes all texts anew, as the version is part of what "
        f"writers are asked, and all others are asked about the new texts: {many}, {cost}; "
        "`mode: extend` carries the rows of the release before",
    )


def _from_pilot(found: Projection) -> FromPilot:
    record = found.record
    return FromPilot(record.drawn, record.made[:10], record.version, found.calls, found.usd)


class _Walk:
    """Goes through a pipeline as a run would, with rows that are expected in place of rows."""

    def __init__(self, recipe: Runnable) -> None:
        """No stage has been passed."""
        self._recipe = recipe
        self.rows: dict[StageName, int | None] = {}

    def stages(self, pipeline: Pipeline) -> Iterator[StagePlan]:
        """Every stage once; one round stands for all of them."""
        for step in pipeline.steps:
            if isinstance(step, Stage):
                yield from self._stage(step, False) if step.when(0) else ()
            elif isinstance(step, Rounds):
                yield from self._rounds(step)
            else:
                yield from self._together(step)

    def _rounds(self, step: Rounds) -> Iterator[StagePlan]:
        """One round; what only later rounds have comes after it, as in a run, and has no rows."""
        for stage in step.stages:
            if stage.when(0):
                yield from self._stage(stage, step.most > 1)
        for stage in step.stages:
            if not stage.when(0) and any(map(stage.when, range(step.most))):
                yield StagePlan(stage.name.stage, None, repeated=True, later=True)

    def _together(self, step: Together) -> Iterator[StagePlan]:
        """Stages that run at the same time, as one; nothing where none of them is foreseen."""
        if found := [self._expected(each) for each in step.stages if step.foreseen(each)]:
            yield from self._shown(step.stages[0].name.group, _as_one(found), False)

    def _stage(self, stage: Stage, repeated: bool) -> Iterator[StagePlan]:
        yield from self._shown(stage.name.stage, self._expected(stage), repeated)

    def _expected(self, stage: Stage) -> Expected:
        expected = stage.expects(self._entering(stage.inputs))
        self.rows[stage.name] = expected.passed_on
        return expected

    def _entering(self, inputs: Sequence[Input]) -> int | None:
        """Rows that come in; of a choice of inputs those of the stage that was passed last."""
        names: list[StageName] = []
        for each in inputs:
            among = (each.stage,) if isinstance(each, Every) else each.among
            names += islice((name for name in reversed(self.rows) if name in among), 1)
        return total(self.rows[name] for name in names)

    def _shown(self, name: str, expected: Expected, repeated: bool) -> Iterator[StagePlan]:
        notes = (*expected.notes, *self._caution(expected.caution))
        asks = tuple(priced(self._recipe, each) for each in expected.calls)
        if not expected.parts:
            yield StagePlan(name, expected.rows, asks, notes, repeated=repeated)
        for part in expected.parts:
            own = tuple(priced(self._recipe, each) for each in part.calls)
            yield StagePlan(name, part.rows, own, notes, part.name, repeated)
            notes = ()

    def _caution(self, caution: Caution | None) -> Iterator[str]:
        if caution is None:
            return
        if hosted := [each for each in caution.models if is_hosted(self._recipe, each)]:
            yield caution.text.format(names=", ".join(hosted))


def _projected(
    recipe: Recipe, planned: Sequence[StagePlan], found: Projection
) -> tuple[StagePlan, ...]:
    """The stages with a pilot's figures in place of those that were assumed."""
    stages: list[StagePlan] = []
    for name in dict.fromkeys(each.name for each in planned):
        own = [each for each in planned if each.name == name and not each.later]
        asked = found.models(name)
        if own and asked is not None:
            rows = None if any(each.part for each in own) else found.rows_at_work(name)
            own = _shared_out(recipe, own, asked, rows)
        stages += own
        stages += [each for each in planned if each.name == name and each.later]
    return tuple(stages)


def _shared_out(
    recipe: Recipe, own: Sequence[StagePlan], asked: Mapping[str, ModelTotals], rows: int | None
) -> list[StagePlan]:
    """What a stage asks, over its lines in the shares in which calls were assumed."""
    assumed: dict[str, list[int | None]] = {}
    for each in (ask for stage in own for ask in stage.asks):
        assumed.setdefault(each.model, []).append(each.calls)
    given: Counter[str] = Counter()

    def line(ask: ModelCalls) -> ModelCalls:
        place = given[ask.model]
        given[ask.model] += 1
        counts = assumed[ask.model]
        all_ = total(counts)
        share = float(place == 0) if not all_ else (counts[place] or 0) / all_
        return _in_share(ask, asked.get(ask.model, _NOTHING), share)

    found = [
        replace(
            stage,
            rows=stage.rows if rows is None else rows,
            asks=tuple(line(ask) for ask in stage.asks),
            notes=tuple(each for each in stage.notes if not isinstance(each, Assumption)),
        )
        for stage in own
    ]
    unforeseen = tuple(
        _in_share(priced(recipe, Calls(name, 0, CallSize(0, 0))), each, 1.0)
        for name, each in asked.items()
        if name not in assumed
    )
    found[0] = replace(found[0], asks=(*found[0].asks, *unforeseen))
    return found


_NOTHING = ModelTotals(0.0, 0.0, 0.0, 0.0)


def _in_share(ask: ModelCalls, asked: ModelTotals, share: float) -> ModelCalls:
    usd = asked.usd
    return replace(
        ask,
        calls=round(asked.calls * share),
        input_tokens=round(asked.input_tokens * share),
        output_tokens=round(asked.output_tokens * share),
        usd=None if usd is None or not ask.priced else usd * share,
    )


def _as_one(found: Sequence[Expected]) -> Expected:
    """What stages come to together; calls of one kind to one model are one line."""
    kinds: dict[tuple[str, CallSize, int | None], list[int | None]] = {}
    for calls in (each for expected in found for each in expected.calls):
        kinds.setdefault((calls.model, calls.size, calls.max_tokens), []).append(calls.count)
    return Expected(
        rows=total(each.rows for each in found),
        calls=tuple(
            Calls(model, total(counts), size, longest)
            for (model, size, longest), counts in kinds.items()
        ),
        notes=tuple(dict.fromkeys(note for each in found for note in each.notes)),
        parts=tuple(part for each in found for part in each.parts),
        caution=next((each.caution for each in found if each.caution), None),
    )


def _over_budget(
    recipe: Recipe, planned: tuple[StagePlan, ...], money: Estimate | None
) -> tuple[str, ...]:
    usd = total(each.usd for each in planned)
    cap = recipe.budget.max_usd if recipe.budget else None
    if usd is None or cap is None:
        return ()
    if usd > cap:
        return (f"the run would reach its budget of {cap:,.2f} US dollars before its end",)
    if money is not None and money.high > cap:
        return (f"the run may reach its budget of {cap:,.2f} US dollars before its end",)
    return ()


def _mode(recipe: Recipe) -> tuple[str, ...]:
    """What a mode changes; a plan does not look at the releases that there are."""
    mode = recipe.mode if isinstance(recipe, OrBench | SorryBench) else None
    return (_MODES[mode],) if mode is not None else ()


THIS_MACHINE = "this machine"


def priced(recipe: Recipe, calls: Calls) -> ModelCalls:
    """What a model's calls cost.

    Args:
        recipe: Whose model it is.
        calls: How many, and how large.
    """
    size = calls.size.capped(calls.max_tokens or recipe.models[calls.model].max_tokens)
    count, server = calls.count, server_of(recipe, calls.model)
    each: float | None
    if server is None:
        host, retired, each = THIS_MACHINE, False, 0.0
    else:
        host, retired = server.host, bool(server.retired)
        each = price_usd(server.spec, Usage(size.input, size.output))
    return ModelCalls(
        model=calls.model,
        server=host,
        calls=count,
        input_tokens=None if count is None else count * size.input,
        output_tokens=None if count is None else count * size.output,
        usd=None if count is None or each is None else count * each,
        retired=retired,
        priced=each is not None,
    )


def is_hosted(recipe: Recipe, model: str) -> bool:
    """Whether a model is somebody else's: their terms and their filters apply."""
    server = server_of(recipe, model)
    return server is not None and server.hosted
