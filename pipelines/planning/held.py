"""What a run would find answered: stages that are finished, and replies that the ledger holds.

A run's stages are gone through in their order, as the run does it, with nothing asked and nothing
written. One that is finished asks nobody. One whose rows are known is worked on in memory, by the
replies that are there: the requests that lack theirs would be sent. Of what comes after a text that
is not written yet nobody knows which requests there will be.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import polars as pl

from artifacts.records import ShardRecord, StageName, run_if_readable
from base.errors import RefuseryError
from inference.held_replies import HeldReplies
from inference.ledger.reader import uses_of
from inference.structured import FormRecord
from inference.types import Failed, Program
from pipelines.errors import StageInputMissingError
from pipelines.recipe.schema import Runnable
from pipelines.runner import shards
from pipelines.runner.context import Context, Prepared
from pipelines.runner.pipeline import Pipeline, Rounds, Together
from pipelines.runner.shards import Layout
from pipelines.runner.stage import EachRow, Every, Frames, Input, Stage, frames_of, ordered
from pipelines.sources.engine import encoders
from pipelines.sources.models import to_specs

_MOST_ROWS = 20_000
"""Rows of a stage that are worked on to count requests: of more, what is held is estimated."""


@dataclass(slots=True)
class HeldStage:
    """What is known of a stage's calls.

    Attributes:
        held: Replies that are there, by model.
        missing: Requests that would be sent, by model.
        is_finished: Whether every part of it is finished: it sends nothing.
        is_open: Whether it may ask what is not counted here.
    """

    held: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    is_finished: bool = True
    is_open: bool = False


class _OpenError(RefuseryError):
    """Something depends on a text that is not written yet."""


class _LackingError(RefuseryError):
    """A reply is not there, or an encoder would have to compute."""


def held_by(recipe: Runnable, pipeline: Pipeline, layout: Layout) -> dict[str, HeldStage]:
    """What is known of each stage's calls, by its name without a round as a plan shows it.

    Args:
        recipe: Whose models are asked.
        pipeline: Its stages.
        layout: Where its files and the ledger lie.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    opened = encoders(recipe, layout.embeddings)
    forms = FormRecord(layout.run)
    with HeldReplies(layout.ledger, to_specs(recipe), opened, forms) as replies:
        return _Walk(pipeline, layout, replies).groups()


class _Walk:
    """Goes through a pipeline as a run would; what it works out is kept in memory alone."""

    def __init__(self, pipeline: Pipeline, layout: Layout, replies: HeldReplies) -> None:
        """Looks at the run's record."""
        record = run_if_readable(layout.run)
        self._has_run = record is not None
        self._pipeline = pipeline
        self._replies = replies
        self._uses = uses_of(layout.ledger, layout.run_name)
        self._context = Context(layout, 1 if record is None else record.shards, pipeline, _nobody)
        self._context.is_released = False  # what differs from a release is to be seen, not refused
        self._finished: dict[StageName, list[ShardRecord]] = {}
        self._frames: dict[StageName, Frames | None] = {}
        self._groups: dict[str, HeldStage] = {}

    def groups(self) -> dict[str, HeldStage]:
        """Every stage that a run of now would come to, by its group."""
        for step in self._pipeline.steps:
            if isinstance(step, Rounds):
                self._rounds(step)
            elif isinstance(step, Together):
                for stage in step.stages:
                    if self._is_wanted(step, stage):
                        self._stage(stage, None, stage.name.group)
            elif step.when(0):
                self._stage(step, None, step.name.stage)
        return self._groups

    def _rounds(self, step: Rounds) -> None:
        for number in range(step.most):
            ran = [stage for stage in step.stages if stage.when(number)]
            for stage in ran:
                self._stage(stage, number, stage.name.stage)
            try:
                if not step.again(self):
                    return
            except _OpenError:
                for stage in ran if number + 1 < step.most else ():
                    self._groups[stage.name.stage].is_open = True
                return

    def _is_wanted(self, step: Together, stage: Stage) -> bool:
        try:
            return step.only(self, stage)
        except _OpenError:
            return step.foreseen(stage)

    def _stage(self, stage: Stage, number: int | None, group: str) -> None:
        """Finds out what a stage would ask, and what would come of it."""
        name, of = stage.name.at(number), self._groups.setdefault(group, HeldStage())
        frames: Frames | None = None
        try:
            found = () if stage.finds is None else tuple(sorted(stage.finds(self).items()))
            made = self._context.prepared(name, found)
            inputs = [each for given in stage.inputs for each in self._meant(given)]
            if records := self._records(stage, name, made, inputs):
                self._finished[name] = records
                of.held.update(self._used(name))
            else:
                of.is_finished = False
                frames = self._worked_out(stage, made, inputs, of)
        except (RefuseryError, pl.exceptions.PolarsError):
            if not of.held + of.missing:  # what a run before this one was answered for it
                of.held.update(self._used(name))
            of.is_finished, of.is_open = False, True
        self._frames[name] = frames

    def _used(self, name: StageName) -> dict[str, int]:
        """Replies that the run has used in a stage, by model."""
        return {model: n for (stage, model), n in self._uses.items() if stage == str(name)}

    def _records(
        self, stage: Stage, name: StageName, made: Prepared, inputs: Sequence[StageName]
    ) -> list[ShardRecord]:
        """Every shard of a stage as a run would find it finished; none where one is not."""
        beside = [each for given in stage.beside for each in self._meant(given)]
        if not self._has_run or any(each not in self._finished for each in (*inputs, *beside)):
            return []
        context, found = self._context, []
        for shard in range(context.shards):
            hashes = {
                str(each): [
                    record.files["kept"].sha256
                    for record in self._finished[each]
                    if stage.whole or record.shard == shard
                ]
                for each in (*inputs, *beside)
            }
            part = None if stage.whole else shard
            print_ = shards.fingerprint(name, made.digest, part, context.shards, hashes)
            record = shards.cached_shard(
                context.place(str(name)), shard, context.shards, print_, context.is_released
            )
            if record is None:
                return []
            found.append(record)
        return found

    def _worked_out(
        self, stage: Stage, made: Prepared, inputs: Sequence[StageName], of: HeldStage
    ) -> Frames | None:
        """The tables of a stage by what is there; None where replies lack, which are counted.

        Raises:
            _OpenError: It depends on what is not written yet, or has too many rows.
        """
        rows = self._together(inputs)
        if rows.height > _MOST_ROWS:
            raise _OpenError("a stage must have fewer rows to be worked out", rows.height)
        beside = [self._together([*self._meant(given)]) for given in stage.beside]
        replies = self._replies
        held, missing = replies.held.copy(), replies.missing.copy()
        replies.is_open = False
        try:
            return asyncio.run(self._work(stage, made, rows, beside))
        except _LackingError:
            return None
        finally:
            of.held += replies.held - held
            of.missing += replies.missing - missing
            of.is_open |= replies.is_open

    async def _work(
        self, stage: Stage, made: Prepared, rows: pl.DataFrame, beside: Sequence[pl.DataFrame]
    ) -> Frames:
        work = made.work
        if isinstance(work, EachRow):
            given = rows.to_dicts()
            program = await self._answered(work.prepare())
            results = [await self._replies.outcome(program(row)) for row in given]
            if any(isinstance(each, Failed) for each in results):
                raise _LackingError("every reply must be there", stage.name)
            return frames_of(stage.tables, given, results)
        done = work(rows, *beside)
        frames: Frames = done if isinstance(done, Mapping) else await self._answered(done)
        return {
            table: ordered(frames[table], schema) if table in frames else schema.to_frame()
            for table, schema in stage.schemas.items()
        }

    async def _answered(self, program: Program[Any]) -> Any:  # noqa: ANN401 - as the program gives
        found = await self._replies.outcome(program)
        if isinstance(found, Failed):
            raise _LackingError("every reply must be there", found.reason)
        return found

    def _together(self, stages: Sequence[StageName]) -> pl.DataFrame:
        """The kept rows of some stages in the order in which a job reads them."""
        if not stages:
            return pl.DataFrame()
        rows = pl.concat([self.kept(each) for each in stages], how="diagonal")
        return rows.sort("category", "row", maintain_order=True)

    def _meant(self, given: Input) -> Iterator[StageName]:
        """The stages that an input means, as a run has it."""
        if isinstance(given, Every):
            yield from (name for name in self._frames if name.at(None) == given.stage)
            return
        yield from [name for name in self._frames if name.at(None) in given.among][-1:]

    def kept(self, stage: str | StageName, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The kept rows of a stage that has been passed."""
        return self.table(stage, "kept", columns)

    def table(
        self, stage: str | StageName, table: str, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """One table of a stage that has been passed.

        Raises:
            _OpenError: It is not known.
        """
        name = next((each for each in self._frames if str(each) == str(stage)), None)
        if name in self._finished:
            place = self._context.place(str(name))
            records = self._finished[name]
            return pl.concat(shards.table_of(place, each, table, columns) for each in records)
        frames = None if name is None else self._frames[name]
        if frames is None:
            raise _OpenError("a stage must be known", str(stage))
        return frames[table] if columns is None else frames[table].select(columns)

    def rounds(self, stage: str) -> tuple[StageName, ...]:
        """The rounds of a stage that have been passed."""
        return tuple(name for name in self._frames if name.stage == stage)


def _nobody() -> NoReturn:
    raise StageInputMissingError("a plan must ask nobody")
