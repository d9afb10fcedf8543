"""From a finished run to a table for a spreadsheet: what is contested, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from artifacts.base_schemas import BASE, REVIEW
from artifacts.records import read_run
from artifacts.stage_tables import StageTables, open_stage
from flows.errors import StageInputMissing
from flows.review.decisions import COLUMNS, new_id
from flows.review.spreadsheet import write_sheet
from flows.runner.stage import Row
from flows.stages.sorry_base import CHOSEN
from taxonomy import Taxonomy

_ORDER = ("undecided", "stated_otherwise", "no_category", "second_choice", "decided")
_EVERYTHING = (*_ORDER, "chosen", "other")
_MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Exported:
    """What a review table holds: rows by why they are in it."""

    path: Path
    rows: Mapping[str, int]


def export_review(
    run: Path, path: Path, taxonomy: Taxonomy, per_category: int, everything: bool = False
) -> Exported:
    """Writes the review table of a run's base set.

    Rows that were contested come first, then the centres of groups outside all categories, then
    what might fill a category that is short, then what people have decided already. Each empty
    place has a row of its own, to be filled in by hand.

    Args:
        run: The run's folder.
        path: The CSV to write.
        taxonomy: The run's categories.
        per_category: Requests that each category should have.
        everything: Also every row that nobody contests.

    Raises:
        StageInputMissing: The run has not come to its choice yet.
        FileUnwritable: The file cannot be written.
    """
    tables = choice_of(run)
    wanted = _EVERYTHING if everything else _ORDER
    rows = [row for row in tables.read("review", REVIEW).to_dicts() if row["why"] in wanted]
    rows.sort(key=lambda row: (wanted.index(row["why"]), -(row["cluster_rows"] or 0), row["id"]))
    chosen = Counter(tables.read("kept", type(BASE)({"category": BASE["category"]}))["category"])
    cells = [_cells(row) for row in rows]
    cells += _missing(chosen, taxonomy, per_category, {row["id"] for row in rows})
    write_sheet(path, COLUMNS, cells)
    return Exported(path, dict(Counter(row["why"] for row in cells)))


def choice_of(run: Path) -> StageTables:
    """The tables of a run's choice.

    Raises:
        StageInputMissing: The run is not there, or has not come so far.
    """
    record = read_run(run)
    entries = [each for each in record.stages if each.name == CHOSEN] if record else []
    if not entries:
        rule = "a review needs a base set that was picked: build the recipe first"
        raise StageInputMissing(rule, run.name)
    return open_stage(run, entries[0])[0]


def _cells(row: Row) -> dict[str, str]:
    written = row["machine"] is None
    shown = {**row, "prompt": None if written else row["text"]}
    return {name: _shown(shown[name]) for name in COLUMNS}


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _missing(
    chosen: Mapping[str, int], taxonomy: Taxonomy, per_category: int, taken: set[str]
) -> Iterator[dict[str, str]]:
    """One empty row for each place that is."""
    for name in taxonomy.names:
        number = 0
        for _ in range(per_category - chosen.get(name, 0)):
            number += 1
            while new_id(name, number) in taken:
                number += 1
            filled = {"id": new_id(name, number), "why": _MISSING, "category": ""}
            yield {**dict.fromkeys(COLUMNS, ""), **filled, "note": ""}
