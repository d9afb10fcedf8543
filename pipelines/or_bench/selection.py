"""Selections of rows: repeats across categories, openings, seeds of a further round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import CONTESTED, DROPPED, RESCUED, ROWS, with_evidence
from curation.contested import dedup_labelled
from curation.openers import cap_openers
from curation.rows import Dropped
from inference.types import Program
from pipelines.runner.rows import candidate, drop, split
from pipelines.runner.stage import Kind, Outcome, Row

STAGE_VERSION = 1


@dataclass(frozen=True)
class LabelDedupStage:
    """Selects the first of near rows of one label; sees the whole table.

    Attributes:
        name: The stage's name.
        digest: Hash of the recipe's part, the encoder's identity and STAGE_VERSION.
        encoder: The encoder's name in the recipe.
        threshold: The cosine from which on two texts are near; None to keep all.
    """

    name: str
    digest: str
    encoder: str
    threshold: float | None
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {
            "kept": RESCUED,
            "dropped": with_evidence(RESCUED),
            "contested": CONTESTED,
        }
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """Rows of one label compete, whatever their categories; a rescued one among the safe."""
        everything: list[Row] = [{"rescued": False, **row} for row in rows]
        if self.threshold is None:
            return Outcome(kept=everything)
        candidates = [candidate(row, row["label"]) for row in everything]
        found = yield from dedup_labelled(candidates, self.encoder, self.threshold)
        outcome = split(everything, found.dropped)
        roots = {row["row"]: row["root"] for row in everything}
        contested = [
            {"row": each.row, "root": roots[each.row], "other": each.other, "score": each.score}
            for each in found.contested
        ]
        return Outcome(outcome.kept, outcome.dropped, {"contested": contested})


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


@dataclass(frozen=True)
class TopUpStage:
    """Selects the parents of the next round; sees the whole table.

    Attributes:
        name: The stage's name.
        digest: Hash of what is missing.
        missing: Rows still wanted, by category; one that is not in it is full.
    """

    name: str
    digest: str
    missing: Mapping[str, int]
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": ROWS, "dropped": DROPPED}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """Every parent of a short category, none of a full one."""
        yield from ()
        kept = [row for row in rows if row["category"] in self.missing]
        full = [row for row in rows if row["category"] not in self.missing]
        return Outcome(kept, [drop(row, "category_full") for row in full])
