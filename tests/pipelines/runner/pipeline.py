"""A small pipeline over real stages and a real server: what the runner's tests run and kill.

As a process: `python -m tests.pipelines.runner.pipeline OUT BASE_URL [--die-before-record N]`.
"""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from artifacts import records
from artifacts.records import RunRecord, ShardRecord, StageName
from artifacts.schemas import DROPPED, PARENTS, ROWS
from base.storage import Storage
from checks.identity import root_key
from checks.length import Length
from inference.engine import Engine
from inference.ledger import Ledger
from inference.models import ModelSpec
from inference.providers.openai import OpenAIProvider
from inference.types import ChatRequest, Item, Message, Reply, again
from pipelines.runner import shards
from pipelines.runner.context import Context, forget, keep
from pipelines.runner.pipeline import Pipeline
from pipelines.runner.run import Run
from pipelines.runner.shards import Layout
from pipelines.runner.stage import Row, Stage, latest
from pipelines.stages.clean import cleaning
from pipelines.stages.dedup import dedup_rows
from pipelines.stages.source import frame_from, without_equals
from pipelines.stages.writers import Writers, WriterTask
from pipelines.stages.writing import Writing, writing

CATEGORIES = ("deception", "privacy")


@dataclass(frozen=True)
class Lines:
    """A writer whose answer is one text a line."""

    temperature: float = 0.7
    template: str = "Rewrite: {seed}"

    def request(self, item: Item, tries: int) -> ChatRequest:
        text = self.template.format(seed=item.text)
        asked = ChatRequest("m", (Message("user", text),), temperature=self.temperature, seed=1)
        return again(asked, tries)

    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:
        return tuple(reply.text.splitlines())


@dataclass(frozen=True)
class Settings:
    """What the pipeline is run with."""

    seeds: tuple[str, ...] = tuple(f"seed number {number} of the table" for number in range(40))
    writer: Lines = Lines()
    shards: int = 4
    max_in_flight: int = 4
    give_up_s: float = 5.0


def context_for(out: Path, base_url: str, settings: Settings = Settings()) -> Context:
    """The context of the pipeline's run below `out`."""
    layout = Layout(out, "toy", "or-bench", "2026.11.0")
    spec = ModelSpec(
        "m", "openai", "loopback", base_url=base_url, attempts=2, timeout_s=5.0,
        give_up_s=settings.give_up_s, max_in_flight=settings.max_in_flight,
    )  # fmt: skip

    def open_engine() -> Engine:
        return Engine({"m": spec}, Ledger(layout.ledger), OpenAIProvider, _no_encoder)

    return Context(layout, settings.shards, _pipeline(settings), open_engine)


def run_pipeline(context: Context, max_failed: int = 0, max_missing: int | None = None) -> Run:
    """Runs all stages; the caller reads what they left."""
    record = RunRecord("toy", "or-bench", "or_bench", "2026.11.0", context.shards, ())
    keep(context)
    try:
        run = Run(context, record, max_failed=max_failed, max_missing=max_missing)
        run.build()
        return run
    finally:
        forget(context)


def seed_rows(seeds: Sequence[str]) -> list[Row]:
    """Root rows of a source table."""
    rows: list[Row] = []
    for position, text in enumerate(seeds):
        key = root_key("seeds.csv", position)
        rows.append(
            {
                "row": key,
                "parent": None,
                "root": key,
                "position": str(position),
                "text": text,
                "category": CATEGORIES[position % 2],
                "writer": None,
                "checks": [],
                "source": "seeds.csv",
                "license": "cc-by-4.0",
                "redistribute": True,
            }
        )
    return rows


def _pipeline(settings: Settings) -> Pipeline:
    rows = {"kept": ROWS, "dropped": DROPPED}
    checks = (Length(min_chars=5, max_chars=200),)
    return Pipeline(
        (
            Stage(
                name=StageName("seeds"), kind="select", whole=True, tables=rows, version=1,
                covers=lambda round_: settings.seeds,
                work=lambda round_: lambda frame: without_equals(
                    frame_from(seed_rows(settings.seeds), ROWS)
                ),
            ),
            Stage(
                name=StageName("clean"), kind="select", tables=rows, version=1,
                inputs=(latest("seeds"),), covers=lambda round_: (),
                work=lambda round_: cleaning(checks),
            ),
            _writing(settings.writer, "rewrite", "clean", 3, 2),
            Stage(
                name=StageName("dedup"), kind="select", whole=True, tables=rows, version=1,
                inputs=(latest("rewrite"),), covers=lambda round_: (),
                work=lambda round_: lambda frame: dedup_rows(frame, "none", None),
            ),
            _writing(settings.writer, "again", "dedup", 1, 1),
        )
    )  # fmt: skip


def _writing(writer: Lines, name: str, before: str, want: int, tries: int) -> Stage:
    writers = Writers((WriterTask("m", writer),))
    asked = Writing(writers, dict.fromkeys(CATEGORIES, ()), want, tries)
    return Stage(
        name=StageName(name),
        kind="expand",
        tables={"kept": ROWS, "dropped": DROPPED, "parents": PARENTS},
        version=1,
        inputs=(latest(before),),
        covers=lambda round_: (repr(writer),),
        work=lambda round_: writing(StageName(name), asked),
    )


def _no_encoder(name: str) -> object:
    raise LookupError(name)


def _die_before_record(number: int) -> None:
    """Kills this process between a shard's last rename and the record that vouches for it."""
    written = 0

    def write_shard(place: Storage, record: ShardRecord) -> None:
        nonlocal written
        if written == number:
            os.kill(os.getpid(), signal.SIGKILL)
        written += 1
        records.write_shard(place, record)

    shards.write_shard = write_shard


def main() -> None:
    """Runs the pipeline as a process that can be killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("base_url")
    parser.add_argument("--die-before-record", type=int)
    given = parser.parse_args()
    if given.die_before_record is not None:
        _die_before_record(given.die_before_record)
    run_pipeline(context_for(given.out, given.base_url))


if __name__ == "__main__":
    main()
