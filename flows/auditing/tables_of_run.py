"""What a run's own tables say beside its release: votes, labels, answers, what sources dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from artifacts.errors import TableDamaged
from artifacts.funnel import tally
from artifacts.records import RUN_FILE, RunRecord, StageEntry, read_run
from artifacts.schemas import DROPPED, ROWS
from artifacts.stage_tables import StageTables, open_stage

VOTES = pl.Schema({"row": pl.String, "model": pl.String, "label": pl.String})
LABELS = pl.Schema({"row": pl.String, "label": pl.String})
ANSWERS = pl.Schema(
    {"row": pl.String, "model": pl.String, "refused": pl.Boolean, "refusal_kind": pl.String}
)
"""`refused` is null where a target gave no answer, or none with a verdict."""

_VOTED, _PANEL = "moderate", "panel"


@dataclass(frozen=True, slots=True)
class RunTables:
    """What was read of a run.

    Attributes:
        votes: The votes of the last moderation, on all rows that it saw (VOTES).
        labels: The labels that these votes made (LABELS).
        answers: The panel's answers without their texts (ANSWERS).
        entered: By source stage, rows by category that it was given.
        notes: What could not be read, and why.
    """

    votes: pl.DataFrame = field(default_factory=VOTES.to_frame)
    labels: pl.DataFrame = field(default_factory=LABELS.to_frame)
    answers: pl.DataFrame = field(default_factory=ANSWERS.to_frame)
    entered: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_tables(run: Path) -> RunTables | None:
    """The tables of a run's folder; None where they are not there.

    Raises:
        RecordUnreadable: The run's record is malformed.
    """
    if not (run / RUN_FILE).exists():
        return None
    record = read_run(run)
    if record is None:
        return None
    try:
        return _read(run, record)
    except TableDamaged as error:
        return RunTables(notes=(f"the run's tables cannot be read: {error}",))


def _read(run: Path, record: RunRecord) -> RunTables:
    voted, panel = _last(record, _VOTED), _last(record, _PANEL)
    moderated = _open(run, voted)
    answered = _open(run, panel)
    return RunTables(
        votes=moderated.read("votes", VOTES) if moderated else VOTES.to_frame(),
        labels=moderated.read("kept", LABELS) if moderated else LABELS.to_frame(),
        answers=answered.read("answers", ANSWERS) if answered else ANSWERS.to_frame(),
        entered={each.name: _given(run, each) for each in record.stages if not each.inputs},
    )


def _last(record: RunRecord, stage: str) -> StageEntry | None:
    found = [each for each in record.stages if each.name.partition("-")[0] == stage]
    return found[-1] if found else None


def _open(run: Path, entry: StageEntry | None) -> StageTables | None:
    return None if entry is None else open_stage(run, entry)[0]


def _given(run: Path, entry: StageEntry) -> dict[str, int]:
    """Rows by category that a source kept and dropped."""
    tables, _ = open_stage(run, entry)
    kept = tables.read("kept", pl.Schema({"category": ROWS["category"]}))
    dropped = tables.read("dropped", pl.Schema({"category": DROPPED["category"]}))
    return tally(pl.concat([kept, dropped])["category"])
