"""The source of a run: a table's rows become the roots of all that follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import DROPPED, ROWS
from flows.runner.stage import Kind, Outcome, Row
from inference.types import Program


@dataclass(frozen=True)
class SourceStage:
    """Takes in the rows of a source; a table stage without inputs.

    Attributes:
        name: The stage's name.
        digest: Hash of the source's bytes and of how it is read.
        read: Reads the rows, in the source's order.
    """

    name: str
    digest: str
    read: Callable[[], Sequence[Row]]
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": ROWS, "dropped": DROPPED}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """Every row of the source is kept: what is wrong with one is for cleaning to say."""
        yield from ()
        return Outcome(kept=self.read())
