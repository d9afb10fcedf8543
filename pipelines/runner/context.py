"""What a process needs to run jobs of a run: recipe, folders, stages, one engine, and who is told.

Contexts are kept per process, so that all jobs of a run share one engine and one embedded model.
A worker in another process opens the run from its folder (`pipelines.opening.join`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from inference.engine import Engine
from pipelines.errors import StageInputMissingError
from pipelines.runner.shards import Layout
from pipelines.runner.stage import AnyStage, Parameters, StageMaker


class Progress(Protocol):
    """Who is told how far a stage is."""

    def begin(self, stage: str, rows: int | None) -> None:
        """A stage starts; None where nobody knows how many rows it has."""
        ...

    def advancer(self, stage: str) -> Callable[[int], None]:
        """To be called with the number of rows that ended."""
        ...

    def end(self, stage: str, counts: Mapping[str, int]) -> None:
        """A stage is finished, with its rows by table."""
        ...

    def note(self, line: str) -> None:
        """Something that whoever looks on should know, in one line."""
        ...


class Silent:
    """Tells nobody."""

    def begin(self, stage: str, rows: int | None) -> None:
        """Nothing."""

    def advancer(self, stage: str) -> Callable[[int], None]:
        """A function that does nothing."""
        return lambda rows: None

    def end(self, stage: str, counts: Mapping[str, int]) -> None:
        """Nothing."""

    def note(self, line: str) -> None:
        """Nothing."""


class Context:
    """One run as this process sees it.

    Attributes:
        layout: Where its files lie.
        shards: How many shards each stage has.
        progress: Who is told how far a stage is.
    """

    def __init__(
        self,
        layout: Layout,
        shards: int,
        stages: StageMaker,
        open_engine: Callable[[], Engine],
        progress: Progress | None = None,
    ) -> None:
        """Opens nothing yet.

        Args:
            layout: Where its files lie.
            shards: How many shards each stage has.
            stages: Makes a stage by its name and parameters.
            open_engine: Makes the engine when a job first needs it.
            progress: Who is told how far a stage is; nobody by default.
        """
        self.layout = layout
        self.shards = shards
        self.progress: Progress = progress or Silent()
        self._stages = stages
        self._made: dict[tuple[str, Parameters], AnyStage] = {}
        self._open_engine = open_engine
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def folder(self, stage: str) -> Path:
        """A stage's folder."""
        return self.layout.run / stage

    def stage(self, name: str, parameters: Parameters = ()) -> AnyStage:
        """A stage by its name and parameters, made once."""
        with self._lock:
            made = self._made.get((name, parameters))
            if made is None:
                made = self._made[name, parameters] = self._stages(name, parameters)
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
