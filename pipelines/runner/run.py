"""A run: the steps of a pipeline executed in order, and what each of its stages left.

Each stage is run as jobs (`pipelines.runner.jobs`), and entered into the run's record before.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from artifacts.build_facts import cut_often
from artifacts.records import (
    RunRecord,
    ShardRecord,
    StageEntry,
    StageName,
    run_if_readable,
    write_run,
    write_shard,
)
from inference.errors import BudgetReachedError, ServerUnreachableError
from pipelines.errors import StageFailedError, StageInputMissingError
from pipelines.runner.context import Context
from pipelines.runner.counts import (
    asked_and_refused,
    failed_again,
    missing_unexpectedly,
    replies_and_cut,
)
from pipelines.runner.jobs import Job, JobResult, in_threads
from pipelines.runner.pipeline import Rounds, Step, Together
from pipelines.runner.shards import failures, finished, of_earlier_form, table_of
from pipelines.runner.stage import Every, Input, Stage
from pipelines.sources.refused import most_refused, require_few_refused

Execute = Callable[[list[Job]], list[JobResult]]
EARLIER_FORM = (
    "this run was made by an earlier version: its stages are made anew, and replies come from the "
    "ledger"
)
"""What is said once where stages of a run have fingerprints of the first form."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """What a stage left.

    Attributes:
        name: The stage's name.
        inputs: The stages it read from.
        rows: Rows by table.
        fresh: How many of its jobs had to run.
        jobs: How many jobs it has.
    """

    name: StageName
    inputs: tuple[StageName, ...]
    rows: Mapping[str, int]
    fresh: int
    jobs: int


class Run:
    """Runs steps one after the other; remembers their stages in the run's record.

    Attributes:
        unpaid_round: A further round that was given up as the budget did not reach its end; None
            where there was none. Nothing of it is in the record or the results.

    Args:
        context: The run as this process sees it.
        record: What the run is of, with no stages: they are filled in as they run.
        execute: How jobs are run: in threads here, or as Prefect tasks.
        max_failed: How many failed rows a stage may have.
        show: Called with each stage's result.
        max_missing: How many rows of a stage a model's server may refuse; None for 2 % of those
            that it was asked about, and never fewer than 5.
    """

    def __init__(
        self,
        context: Context,
        record: RunRecord,
        execute: Execute = in_threads,
        max_failed: int = 0,
        show: Callable[[StageResult], None] | None = None,
        max_missing: int | None = None,
    ) -> None:
        """Nothing runs yet."""
        self.context = context
        self.record = record
        self.results: list[StageResult] = []
        self._execute = execute
        self._max_failed = max_failed
        self._max_missing = max_missing
        self._show = show
        self._told_of_earlier_form = False
        self._told_of_cut: set[str] = set()
        self._released = run_if_readable(context.layout.run) if context.is_released else None
        self.unpaid_round: int | None = None

    def build(self) -> None:
        """Runs every step of its pipeline, or finds it finished.

        Raises:
            BudgetReachedError: The cap of the recipe's budget is reached, whatever may fail.
            StageFailedError: More rows of a stage failed, or were refused, than the recipe allows.
        """
        for step in self.context.pipeline.steps:
            self.step(step)

    def step(self, step: Step) -> None:
        """Runs one step; the errors are those of `build`."""
        if isinstance(step, Rounds):
            self._rounds(step)
        elif isinstance(step, Together):
            self._together([each for each in step.stages if step.only(self, each)], None)
        elif step.when(0):
            self._together([step], None)

    def _rounds(self, step: Rounds) -> None:
        entered = self._rounds_of_release(step)
        for number in range(step.most if entered is None else entered):
            before = len(self.results)
            try:
                for stage in step.stages:
                    if stage.when(number):
                        self._together([stage], number)
            except BudgetReachedError as error:
                if not (number and step.spare):
                    raise
                self._give_up(number, before, error)
                return
            if entered is None and not step.again(self):
                return

    def _rounds_of_release(self, step: Rounds) -> int | None:
        """How many rounds a release was made of, whatever is wanted by now; None before it is."""
        if self._released is None:
            return None
        names = {entry.name for entry in self._released.stages}
        made = [
            number
            for number in range(step.most)
            if any(str(stage.name.at(number)) in names for stage in step.stages)
        ]
        return len(made) or None

    def _give_up(self, number: int, before: int, error: BudgetReachedError) -> None:
        """Takes a round back that was not paid to its end; its replies stay in the ledger."""
        self.unpaid_round = number
        del self.results[before:]
        known = {str(result.name) for result in self.results}
        stages = tuple(entry for entry in self.record.stages if entry.name in known)
        self.record = replace(self.record, stages=stages)
        rule = f"round {number + 1} is given up, and the set ends with the rounds before it"
        self.context.progress.note(f"{rule}: {error}")

    def _together(self, stages: Sequence[Stage], number: int | None) -> None:
        jobs = [self._begun(stage, stage.name.at(number)) for stage in stages]
        # Shard by shard over all stages: each has its turn while others wait for their servers.
        order = sorted((n, whose) for whose, each in enumerate(jobs) for n in range(len(each)))
        done = self._execute([jobs[whose][n] for n, whose in order])
        by_stage: list[list[JobResult]] = [[] for _ in stages]
        for (_, whose), job in zip(order, done, strict=True):
            by_stage[whose].append(job)
        for stage, ended in zip(stages, by_stage, strict=True):
            self._ended(stage.name.at(number), self._inputs(stage), ended)
            if not stage.answers:  # a voter might be who answers
                self._tell_of_cut_votes(stage.name.at(number), stage.votes, ended)
        for stage, ended in zip(stages, by_stage, strict=True):
            name = stage.name.at(number)
            records = [record for job in ended for record in job.records]
            failed = sum(map(failures, records))
            self._require_money(name, failed)
            if self.context.is_released:
                continue  # what a release was made of is as it is
            try:
                self._bound_failures(name, failed, records)
                require_few_refused(*asked_and_refused(records), self._max_missing, f"stage {name}")
            except StageFailedError:
                self._ask_again(name, records)
                raise

    def _begun(self, stage: Stage, name: StageName) -> list[Job]:
        """Enters a stage into the record; what is to be run of it."""
        found = tuple(sorted(stage.finds(self).items())) if stage.finds is not None else ()
        inputs = self._inputs(stage)
        names = tuple(map(str, inputs))
        shards = self.context.shards
        self.context.prepared(name, found)
        self._enter(
            StageEntry(str(name), stage.kind, names, shards, stage.votes, stage.answers, name)
        )
        self._tell_of_earlier_form(name)
        beside = tuple(tuple(map(str, self._meant(each))) for each in stage.beside)
        rows = sum(self._kept(each) for each in inputs) or None
        self.context.progress.begin(name, rows)
        return [
            Job(str(self.context.layout.run), name, names, found, shard, beside)
            for shard in ((None,) if stage.whole else range(shards))
        ]

    def _inputs(self, stage: Stage) -> tuple[StageName, ...]:
        """The finished stages that a stage's inputs mean; one that did not run is left out."""
        return tuple(name for each in stage.inputs for name in self._meant(each))

    def _meant(self, given: Input) -> Iterator[StageName]:
        ran = [result.name for result in self.results]
        if isinstance(given, Every):
            yield from (name for name in ran if name.at(None) == given.stage)
            return
        found = [name for name in ran if name.at(None) in given.among]
        yield from found[-1:]

    def _tell_of_earlier_form(self, name: StageName) -> None:
        """Says once why finished stages are made again."""
        if self._told_of_earlier_form:
            return
        if of_earlier_form(self.context.place(str(name)), self.context.shards):
            self._told_of_earlier_form = True
            self.context.progress.note(EARLIER_FORM)

    def _ended(
        self, name: StageName, inputs: tuple[StageName, ...], done: Sequence[JobResult]
    ) -> None:
        result = _result(name, inputs, done)
        self.results.append(result)
        self.context.progress.end(name, result.rows)
        if self._show is not None:
            self._show(result)

    def _tell_of_cut_votes(
        self, name: StageName, voters: Sequence[str], done: Sequence[JobResult]
    ) -> None:
        """Says, once for each voter, where many of the votes that were bought now are cut."""
        fresh = [record for job in done if job.fresh for record in job.records]
        replies, cut = replies_and_cut(fresh)
        for voter in voters:
            if voter not in self._told_of_cut and cut_often(cut[voter], replies[voter]):
                self._told_of_cut.add(voter)
                self.context.progress.note(
                    f"{name}: {cut[voter]:,} of {replies[voter]:,} replies of {voter} were cut at"
                    " its max_tokens, and a vote that is cut is an abstention"
                )

    def kept(self, stage: str | StageName, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The kept rows of a finished stage, all shards together."""
        return self.table(stage, "kept", columns)

    def table(
        self, stage: str | StageName, table: str, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """One table of a finished stage, all shards together."""
        place = self.context.place(str(stage))
        return pl.concat(table_of(place, each, table, columns) for each in self.records(stage))

    def records(self, stage: str | StageName) -> list[ShardRecord]:
        """The records of a finished stage, shard by shard."""
        place, shards = self.context.place(str(stage)), self.context.shards
        return [finished(place, shard, shards) for shard in range(shards)]

    def rounds(self, stage: str) -> tuple[StageName, ...]:
        """The finished rounds of a stage, in order; of one that runs once itself."""
        return tuple(each.name for each in self.results if each.name.stage == stage)

    def last(self, *stages: str) -> StageName | None:
        """The last finished stage of these kinds; None where none ran."""
        found = [each.name for each in self.results if each.name.stage in stages]
        return found[-1] if found else None

    def named(self, stage: str) -> StageName:
        """The last finished stage of a kind.

        Raises:
            StageInputMissingError: None is finished.
        """
        found = self.last(stage)
        if found is None:
            raise StageInputMissingError("a stage that is read must be finished", stage)
        return found

    def _kept(self, name: StageName) -> int:
        return next(result.rows["kept"] for result in self.results if result.name == name)

    def _enter(self, entry: StageEntry) -> None:
        self.record = replace(self.record, stages=(*self.record.stages, entry))
        if not (self.context.is_released and self._is_entered()):
            write_run(self.context.layout.run, self.record)

    def _is_entered(self) -> bool:
        """Whether the record on disk, which a release's verification reads, begins as this one."""
        found = run_if_readable(self.context.layout.run)
        if found is None:
            return False
        return replace(found, stages=found.stages[: len(self.record.stages)]) == self.record

    def _require_money(self, name: StageName, failed: int) -> None:
        """Ends the run where a row failed for want of money, here or in a worker's process."""
        engine = self.context.opened_engine
        spent_out = engine.spent_out if engine is not None else None
        if spent_out is not None and (failed or self.unpaid_round is None):
            raise spent_out
        reasons = self.table(name, "failed", ["reason"])["reason"].to_list() if failed else []
        if unpaid := reasons.count("budget"):
            rule = (
                "budget.max_usd must have room for the next call; everything answered is kept: "
                "a higher budget.max_usd, in the recipe or by --set, goes on"
            )
            raise BudgetReachedError(rule, f"{unpaid:,} rows of stage {name} without it")

    def _ask_again(self, name: StageName, records: Sequence[ShardRecord]) -> None:
        """Leaves no refusal as it is where a stage ends: what caused it may be mended until then.

        A model that is found to refuse every request had refused a few of them before.
        """
        for record in records:
            if asked_and_refused([record])[1]:
                write_shard(self.context.place(str(name)), replace(record, fingerprint=""))

    def _bound_failures(self, name: StageName, failed: int, records: Sequence[ShardRecord]) -> None:
        again = failed_again(records)
        kept = sum(record.files["kept"].rows for record in records)
        most = most_refused(kept) if kept else 0
        if (unexpected := again + missing_unexpectedly(records)) > most:
            rule = (
                f"stage {name} may have at most {most} rows that meet the same unexpected error "
                f"twice; {'; '.join(self._causes())}; what was answered is kept"
            )
            raise StageFailedError(rule, unexpected)
        failed -= again
        if failed <= self._max_failed:
            return
        if unreachable := self._unreachable():
            raise StageFailedError("; ".join(each.rule for each in unreachable))
        rule = f"stage {name} may have at most {self._max_failed} failed rows (max_failed)"
        causes = "; ".join(self._causes())
        raise StageFailedError(
            f"{rule}; {causes}; what was answered is kept: run the same command again", failed
        )

    def _unreachable(self) -> list[ServerUnreachableError]:
        """Servers that no connection came about to: nothing else is to be said of failed rows."""
        engine = self.context.opened_engine
        troubles = {} if engine is None else engine.troubles()
        return [each for each in troubles.values() if isinstance(each, ServerUnreachableError)]

    def _causes(self) -> list[str]:
        """Why calls failed, by model: an open circuit's error, else the last failure."""
        engine = self.context.opened_engine
        if engine is None:
            return ["the rows failed in another process"]
        troubles = engine.troubles()
        last = engine.last_failures()
        causes = [
            str(troubles[name]) if name in troubles else f"model `{name}`: {last[name]}"
            for name in sorted({*troubles, *last})
        ]
        surprises = sorted(engine.surprises().items())
        return [*causes, *(f"unexpected {kind}, {times} times" for kind, times in surprises)]


def _result(
    name: StageName, inputs: tuple[StageName, ...], done: Sequence[JobResult]
) -> StageResult:
    rows: dict[str, int] = {}
    for job in done:
        for record in job.records:
            for table, file in record.files.items():
                rows[table] = rows.get(table, 0) + file.rows
    return StageResult(name, inputs, rows, sum(job.fresh for job in done), len(done))
