"""Versions of an over-refusal set through the plain runner, one after the other in one `out`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from artifacts.manifest import Manifest, read_manifest, write_manifest
from artifacts.records import RunRecord
from artifacts.verify.release import Report, verify
from artifacts.version_facts import Tombstone
from flows.benchmarks import benchmark_of
from inference.encoders import Encoder
from inference.engine import Engine
from inference.ledger import Ledger
from inference.providers.opening import provide
from pipelines.audits.finalize import finalize_release
from pipelines.opening import layout_of
from pipelines.or_bench.pipeline import Built, built
from pipelines.or_bench.release import content
from pipelines.recipe import OrBench, load, taxonomy_of
from pipelines.runner.context import Context, forget, keep
from pipelines.runner.run import Run
from pipelines.sources.models import to_encoder, to_specs
from tests.servers.chance import draw
from tests.servers.chat import Answer, Body
from tests.servers.writers import Writer

SMALL = ("seeds={from: shipped, per_category: 1}",)
"""One seed a category."""


@dataclass(frozen=True)
class Made:
    """A finished run, and the encoders that it opened."""

    run: Run
    built: Built
    manifest: Manifest
    folder: Path
    encoders: dict[str, Encoder] = field(default_factory=dict)

    def rows(self, config: str = "or-bench-main") -> pl.DataFrame:
        """One config, as released."""
        return pl.read_parquet(self.folder / config / "*.parquet")

    def every(self) -> pl.DataFrame:
        """The rows of all configs, each once."""
        shown = [each.name for each in self.manifest.configs if each.files]
        return pl.concat((self.rows(name) for name in shown), how="diagonal").unique("row")

    def ids(self) -> set[str]:
        """The ids of all configs."""
        return set(self.every()["id"])

    def reasons(self, stage: str) -> set[str]:
        """Why rows were dropped at a stage."""
        return set(self.run.table(stage, "dropped", ["reason"])["reason"])

    def verified(self) -> Report:
        """What `verify` says of it."""
        return verify(self.folder, self.folder.parents[2] / "runs")


@contextmanager
def version(recipe: Path, out: Path, named: str, *settings: str) -> Iterator[Made]:
    """The recipe's release of that version."""
    loaded = load(recipe, [f"release.version={named}", *settings])
    assert isinstance(loaded, OrBench)
    layout, taxonomy = layout_of(loaded, out), taxonomy_of(loaded)
    encoders: dict[str, Encoder] = {}

    def opened(name: str) -> Encoder:
        return encoders.setdefault(name, Encoder(to_encoder(loaded, name), layout.embeddings))

    context = Context(
        layout,
        2,
        benchmark_of(loaded).pipeline(loaded, layout, None),
        lambda: Engine(to_specs(loaded), Ledger(layout.ledger), provide, opened),
    )
    keep(context)
    try:
        run = Run(context, RunRecord(loaded.name, "or-bench", taxonomy.name, named, 2, ()))
        run.build()
        manifest = finalize_release(run, loaded, content(run, loaded))
        yield Made(run, built(run, loaded), manifest, layout.release, encoders)
    finally:
        forget(context)


@dataclass(frozen=True)
class Planting:
    """A writer whose first text in each answer is one of given texts, as it stands."""

    texts: Sequence[str]

    def __call__(self, body: Body) -> Answer:
        """As `Writer` does, but for the first text."""
        written = Writer()(body)
        content = json.loads(written.content or "{}")
        content["prompts"][0]["text"] = draw("planted", body).choice(self.texts)
        return replace(written, content=json.dumps(content))


def withdraw(folder: Path, *stones: Tombstone) -> None:
    """Writes tombstones into a release's manifest, as a review does for a later one."""
    write_manifest(folder, replace(read_manifest(folder), tombstones=stones))
