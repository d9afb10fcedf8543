"""What one person said on their review table of a release, row by row, and the table's rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from artifacts.stage_tables import are
from base.did_you_mean import did_you_mean
from people.decisions import same_text
from people.errors import ReviewUnusableError
from people.release_sheets import COLUMN, OR_BENCH, SORRY_BENCH, Mark, parsed, pin_of, row_id
from people.released import Released, ReleasedRow
from people.spreadsheet import Sheet, read_sheet

Value = TypeVar("Value")

_HARM: Mapping[str, bool | None] = {"safe": False, "toxic": True, "unsure": None}
_REJECT: Mapping[str, bool] = {"no": False, "yes": True}
_FIT: Mapping[str, bool] = {"accept": False, "reject": True}
_PREFIX = row_id("")
_LONGEST = 40


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


@dataclass(frozen=True, slots=True)
class Table:
    """One person's table, read.

    Attributes:
        path: The file.
        mark: What it says of itself.
        words: By id, in the file's order, rows without a decision included.
        sheet: How the file was read.
    """

    path: Path
    mark: Mark
    words: Mapping[str, Word]
    sheet: Sheet

    @property
    def notices(self) -> tuple[str, ...]:
        """What of the table does not count, a line each."""
        said = self.words.values()
        unsure = sum(word.unsure and not word.decides for word in said)
        empty = sum(not word.decides for word in said) - unsure
        gone = self.mark.rows - len(self.words)
        read = f"read as {self.sheet.encoding}: characters that it lacks were lost on the way"
        lines = (
            (self.sheet.encoding != "UTF-8", read),
            (empty > 0, are(empty, "row", "without a decision")),
            (unsure > 0, are(unsure, "row", "marked unsure, which counts for neither side")),
            (gone > 0, are(gone, "row", "no longer in the table, and undecided")),
        )
        return tuple(f"{self.path.name}: {line}" for holds, line in lines if holds)


def read_words(path: Path, released: Released) -> Table:
    """The words on a review table, as exported or as a spreadsheet saved it.

    Raises:
        ReviewUnusableError: The table lacks a column, is of another release or of several people,
            or a row was changed or says what nobody can follow.
    """
    header = SORRY_BENCH if released.has_styles else OR_BENCH
    context = {"category", "prompt_style", "base"}
    sheet = read_sheet(path, [name for name in header if name not in context])
    mark: Mark | None = None
    words: dict[str, Word] = {}
    for line, cells in sheet.rows:
        where = f"{path.name}, line {line}"
        mark = _marked(cells[COLUMN], mark, released, where)
        row = _row(cells, released, where)
        if row.id in words:
            raise ReviewUnusableError(
                "a review table must have each id once", f"{cells['id']} {where}"
            )
        words[row.id] = _word(row, cells, where)
    if mark is None:
        raise ReviewUnusableError("a review table must have rows", path.name)
    return Table(path, mark, words, sheet)


def _marked(cell: str, known: Mark | None, released: Released, where: str) -> Mark:
    mark, pinned = parsed(cell), released.release.pinned
    if mark is None:
        rule = f"column `{COLUMN}` of a review table must be as it was exported"
        raise ReviewUnusableError(rule, f"{cell.strip()[:_LONGEST] or 'nothing'} in {where}")
    own = (released.release.manifest.benchmark, pinned.version, pin_of(pinned))
    if (mark.benchmark, mark.version, mark.pin) != own:
        rule = f"a review table must be of the release that it is imported for: {' '.join(own)}"
        raise ReviewUnusableError(rule, f"{mark.benchmark} {mark.version} {mark.pin} in {where}")
    if known is not None and mark != known:
        raise ReviewUnusableError(
            "a review table must be one person's alone, as it was exported", f"two in {where}"
        )
    return mark


def _row(cells: Mapping[str, str], released: Released, where: str) -> ReleasedRow:
    own = cells["id"].strip()
    row = released.rows.get(own.removeprefix(_PREFIX)) if own.startswith(_PREFIX) else None
    if row is None:
        rule = "ids of a review table must be those of its release, as they were exported"
        raise ReviewUnusableError(rule, f"{own[:_LONGEST] or 'none'} in {where}")
    if not same_text(cells["prompt"], row.text):
        rule = "a prompt must stay in the row of its id, as it was exported"
        raise ReviewUnusableError(rule, f"{own} in {where}")
    return row


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
            f"{said[:_LONGEST]} in {where}",
        )
    return known[said]


def _either(known: Collection[str]) -> str:
    *first, last = known
    return f"{', '.join(first)} or {last}"


def require_one_review(tables: Sequence[Table]) -> None:
    """Checks that tables are of one export, and no two of one person.

    Raises:
        ReviewUnusableError: They are not.
    """
    seen: dict[int, Table] = {}
    for table in tables:
        if table.mark.draw != tables[0].mark.draw:
            rule = "tables that are imported together must be of one export"
            raise ReviewUnusableError(rule, f"{tables[0].path.name}, {table.path.name}")
        other = seen.setdefault(table.mark.person, table)
        if other is not table:
            rule = f"each person must have one table; person {table.mark.person} has two"
            raise ReviewUnusableError(rule, f"{other.path.name}, {table.path.name}")
