"""Writing: what a writer makes of a parent.

A call becomes seeds (paper section 3.2.1); a seed becomes prompts that sound harmful and are not
(section 3.2.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import DROPPED, PARENTS, ROWS
from inference.types import Check, Generate, Item, Program, PromptTask, Written
from pipelines.runner.rows import child_of, drop, item_of
from pipelines.runner.stage import Kind, Outcome, Row, RowProgram

STAGE_VERSION = 1


@dataclass(frozen=True)
class WriteStage:
    """Expands each parent by what a writer makes of it; sharded.

    Attributes:
        name: The stage's name.
        digest: Hash of the recipe's part, the writer's identity, templates and STAGE_VERSION.
        writer: The writer's name in the recipe.
        task: What to ask the writer and how to read it.
        checks: By category: what each text must pass.
        want: Usable texts wanted per parent.
        tries: Largest number of asks per parent.
        first: The first attempt number: a later round goes on where the earlier one stopped.
        enough: How many usable texts end the asking; None for all that are wanted.
    """

    name: str
    digest: str
    writer: str
    task: PromptTask[Item, tuple[str, ...]]
    checks: Mapping[str, tuple[Check, ...]]
    want: int
    tries: int
    first: int = 0
    enough: int | None = None
    kind: Kind = "expand"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": ROWS, "dropped": DROPPED, "parents": PARENTS}
    )

    def start(self) -> Program[RowProgram]:
        """Nothing to prepare."""
        yield from ()
        return self.row

    def row(self, row: Row) -> Program[Outcome]:
        """The parent's children; a parent without a usable one is dropped as exhausted."""
        checks = self.checks[row["category"]]
        written: Written = yield Generate(
            self.task, item_of(row), self.want, checks, self.tries, self.first, self.enough
        )
        kept = [child_of(row, self.name, text, self.writer) for text in written.kept]
        dropped = [
            drop(child_of(row, self.name, text, self.writer), text.reason or "")
            for text in written.dropped
        ]
        return Outcome(kept, dropped, {"parents": [parent_row(row, written)]})


def parent_row(row: Row, written: Written) -> Row:
    """How the parent ended. Its reason counts what replies were unusable as a whole."""
    exhausted = not written.kept
    reasons = ["exhausted"] if exhausted else []
    reasons.extend(sorted(set(written.unusable)))
    return {
        "row": row["row"],
        "root": row["root"],
        "outcome": "dropped" if exhausted else "expanded",
        "reason": ", ".join(reasons) or None,
        "children": len(written.kept),
        "asks": written.asks,
    }
