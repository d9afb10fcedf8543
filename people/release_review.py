"""Sheets of a release: a sample by category, blind to labels and votes, and what people said."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from artifacts.release_facts import BASE
from base.did_you_mean import did_you_mean
from people import sheet as sheets
from people.errors import ReviewUnusableError
from people.released import Released, ReleasedRow, chosen_configs, open_released
from people.sheet import COLUMN, LONGEST, Export, Format, Mark, PersonSheet, drawn, new_paths
from people.spreadsheet import write_cells

Value = TypeVar("Value")
_PIN = 12  # as much of the hash of a manifest as a mark holds
_DRAW = re.compile(r"(\S+) (\S+) / ([0-9a-f]{12}) / draw (\d+) of (\d+), configs ((?:\d+ )*\d+)")
_PREFIX = "p-"
"""What stands before a row's id: a letter first, so that no spreadsheet takes it for a number."""


@dataclass(frozen=True, slots=True)
class ReleaseDraw:
    """The draw that a sheet is of.

    Attributes:
        data_set: The release's data set.
        version: Its version.
        manifest: The first characters of its manifest's SHA-256.
        seed: The draw's seed.
        sampled: Rows that were drawn for all people together.
        configs: The configs that were drawn from, by their places in the manifest, from 1:
            their names would tell a person what the rows were called.
    """

    data_set: str
    version: str
    manifest: str
    seed: int
    sampled: int
    configs: tuple[int, ...]

    def __str__(self) -> str:
        return (
            f"{self.data_set} {self.version} / {self.manifest}"
            f" / draw {self.seed} of {self.sampled}, configs {' '.join(map(str, self.configs))}"
        )

    @property
    def pin(self) -> str:
        """The release."""
        return f"{self.data_set} {self.version} {self.manifest}"


def release_draw(said: str) -> ReleaseDraw | None:
    """The draw that a mark names; None where it names none."""
    found = _DRAW.fullmatch(said)
    if found is None:
        return None
    data_set, version, manifest, seed, sampled, configs = found.groups()
    places = tuple(map(int, configs.split()))
    return ReleaseDraw(data_set, version, manifest, int(seed), int(sampled), places)


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
    paths = new_paths(path, asking.people)
    released = open_released(folder)
    configs = chosen_configs(released, asking.configs)
    pool = {each: released.rows[each].category for each in released.ids_of(configs)}
    if not pool:
        raise ReviewUnusableError("a review must have rows to draw from", ", ".join(configs))
    chosen = drawn(pool, asking.sample, asking.seed)
    shares = sheets.shared_out(chosen, asking.people, asking.overlap, asking.seed)
    header = SORRY_BENCH if released.has_styles else OR_BENCH
    origin = _origin(released, asking, configs, len(chosen))
    for number, (each, ids) in enumerate(zip(paths, shares, strict=True), start=1):
        mark = Mark(origin, number, asking.people, len(ids))
        write_cells(each, header, [_cells(released, row, str(mark), header) for row in ids])
    counts = {each: len(ids) for each, ids in zip(paths, shares, strict=True)}
    return Drafted(counts, len(chosen), configs, QUESTIONS[header])


def _origin(
    released: Released, asking: Asking, configs: Sequence[str], sampled: int
) -> ReleaseDraw:
    release, names = released.release, list(released.configs)
    return ReleaseDraw(
        release.manifest.data_set,
        release.pinned.version,
        release.pinned.manifest[:_PIN],
        asking.seed,
        sampled,
        tuple(names.index(name) + 1 for name in configs),
    )


def _cells(released: Released, id: str, mark: str, header: Sequence[str]) -> dict[str, str]:
    row = released.rows[id]
    filled = {
        "id": f"{_PREFIX}{id}",
        "category": row.category,
        "prompt_style": row.style or "",
        "prompt": row.text,
        "base": _base(released, row),
        COLUMN: mark,
    }
    return {name: filled.get(name, "") for name in header}


def _base(released: Released, row: ReleasedRow) -> str:
    """The request that a mutated row puts in other words; nothing for the request itself."""
    if row.style in (None, BASE) or row.question_id is None:
        return ""
    return released.bases.get(row.question_id, "")


_HARM: Mapping[str, bool | None] = {"safe": False, "toxic": True, "unsure": None}
_REJECT: Mapping[str, bool] = {"no": False, "yes": True}
_FIT: Mapping[str, bool] = {"accept": False, "reject": True}
_CONTEXT = ("category", "prompt_style", "base")


@dataclass(frozen=True, slots=True)
class Word:
    """One person's word on one row.

    Attributes:
        id: The row's id.
        verdict: Toxic or safe; in a fine-grained set rejected or accepted. None for neither.
        reject: Whether the row is to leave the set; None where nothing was said to it.
        note: Whatever else was said.
        unsure: Whether the person said that they cannot tell.
    """

    id: str
    verdict: bool | None
    reject: bool | None
    note: str
    unsure: bool = False

    @property
    def decides(self) -> bool:
        """Whether anything follows from it."""
        return self.verdict is not None or self.reject is not None


ReleaseSheet = PersonSheet[ReleaseDraw, Word]
"""One person's sheet of a release."""


def read_release_sheet(path: Path, released: Released) -> ReleaseSheet:
    """The words on a sheet, as exported or as a spreadsheet saved it.

    Raises:
        ReviewUnusableError: The sheet lacks a column, is of another release or of several people,
            or a row was changed or says what nobody can follow.
    """
    header = SORRY_BENCH if released.has_styles else OR_BENCH
    pinned = released.release.pinned
    own = (released.release.manifest.data_set, pinned.version, pinned.manifest[:_PIN])
    rule = "a review table must be of the release that it is imported for:"
    form = Format(
        tuple(name for name in header if name not in _CONTEXT),
        "those of its release, as they were exported",
        released.rows.get,
        _word,
        lambda row: {"prompt": row.text},
        _PREFIX,
    )
    return sheets.read_person(path, form, Export(release_draw, " ".join(own), rule))


def release_notices(sheet: ReleaseSheet) -> tuple[str, ...]:
    """What of a sheet does not count, a line each."""
    said = sheet.words.values()
    unsure = sum(word.unsure and not word.decides for word in said)
    empty = sum(not word.decides for word in said) - unsure
    counts = (
        (empty, "without a decision"),
        (unsure, "marked unsure, which counts for neither side"),
    )
    return sheet.notices(counts, "undecided")


def _word(row: ReleasedRow, cells: Mapping[str, str], where: str) -> Word:
    note = " ".join(cells["note"].split())
    if row.style is not None:
        fits = _said(cells["decision"], _FIT, "decision", where)
        return Word(row.id, fits, fits, note)
    said = cells["decision"].strip().lower()
    verdict = _said(said, _HARM, "decision", where)
    reject = _said(cells["reject"], _REJECT, "reject", where)
    if reject is None and verdict is not None:
        # A row that is called by the wrong name leaves the set, unless its reader says otherwise.
        reject = verdict is not row.toxic
    return Word(row.id, verdict, reject, note, said == "unsure")


def _said(cell: str, known: Mapping[str, Value], column: str, where: str) -> Value | None:
    said = cell.strip().lower()
    if not said:
        return None
    if said not in known:
        raise ReviewUnusableError(
            f"{column} must be {_either(known)}{did_you_mean(said, known)}",
            f"{said[:LONGEST]} in {where}",
        )
    return known[said]


def _either(known: Collection[str]) -> str:
    *first, last = known
    return f"{', '.join(first)} or {last}"
