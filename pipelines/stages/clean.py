"""Cleaning: a text is tidied, then kept or dropped by the first check that objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import DROPPED, ROWS
from base.digests import digest_of, digests_of
from checks.clean import tidy, tidy_part
from inference.types import Check, Item, Program, Score
from pipelines.runner.rows import drop, item_of
from pipelines.runner.stage import Kind, Outcome, Row, RowProgram


def findings(
    checks: Sequence[Check], item: Item, text: str
) -> Program[tuple[tuple[Score, ...], str | None]]:
    """What the checks measured up to the first that objects, and its reason.

    Args:
        checks: Run in order.
        item: The row that the text was written for, or is.
        text: The text.
    """
    scores: list[Score] = []
    for check in checks:
        finding = check(item, text)
        if finding is not None and not isinstance(finding, str | Score):
            finding = yield from finding
        if isinstance(finding, Score):
            scores.append(finding)
        reason = finding.reason if isinstance(finding, Score) else finding
        if reason is not None:
            return tuple(scores), reason
    return tuple(scores), None


STAGE_VERSION = 1


def digest_for(checks: Sequence[Check]) -> str:
    """What cleaning by these checks depends on.

    Raises:
        DigestError: A check has no digest.
    """
    return digest_of(STAGE_VERSION, tidy_part(), digests_of("check", checks))


@dataclass(frozen=True)
class CleanStage:
    """Selects rows by checks on their text alone; sharded.

    Attributes:
        name: The stage's name.
        digest: Hash of the recipe's part and STAGE_VERSION.
        checks: Run in order; the first reason drops the row.
    """

    name: str
    digest: str
    checks: tuple[Check, ...]
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": ROWS, "dropped": DROPPED}
    )

    def start(self) -> Program[RowProgram]:
        """Nothing to prepare."""
        yield from ()
        return self.row

    def row(self, row: Row) -> Program[Outcome]:
        """The row with its text tidied, kept or dropped."""
        tidied = {**row, "text": tidy(row["text"])}
        _, reason = yield from findings(self.checks, item_of(tidied), tidied["text"])
        if reason is not None:
            return Outcome(dropped=[drop(tidied, reason)])
        return Outcome(kept=[tidied])
