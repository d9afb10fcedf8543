"""A run whose stages hold given rows, so that what reads tables is tested on real ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from artifacts.records import RunRecord
from inference.engine import Engine
from inference.ledger import Ledger
from inference.providers.openai import OpenAIProvider
from inference.types import Program
from pipelines.runner.context import Context, forget, keep
from pipelines.runner.run import Run
from pipelines.runner.shards import Layout
from pipelines.runner.stage import AnyStage, Kind, Outcome, Row


@dataclass(frozen=True)
class Given:
    """A table stage without inputs whose rows are given; `schemas` has `kept` and side tables."""

    name: str
    schemas: Mapping[str, pl.Schema]
    rows: Sequence[Row]
    side: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    digest: str = "1"
    kind: Kind = "select"

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        yield from ()
        return Outcome(self.rows, side=self.side)


@contextmanager
def opened(out: Path, stages: Sequence[AnyStage], shards: int = 1) -> Iterator[Run]:
    """A run of these stages, none of them run yet; it asks no model."""
    layout = Layout(out, "toy", "or-bench", "2026.11.0")
    made = {stage.name: stage for stage in stages}
    context = Context(
        layout,
        shards,
        lambda name, parameters: made[name],
        lambda: Engine({}, Ledger(layout.ledger), OpenAIProvider, lambda name: None),
    )
    keep(context)
    try:
        yield Run(context, RunRecord("toy", "or-bench", "or_bench", "2026.11.0", shards, ()))
    finally:
        forget(context)
