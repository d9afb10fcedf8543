"""Near repeats across categories, once labels are known; contested pairs are kept and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import CONTESTED, RESCUED, with_evidence
from curation.contested import dedup_labelled
from flows.runner.stage import Kind, Outcome, Row
from flows.stages.rows import candidate, split
from inference.types import Program

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
