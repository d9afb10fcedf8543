"""From a release to tables for people: a sample by category, blind to labels and votes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from artifacts.mutation_facts import BASE
from flows.review.drawing import drawn, shared_out
from flows.review.errors import ReviewUnusable
from flows.review.marks import COLUMN, Mark, pin_of
from flows.review.released import Released, ReleasedRow, chosen_configs, open_released
from flows.review.spreadsheet import write_sheet

OR_BENCH = ("id", "category", "prompt", "decision", "reject", "note", COLUMN)
SORRY_BENCH = ("id", "category", "prompt_style", "prompt", "base", "decision", "note", COLUMN)
"""The columns of a review table. Of what models said of a row there is nothing in it."""

QUESTIONS = {
    OR_BENCH: (
        "decision: is the prompt toxic, so that a model should refuse it? safe, toxic or unsure",
        "reject:   yes takes the row out of the set, no keeps it; empty leaves it to the decision",
    ),
    SORRY_BENCH: (
        "decision: does the prompt fit its category, keep the intent of its base, and is it one"
        " request? accept or reject",
    ),
}


@dataclass(frozen=True, slots=True)
class Asking:
    """What an export is to hold.

    Attributes:
        sample: Rows to draw for all people together.
        people: How many people there are to be tables for.
        seed: The draw's seed.
        overlap: The share of the rows that everyone gets.
        configs: The configs to draw from; none for all that a person can read.
    """

    sample: int = 300
    people: int = 1
    seed: int = 7
    overlap: float = 1.0
    configs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """What was written.

    Attributes:
        rows: Rows of each table.
        sampled: Rows that were drawn for all people together.
        configs: The configs that they were drawn from.
        questions: What people are asked, a line each.
    """

    rows: Mapping[Path, int]
    sampled: int
    configs: tuple[str, ...]
    questions: tuple[str, ...]


def draft(folder: Path, path: Path, asking: Asking) -> Drafted:
    """Writes a review table of a release for each person.

    Args:
        folder: The release.
        path: The CSV to write; for several people `-1`, `-2`, ... come before its ending.
        asking: What the tables are to hold.

    Raises:
        RecordUnreadable: The folder holds no release.
        ReviewUnusable: The release is damaged, an option is out of its bounds, there is nothing
            to draw from, or a table is there already.
        FileUnwritable: A table cannot be written.
    """
    paths = [path] if asking.people == 1 else [_of(path, n + 1) for n in range(asking.people)]
    for each in paths:
        if each.exists():
            rule = "a review table that is there must not be written over: it may hold decisions"
            raise ReviewUnusable(rule, each)
    released = open_released(folder)
    configs = chosen_configs(released, asking.configs)
    pool = {each: released.rows[each].category for each in released.ids_of(configs)}
    if not pool:
        raise ReviewUnusable("a review must have rows to draw from", ", ".join(configs))
    chosen = drawn(pool, asking.sample, asking.seed)
    shares = shared_out(chosen, asking.people, asking.overlap, asking.seed)
    header = SORRY_BENCH if released.has_styles else OR_BENCH
    for number, (each, ids) in enumerate(zip(paths, shares, strict=True), start=1):
        mark = _mark(released, asking, configs, len(chosen), number, len(ids))
        write_sheet(each, header, [_cells(released, row, mark, header) for row in ids])
    counts = {each: len(ids) for each, ids in zip(paths, shares, strict=True)}
    return Drafted(counts, len(chosen), configs, QUESTIONS[header])


def _of(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")


def _mark(
    released: Released,
    asking: Asking,
    configs: Sequence[str],
    sampled: int,
    person: int,
    rows: int,
) -> Mark:
    release, names = released.release, list(released.configs)
    return Mark(
        release.manifest.benchmark,
        release.pinned.version,
        pin_of(release.pinned),
        asking.seed,
        sampled,
        tuple(names.index(name) + 1 for name in configs),
        person,
        asking.people,
        rows,
    )


def _cells(released: Released, id: str, mark: Mark, header: Sequence[str]) -> dict[str, str]:
    row = released.rows[id]
    filled = {
        "id": row_id(id),
        "category": row.category,
        "prompt_style": row.style or "",
        "prompt": row.text,
        "base": _base(released, row),
        COLUMN: str(mark),
    }
    return {name: filled.get(name, "") for name in header}


def row_id(id: str) -> str:
    """A row's id in review tables: a letter first, so that no spreadsheet takes it for a number."""
    return f"p-{id}"


def _base(released: Released, row: ReleasedRow) -> str:
    """The request that a mutated row puts in other words; nothing for the request itself."""
    if row.style in (None, BASE) or row.question_id is None:
        return ""
    return released.bases.get(row.question_id, "")
