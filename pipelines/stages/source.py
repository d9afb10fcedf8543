"""The source of a run: a table's rows become the roots of all that follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import DROPPED, ROWS
from curation.rows import exact
from inference.types import Program
from pipelines.runner.rows import candidate, split
from pipelines.runner.stage import Kind, Outcome, Row


@dataclass(frozen=True)
class SourceStage:
    """Takes in the rows of a source; a table stage without inputs.

    Attributes:
        name: The stage's name.
        digest: Hash of the source's bytes and of how it is read.
        read: Reads the rows, in the source's order.
        unlike: Whether of equal texts of a category the first alone is taken: one that stands
            twice would be asked about twice, for the same rewrites.
    """

    name: str
    digest: str
    read: Callable[[], Sequence[Row]]
    unlike: bool = True
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": ROWS, "dropped": DROPPED}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """The source's rows; what else is wrong with one is for cleaning to say."""
        yield from ()
        found = list(self.read())
        if not self.unlike:
            return Outcome(kept=found)
        repeats = [
            repeat
            for category in sorted({row["category"] for row in found})
            for repeat in exact([candidate(r) for r in found if r["category"] == category]).dropped
        ]
        return split(found, tuple(repeats))
