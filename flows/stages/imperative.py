"""The set's own form: what is no single instruction is asked for again as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from artifacts.base_schemas import CLASSIFIED
from artifacts.schemas import PARENTS, with_evidence
from checks.imperative import Imperative
from flows.runner.stage import Kind, Outcome, Row, RowProgram
from flows.stages.rows import child_of, drop, item_of
from flows.stages.writing import parent_row
from generators.imperative import ImperativeWriter
from inference.types import Check, Program, Text, Write, Written
from taxonomy import NONE

STAGE_VERSION = 1
_UNTOUCHED = "as_is"
_FORM = Imperative()


@dataclass(frozen=True)
class ImperativeStage:
    """Expands each row into one in the imperative; sharded.

    A row that has the form already, or has no category yet, is taken over as it is and costs no
    call. A row whose rewrites all fail their checks is dropped.

    Attributes:
        name: The stage's name.
        digest: Hash of the writer, its identity, the checks and STAGE_VERSION.
        writer: What is asked.
        checks: What a rewrite must pass.
        tries: Largest number of asks per row.
        first: The first attempt's number.
    """

    name: str
    digest: str
    writer: ImperativeWriter
    checks: tuple[Check, ...]
    tries: int
    first: int = 0
    kind: Kind = "expand"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {
            "kept": CLASSIFIED,
            "dropped": with_evidence(CLASSIFIED),
            "parents": PARENTS,
        }
    )

    def start(self) -> Program[RowProgram]:
        """Nothing to prepare."""
        yield from ()
        return self.row

    def row(self, row: Row) -> Program[Outcome]:
        """The row's one child."""
        item = item_of(row)
        sorted_ = row["verdict"] == "decided" and row["category"] != NONE
        if not sorted_ or _FORM(item, row["text"]) is None:
            same = Written((Text(_UNTOUCHED, row["text"]),), (), 0)
            child = {**child_of(row, self.name, same.kept[0], ""), "writer": row["writer"]}
            return Outcome([child], side={"parents": [parent_row(row, same)]})
        written: Written = yield Write(self.writer, item, 1, self.checks, self.tries, self.first)
        kept = [child_of(row, self.name, text, self.writer.model) for text in written.kept]
        dropped = [
            drop(child_of(row, self.name, text, self.writer.model), text.reason or "")
            for text in written.dropped
        ]
        return Outcome(kept, dropped, {"parents": [parent_row(row, written)]})
