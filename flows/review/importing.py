"""From a spreadsheet back to a file that a recipe names: checked against the run it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from artifacts.base_schemas import REVIEW
from flows.review.decisions import Decision, read_decisions
from flows.review.errors import ReviewUnusable
from flows.review.exporting import choice_of
from flows.review.same_text import same_text
from flows.review.spreadsheet import write_sheet
from flows.runner.stage import Row
from taxonomy import NONE, Taxonomy

_COLUMNS = ("id", "prompt", "machine", "decision", "category", "rewrite", "note")


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import.

    Attributes:
        path: The file of decisions.
        decisions: How many of each kind.
        undecided: Rows that nobody decided on.
        encoding: How the table was read.
        delimiter: What stood between its cells.
        changed: Accepted rows whose category is another than the machine's.
    """

    path: Path
    decisions: Mapping[str, int]
    undecided: int
    encoding: str
    delimiter: str
    changed: int


def import_review(table: Path, run: Path, taxonomy: Taxonomy, path: Path) -> Imported:
    """Writes the decisions of a review table as a file for `base.decisions`.

    Each row keeps the machine's category beside the person's. The file is in UTF-8 with commas,
    whatever the spreadsheet wrote; its prompts are the run's own.

    Args:
        table: The table as a spreadsheet saved it.
        run: The folder of the run that it was exported from.
        taxonomy: The run's categories.
        path: The CSV to write.

    Raises:
        ReviewUnusable: The table breaks a rule of review tables, or is of another run.
        StageInputMissing: The run has not come to its choice yet.
        FileUnwritable: The file cannot be written.
    """
    found = read_decisions(table, taxonomy)
    rows = {row["id"]: row for row in choice_of(run).read("review", REVIEW).to_dicts()}
    if not found.decisions:
        raise ReviewUnusable("a review table must hold at least one decision", table.name)
    cells = [_cells(each, rows) for each in found.decisions.values()]
    write_sheet(path, _COLUMNS, cells)
    return Imported(
        path,
        dict(Counter(each.verb for each in found.decisions.values())),
        found.undecided,
        found.sheet.encoding,
        found.sheet.delimiter,
        sum(
            row["decision"] == "accept" and row["category"] not in ("", row["machine"])
            for row in cells
        ),
    )


def _cells(decision: Decision, rows: Mapping[str, Row]) -> dict[str, str]:
    machine, prompt = "", ""
    if decision.root is not None:
        row = rows.get(decision.id)
        if row is None:
            raise ReviewUnusable("ids of a review table must be those of its run", decision.id)
        machine, prompt = row["machine"] or "", row["text"]
        if not same_text(decision.prompt, prompt):
            rule = (
                "a prompt must stay in the row of its id, as exported; "
                "other words for it go into the column rewrite"
            )
            raise ReviewUnusable(rule, decision.id)
        if decision.verb == "accept" and (decision.category or machine) == NONE:
            rule = "a row that fits no category must be accepted in one: fill in its category"
            raise ReviewUnusable(rule, decision.id)
    return {
        "id": decision.id,
        "prompt": prompt,
        "machine": machine,
        "decision": decision.verb,
        "category": decision.category or "",
        "rewrite": decision.rewrite or "",
        "note": decision.note,
    }
