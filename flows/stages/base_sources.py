"""The sources of a base set: prior tables, rows that people wrote, or a set as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.base_schemas import BASE, BASE_DROPPED, CLASSIFIED, SOURCED
from artifacts.schemas import with_evidence
from checks.identity import root_key
from flows.review.decisions import Decision
from flows.runner.stage import Kind, Outcome, Row
from flows.sources.sorry_base import LoadedRows
from flows.stages.rows import drop
from inference.types import Program

STAGE_VERSION = 1


@dataclass(frozen=True)
class PriorStage:
    """Takes in the rows of all tables that a base set is picked from; repeats are for later.

    Attributes:
        name: The stage's name.
        digest: Hash of the tables' bytes and of how each is read.
        read: Reads the rows.
        schemas: `SOURCED`, or for rows that people wrote `CLASSIFIED`.
    """

    name: str
    digest: str
    read: Callable[[], Sequence[Row]]
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": SOURCED, "dropped": with_evidence(SOURCED)}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """All of them."""
        yield from ()
        return Outcome(kept=list(self.read()))


@dataclass(frozen=True)
class LoadedStage:
    """Takes in a base set as it stands.

    Attributes:
        name: The stage's name.
        digest: Hash of the file's bytes and of how it is read.
        read: Reads the file.
        limit: Only the first requests of each category, so many; None for all.
    """

    name: str
    digest: str
    read: Callable[[], LoadedRows]
    limit: int | None = None
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": BASE, "dropped": BASE_DROPPED}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """The base rows; rows of other styles, and those over the limit, are dropped."""
        yield from ()
        found = self.read()
        kept: list[Row] = []
        dropped = [drop(row, "other_style") for row in found.others]
        seen: dict[str, int] = {}
        for row in found.base:
            seen[row["category"]] = seen.get(row["category"], 0) + 1
            if self.limit is None or seen[row["category"]] <= self.limit:
                kept.append(row)
            else:
                dropped.append(drop(row, "over_limit"))
        return Outcome(kept, dropped)


def written_rows(
    decisions: Sequence[Decision], file: str, license: str | None, redistribute: bool
) -> list[Row]:
    """The rows that people wrote on a review table, roots of their own.

    Args:
        decisions: The accepted ones among the new rows.
        file: What the rows name as their source.
        license: The licence that the recipe states for them.
        redistribute: Whether they may be published.
    """
    rows: list[Row] = []
    for each in decisions:
        if each.verb != "accept":
            continue
        key = root_key(file, each.id)
        rows.append(
            {
                **dict.fromkeys(CLASSIFIED),
                "row": key,
                "root": key,
                "position": each.id,
                "text": each.rewrite,
                "category": each.category,
                "writer": "person",
                "checks": [],
                "source": file,
                "license": license,
                "redistribute": redistribute,
            }
        )
    return rows
