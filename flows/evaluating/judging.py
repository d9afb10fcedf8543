"""The stage that judges answers: one judge on one target's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from artifacts.evaluation_schemas import JUDGED, JUDGED_DROPPED
from flows.runner.stage import Kind, Outcome, Row, RowProgram
from flows.stages.answers import SIGNAL
from inference.types import Item, Program
from moderators.refusal.types import Judgment, RefusalJudge

STAGE_VERSION = 1


@dataclass(frozen=True)
class JudgedStage:
    """Judges each answer that can be read; a server's own signal decides before any judge; sharded.

    Attributes:
        name: The stage's name.
        digest: Hash of the judge, its models, the target's family, and STAGE_VERSION.
        judge: The judge.
        family: Who trained the model that answered, or None where the recipe does not say.
    """

    name: str
    digest: str
    judge: RefusalJudge
    family: str | None
    kind: Kind = "annotate"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": JUDGED, "dropped": JUDGED_DROPPED}
    )

    def start(self) -> Program[RowProgram]:
        """Nothing to prepare."""
        yield from ()
        return self.row

    def row(self, row: Row) -> Program[Outcome]:
        """The verdict on an answer; none on what is missing or could not be read."""
        found: Judgment | None = None
        if row["refusal_kind"] is not None:
            found = Judgment(SIGNAL, "direct_refusal", True, row["refusal_kind"], row["key"] or "")
        elif row["seen"]:
            item = Item(row["row"], row["shown"], row["category"], answer=row["seen"])
            found = yield from self.judge.judge(item, self.family)
        verdict = {
            "judge": found.judge if found else None,
            "label": found.label if found else None,
            "refused": found.refused if found else None,
            "reason": found.reason or None if found else None,
            "key": found.key or None if found else None,
        }
        known = {name: row[name] for name in ("row", "root", "category", "style")}
        return Outcome([{**known, **verdict}])
