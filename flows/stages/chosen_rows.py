"""Rows of the tables that a choice leaves: chosen, dropped, and all of them for review."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from curation.rows import Dropped
from flows.runner.stage import Row
from flows.sources.sorry_base import BASE_STYLE
from flows.stages.candidates import Candidate
from flows.stages.rows import drop
from taxonomy import NONE

FOUND = ("not_chosen", "category_full")
"""Reasons of rows that have a category and were not needed in it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a row came into the set.

    Attributes:
        question_id: Its id.
        by: `machine` or `person`.
    """

    question_id: int
    by: str


def kept_row(candidate: Candidate, chosen: Chosen) -> Row:
    """The row as a request of the base set."""
    return _row(candidate, chosen.question_id, chosen.by)


def dropped_row(candidate: Candidate) -> Row:
    """The row with why it is not in the set."""
    return drop(_row(candidate, None, None), _reason(candidate))


def barred_row(candidate: Candidate, out: Dropped) -> Row:
    """The row that no one may choose, with the evidence."""
    return drop(_row(candidate, None, None), out.reason, out.score, out.duplicate_of)


def review_row(
    candidate: Candidate,
    chosen: bool,
    machine_chosen: bool,
    groups: Mapping[str, tuple[int, int, bool]],
    short: Collection[str],
) -> Row:
    """The row as people see it, with what machine and people said of it.

    Args:
        candidate: The row.
        chosen: Whether it is in the set.
        machine_chosen: Whether the machine alone would have chosen it.
        groups: For rows without a category: group, its size, and whether the row is its centre.
        short: The categories that have too few requests.
    """
    row, decision = candidate.row, candidate.decision
    group, size, centre = groups.get(candidate.key, (None, None, False))
    return {
        "row": candidate.key,
        "root": row["root"],
        "id": candidate.id,
        "why": _why(candidate, chosen, centre and size != 1, short),
        "text": row["text"],
        "source": row["source"],
        "machine": None if candidate.written else row["category"],
        "machine_chosen": machine_chosen,
        "second": row["second"],
        "stated": row["stated"],
        "agreement": row["agreement"],
        "confidence": row["confidence"],
        "cluster": group,
        "cluster_rows": size,
        "decision": candidate.verb,
        "category": decision.category if decision else None,
        "rewrite": decision.rewrite if decision else None,
        "note": decision.note or None if decision else None,
    }


def _row(candidate: Candidate, question: int | None, by: str | None) -> Row:
    row = candidate.row
    rewritten = candidate.text != row["text"]
    return {
        **row,
        "text": candidate.text,
        "category": candidate.category,
        "writer": "person" if rewritten else row["writer"],
        "question_id": question,
        "prompt_style": BASE_STYLE,
        "machine": None if candidate.written else row["category"],
        "chosen_by": by,
    }


def _reason(candidate: Candidate) -> str:
    if candidate.verb == "reject":
        return "rejected"
    if candidate.verb == "accept":
        return "category_full"
    if candidate.machine is None:
        return "undecided"
    return "no_category" if candidate.category == NONE else "not_chosen"


def _why(candidate: Candidate, chosen: bool, central: bool, short: Collection[str]) -> str:
    """Why a person should look at it, the weightiest reason alone; what became of it, else."""
    row = candidate.row
    if candidate.verb is not None:
        return "decided"
    if candidate.machine is None:
        return "undecided"
    if row["stated"] is not None and row["stated"] != row["category"]:
        return "stated_otherwise"
    if not chosen and row["second"] in short:
        return "second_choice"
    if central:
        return "no_category"
    return "chosen" if chosen else "other"
