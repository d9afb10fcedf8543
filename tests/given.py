"""A run whose stages hold given rows, so that what reads tables is tested on real ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from artifacts.records import RunRecord, StageName
from inference.engine import Engine
from inference.ledger import Ledger
from inference.providers.openai import OpenAIProvider
from pipelines.runner.context import Context, forget, keep
from pipelines.runner.pipeline import Pipeline
from pipelines.runner.run import Run
from pipelines.runner.shards import Layout
from pipelines.runner.stage import Outcome, Row, Stage, frames_from


def given(
    name: str,
    schemas: Mapping[str, pl.Schema],
    rows: Sequence[Row],
    side: Mapping[str, Sequence[Row]] | None = None,
    round: int | None = None,
) -> Stage:
    """A source whose rows are given; `schemas` has `kept` and side tables."""
    tables = {"dropped": schemas["kept"], **schemas}
    outcome = Outcome(rows, side=side or {})
    return Stage(
        name=StageName(name, round),
        kind="select",
        whole=True,
        tables=tables,
        version=1,
        covers=lambda round_: (),
        work=lambda round_: lambda frame: frames_from(outcome, tables),
    )


@contextmanager
def opened(out: Path, stages: Sequence[Stage], shards: int = 1) -> Iterator[Run]:
    """A run of these stages, none of them run yet; it asks no model."""
    layout = Layout(out, "toy", "or-bench", "2026.11.0")
    context = Context(
        layout,
        shards,
        Pipeline(stages),
        lambda: Engine({}, Ledger(layout.ledger), OpenAIProvider, lambda name: None),
    )
    keep(context)
    try:
        yield Run(context, RunRecord("toy", "or-bench", "or_bench", "2026.11.0", shards, ()))
    finally:
        forget(context)
