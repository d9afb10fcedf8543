"""From a release to tables for people: a sample by category, blind to labels and votes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from artifacts.release_facts import BASE
from artifacts.version_facts import Release
from curation.quota import Draw, sample, shuffle_key
from people.errors import ReviewUnusableError
from people.released import Released, ReleasedRow, chosen_configs, open_released
from people.spreadsheet import write_sheet


def drawn(categories: Mapping[str, str], size: int, seed: int) -> dict[str, str]:
    """Rows drawn by lot, as many of each category as can be: the same for the same ids and seed.

    Args:
        categories: Each row's category by its id.
        size: How many rows; fewer where there are not so many.
        seed: What the draw depends on besides the ids.
    """
    kept = sample(categories, Draw(size=size, balance="cap", seed=seed)).kept
    return {each: categories[each] for each in kept}


def shared_out(
    categories: Mapping[str, str], people: int, overlap: float, seed: int
) -> tuple[tuple[str, ...], ...]:
    """Each person's rows, in an order of their own.

    A share of the rows goes to everyone, so that it can be seen how far people agree; each of the
    others goes to one person, in turn and category by category.

    Args:
        categories: The category of each drawn row by its id.
        people: How many people.
        overlap: The share that everyone gets: 1 for all rows.
        seed: The draw's seed.

    Raises:
        ReviewUnusableError: The overlap is no share, or a person would get no row.
    """
    if not 0 <= overlap <= 1:
        raise ReviewUnusableError("--overlap must be from 0 to 1", overlap)
    common = set(drawn(categories, round(overlap * len(categories)), seed))
    rest = [each for each in categories if each not in common]
    rest.sort(key=lambda each: (categories[each], shuffle_key(seed, each)))
    own = [[*common, *rest[place::people]] for place in range(people)]
    if not all(own):
        raise ReviewUnusableError("each person must get a row", f"{len(categories)} rows, {people}")
    return tuple(
        tuple(sorted(rows, key=lambda each: shuffle_key(seed, f"{person}:{each}")))
        for person, rows in enumerate(own, start=1)
    )


COLUMN = "table"
"""The column that holds the mark. A cell is all that stays with a table through a spreadsheet."""

_PIN = 12
_MARK = re.compile(
    r"(\S+) (\S+) / ([0-9a-f]{12}) / draw (\d+) of (\d+), configs ((?:\d+ )*\d+)"
    r" / person (\d+) of (\d+), (\d+) rows"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of one person's table.

    Attributes:
        benchmark: The release's benchmark.
        version: Its version.
        pin: The first characters of its manifest's SHA-256.
        seed: The draw's seed.
        sampled: Rows that were drawn for all people together.
        configs: The configs that were drawn from, by their places in the manifest, from 1:
            their names would tell a person what the rows were called.
        person: Whose table it is, from 1.
        people: How many people there are tables for.
        rows: Rows of this table.
    """

    benchmark: str
    version: str
    pin: str
    seed: int
    sampled: int
    configs: tuple[int, ...]
    person: int
    people: int
    rows: int

    def __str__(self) -> str:
        """The cell."""
        configs = " ".join(map(str, self.configs))
        return (
            f"{self.benchmark} {self.version} / {self.pin}"
            f" / draw {self.seed} of {self.sampled}, configs {configs}"
            f" / person {self.person} of {self.people}, {self.rows} rows"
        )

    @property
    def draw(self) -> Mark:
        """The same for all tables of one export."""
        return replace(self, person=0, rows=0)


def pin_of(release: Release) -> str:
    """As much of a release's pin as a mark holds."""
    return release.manifest[:_PIN]


def parsed(cell: str) -> Mark | None:
    """The mark in a cell; None where it is none."""
    found = _MARK.fullmatch(" ".join(cell.split()))
    if found is None:
        return None
    benchmark, version, pin, seed, sampled, configs, person, people, rows = found.groups()
    places = tuple(map(int, configs.split()))
    numbers = (int(person), int(people), int(rows))
    return Mark(benchmark, version, pin, int(seed), int(sampled), places, *numbers)


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
        RecordUnreadableError: The folder holds no release.
        ReviewUnusableError: The release is damaged, an option is out of its bounds, there is
            nothing to draw from, or a table is there already.
        FileUnwritableError: A table cannot be written.
    """
    paths = [path] if asking.people == 1 else [_of(path, n + 1) for n in range(asking.people)]
    for each in paths:
        if each.exists():
            rule = "a review table that is there must not be written over: it may hold decisions"
            raise ReviewUnusableError(rule, each)
    released = open_released(folder)
    configs = chosen_configs(released, asking.configs)
    pool = {each: released.rows[each].category for each in released.ids_of(configs)}
    if not pool:
        raise ReviewUnusableError("a review must have rows to draw from", ", ".join(configs))
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
