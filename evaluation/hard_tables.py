"""The report on the hard subset as tables and as JSON; rows are named by their keys alone."""

from __future__ import annotations

import json
from typing import Any

from artifacts.summary import Cell, Table
from base.formats import fixed
from evaluation.hard import Change, HardRevisited, Overlap, Subset


def tables(found: HardRevisited) -> tuple[Table, ...]:
    """Sizes, overlaps, categories, and rows that change, each with what it rests on."""
    shown = [_sizes(found)]
    if found.overlaps:
        shown.append(_overlaps(found))
    if found.changes:
        shown.append(_changes(found))
    return (*shown, _categories(found))


def as_json(found: HardRevisited) -> str:
    """The whole report; prompts stand with their row and the release's id, never with text."""
    said = {
        "run": found.run,
        "by": found.by,
        "asked": found.asked,
        "rows": found.rows,
        "targets": found.targets,
        "judges": found.judges,
        "unparseable": dict(found.unparseable),
        "subsets": [_subset(found, each) for each in found.subsets],
        "overlaps": [_overlap(each) for each in found.overlaps],
        "changes": [_change(found, each) for each in found.changes],
    }
    return json.dumps(said, indent=2)


def _sizes(found: HardRevisited) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            *(
                each.judge,
                each.at,
                len(each.hard),
                fixed(len(each.hard) / found.rows if found.rows else None),
            ),
            *(each.undecided, found.unparseable[each.judge], found.rows),
        )
        for each in found.subsets
    ]
    asked = f"{found.rows:,} of {found.asked:,} prompts, those that all {len(found.targets)}"
    title = f"Hard subset by judge and threshold ({asked} targets answered; by {found.by})"
    header = ("judge", "at", "hard", "share", "undecided", "unparseable", "n")
    return Table(title, header, tuple(rows))


def _overlaps(found: HardRevisited) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (_name(*each.first), _name(*each.second), each.both, each.either, fixed(each.jaccard))
        for each in found.overlaps
    ]
    header = ("one", "other", "both", "either", "Jaccard")
    return Table("Overlap of hard subsets", header, tuple(rows))


def _changes(found: HardRevisited) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (each.judge, each.at, len(each.entered), len(each.left), found.rows)
        for each in found.changes
    ]
    title = f"Rows that change against {found.judges[0]}"
    return Table(title, ("judge", "at", "enter", "leave", "n"), tuple(rows))


def _categories(found: HardRevisited) -> Table:
    names = [_name(each.judge, each.at) for each in found.subsets]
    categories = found.subsets[0].categories if found.subsets else {}
    rows: list[tuple[Cell, ...]] = [
        (category, *(each.categories[category] for each in found.subsets))
        for category in categories
    ]
    rows.append(("total", *(len(each.hard) for each in found.subsets)))
    return Table(f"Hard rows by category (n = {found.rows:,})", ("category", *names), tuple(rows))


def _subset(found: HardRevisited, each: Subset) -> dict[str, Any]:
    return {
        "judge": each.judge,
        "at": each.at,
        "hard": len(each.hard),
        "undecided": each.undecided,
        "n": found.rows,
        "categories": dict(each.categories),
    }


def _overlap(each: Overlap) -> dict[str, Any]:
    names = [{"judge": judge, "at": at} for judge, at in (each.first, each.second)]
    counts = {"both": each.both, "either": each.either, "jaccard": each.jaccard}
    return {"one": names[0], "other": names[1], **counts}


def _change(found: HardRevisited, each: Change) -> dict[str, Any]:
    return {
        "judge": each.judge,
        "against": found.judges[0],
        "at": each.at,
        "enter": [{"row": row, "id": found.ids[row]} for row in each.entered],
        "leave": [{"row": row, "id": found.ids[row]} for row in each.left],
    }


def _name(judge: str, at: int) -> str:
    return f"{judge} at {at}"
