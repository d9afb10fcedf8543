"""What a process needs to run jobs of a run: recipe, folders, stages, one engine, and who is told.

Contexts are kept per process, so that all jobs of a run share one engine and one embedded model.
A worker in another process opens the run from its folder (`pipelines.opening.join`).
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Protocol

from artifacts.records import StageName
from base.storage import Folder, Storage
from inference.accounts import Advance, Meter
from inference.engine import Engine
from pipelines.errors import StageInputMissingError
from pipelines.runner.pipeline import Pipeline
from pipelines.runner.shards import Layout
from pipelines.runner.stage import Round, Row, Stage, Work


class Progress(Protocol):
    """Who is told how far something is that has a name: a verb, a stage, a group of stages."""

    def begin(self, stage: str, rows: int | None) -> None:
        """It starts; None where nobody knows how many rows it has."""
        ...

    def advancer(self, stage: str) -> Advance:
        """To be called with the number of rows that ended."""
        ...

    def end(self, stage: str, counts: Mapping[str, int]) -> None:
        """It is finished, with its rows by table."""
        ...

    def note(self, line: str) -> None:
        """Something that whoever looks on should know, in one line."""
        ...


class StageProgress(Protocol):
    """Who is told how far the stages of a run are; the methods are those of `Progress`."""

    def begin(self, stage: StageName, rows: int | None) -> None:
        """A stage starts."""
        ...

    def advancer(self, stage: StageName) -> Advance:
        """To be called with the number of its rows that ended."""
        ...

    def end(self, stage: StageName, counts: Mapping[str, int]) -> None:
        """A stage is finished."""
        ...

    def note(self, line: str) -> None:
        """Something that whoever looks on should know."""
        ...


class Silent:
    """Tells nobody."""

    def begin(self, stage: str, rows: int | None) -> None:
        """Nothing."""

    def advancer(self, stage: str) -> Advance:
        """A function that does nothing."""
        return lambda rows, from_ledger=0: None

    def end(self, stage: str, counts: Mapping[str, int]) -> None:
        """Nothing."""

    def note(self, line: str) -> None:
        """Nothing."""


class EachStage:
    """Tells of every stage by itself, under its folder's name."""

    def __init__(self, shown: Progress | None = None) -> None:
        """Reports to `shown`; to nobody where there is none."""
        self._shown = shown or Silent()

    def begin(self, stage: StageName, rows: int | None) -> None:
        """Passes it on."""
        self._shown.begin(str(stage), rows)

    def advancer(self, stage: StageName) -> Advance:
        """Moves its count."""
        return self._shown.advancer(str(stage))

    def end(self, stage: StageName, counts: Mapping[str, int]) -> None:
        """Passes it on."""
        self._shown.end(str(stage), counts)

    def note(self, line: str) -> None:
        """Passes it on."""
        self._shown.note(line)


class Prepared:
    """A stage that is about to run; all its shards share what it works with.

    Attributes:
        stage: The stage as it is declared.
        round: Its round, and what it found.
        digest: Hash of all that decides its tables besides its inputs.
    """

    def __init__(self, stage: Stage, round_: Round) -> None:
        """Takes its digest.

        Raises:
            DigestError: Something that it uses has no digest.
        """
        self.stage = stage
        self.round = round_
        self.digest = stage.digest(round_)
        self._lock = threading.Lock()

    @property
    def work(self) -> Work:
        """What it does, made when the first of its shards needs it."""
        with self._lock:
            return self._work

    @cached_property
    def _work(self) -> Work:
        return self.stage.work(self.round)


class Context:
    """One run as this process sees it.

    Attributes:
        layout: Where its files lie.
        shards: How many shards each stage has.
        pipeline: Its stages.
        storage: Where its stages' files lie.
        progress: Who is told how far a stage is.
        is_released: Whether its release was there when it was opened.
        metered: Gives who is told of the replies that a stage's rows use; None for nobody.
    """

    def __init__(
        self,
        layout: Layout,
        shards: int,
        pipeline: Pipeline,
        open_engine: Callable[[], Engine],
        progress: StageProgress | None = None,
    ) -> None:
        """Opens nothing yet.

        Args:
            layout: Where its files lie.
            shards: How many shards each stage has.
            pipeline: Its stages in their order.
            open_engine: Makes the engine when a job first needs it.
            progress: Who is told how far a stage is; nobody by default.
        """
        self.layout = layout
        self.shards = shards
        self.progress: StageProgress = progress or EachStage()
        self.pipeline = pipeline
        self.storage: Storage = Folder(layout.run)
        self.is_released = layout.is_released
        self.metered: Callable[[StageName, Sequence[Row]], Meter] | None = None
        self._made: dict[tuple[StageName, tuple[tuple[str, int], ...]], Prepared] = {}
        self._open_engine = open_engine
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def place(self, stage: str) -> Storage:
        """Where a stage's files lie."""
        return self.storage.within(stage)

    def prepared(self, name: StageName, found: tuple[tuple[str, int], ...] = ()) -> Prepared:
        """A stage by its name and what it found, looked up and hashed once.

        Raises:
            StageUnknownError: The run has no such stage.
            DigestError: Something that it uses has no digest.
        """
        with self._lock:
            made = self._made.get((name, found))
            if made is None:
                stage, round_ = self.pipeline.stage(name), Round(name.round or 0, dict(found))
                made = self._made[name, found] = Prepared(stage, round_)
            return made

    def engine(self) -> Engine:
        """The process's engine for this run, opened when first asked for."""
        with self._lock:
            if self._engine is None:
                self._engine = self._open_engine()
            return self._engine

    @property
    def opened_engine(self) -> Engine | None:
        """The engine if anything has asked for it."""
        return self._engine

    def close(self) -> None:
        """Ends the engine; finished shards need none."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()
                self._engine = None


_contexts: dict[Path, Context] = {}
_contexts_lock = threading.Lock()


def keep(context: Context) -> None:
    """Makes a context known to the jobs of this process."""
    with _contexts_lock:
        _contexts[context.layout.run] = context


def forget(context: Context) -> None:
    """Closes a context and takes it from the jobs of this process."""
    with _contexts_lock:
        _contexts.pop(context.layout.run, None)
    context.close()


def known(run: Path) -> bool:
    """Whether this process has a context for a run's folder."""
    with _contexts_lock:
        return run in _contexts


def context_of(run: Path) -> Context:
    """The context of a run's folder.

    Raises:
        StageInputMissingError: This process has opened no such run.
    """
    with _contexts_lock:
        if run not in _contexts:
            raise StageInputMissingError("a job's run must be open in its process", run)
        return _contexts[run]


_current: Progress | None = None


@contextmanager
def shown(progress: Progress | None) -> Iterator[None]:
    """Makes `progress` the one that runs opened in this process report to.

    A flow's parameters are stored by Prefect, so that a live object cannot be one of them.
    """
    global _current
    before, _current = _current, progress
    try:
        yield
    finally:
        _current = before


def current() -> Progress | None:
    """The one that is set, or None."""
    return _current
