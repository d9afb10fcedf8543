"""A bound on sameness: no opening may begin more than its share of the released prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import RESCUED, with_evidence
from curation.openers import cap_openers
from curation.rows import Dropped
from flows.runner.stage import Kind, Outcome, Row
from flows.stages.rows import candidate, split
from inference.types import Program

STAGE_VERSION = 1


@dataclass(frozen=True)
class OpenersStage:
    """Drops rows whose opening is too common; sees the whole table.

    Attributes:
        name: The stage's name.
        digest: Hash of the recipe's part and STAGE_VERSION.
        max_share: Largest share of one three-word opening.
        required_risky: Whether a released row must sound risky; rows that are not released are
            let through.
    """

    name: str
    digest: str
    max_share: float
    required_risky: bool
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": RESCUED, "dropped": with_evidence(RESCUED)}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """The cap holds among accepted rows, which are the ones that people will see."""
        yield from ()
        accepted = [row for row in rows if is_accepted(row, self.required_risky)]
        capped = cap_openers([candidate(row) for row in accepted], self.max_share)
        dropped: tuple[Dropped, ...] = capped.dropped
        return split(list(rows), dropped)


def is_accepted(row: Row, required_risky: bool) -> bool:
    """Whether a moderated row belongs to the over-refusal set."""
    return row["label"] == "safe" and (not required_risky or row["sounds_risky"] is True)
