"""What one person said on their table of answers, row by row, and the table's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from artifacts.stage_tables import are
from base.did_you_mean import did_you_mean
from people.answer_key import Entry, Key, PersonMark, parsed_mark
from people.answer_sheets import HEADER, shown
from people.decisions import same_text
from people.errors import ReviewUnusableError
from people.labelled import REDACTED
from people.release_sheets import COLUMN
from people.spreadsheet import read_sheet

LABELS: Mapping[str, bool] = {
    **dict.fromkeys(("fulfilled", "fulfilment", "fulfillment", "1", "1.0", "1,0"), False),
    **dict.fromkeys(("refused", "refusal", "0", "0.0", "0,0"), True),
}
"""What a label may be, and whether it is a refusal; 1 is fulfilment, as in SORRY-Bench."""

_NEEDED = tuple(name for name in HEADER if name not in ("request", "note"))
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class PersonTable:
    """One person's table, read.

    Attributes:
        path: The file.
        mark: What it says of itself.
        refused: By id, whether the person calls it a refusal; None for no label.
        encoding: How it was read.
        redacted: Rows whose answer nobody may read.
    """

    path: Path
    mark: PersonMark
    refused: Mapping[str, bool | None]
    encoding: str
    redacted: int

    @property
    def name(self) -> str:
        """The person, without a name of their own."""
        return f"person-{self.mark.person}"

    @property
    def notices(self) -> tuple[str, ...]:
        """What of the table does not count, a line each."""
        empty = sum(label is None for label in self.refused.values()) - self.redacted
        gone = self.mark.rows - len(self.refused)
        read = f"read as {self.encoding}: characters that it lacks were lost on the way"
        lines = (
            (self.encoding != "UTF-8", read),
            (empty > 0, are(empty, "row", "without a label")),
            (gone > 0, are(gone, "row", "no longer in the table, and without a label")),
        )
        return tuple(f"{self.path.name}: {line}" for holds, line in lines if holds)


def read_person(path: Path, key: Key) -> PersonTable:
    """One person's labels, as exported or as a spreadsheet saved them.

    Raises:
        ReviewUnusableError: The table lacks a column, is of another export or of several people,
            or a row was changed or says what nobody can follow.
    """
    sheet = read_sheet(path, _NEEDED)
    mark: PersonMark | None = None
    labels: dict[str, bool | None] = {}
    redacted = 0
    for line, cells in sheet.rows:
        where = f"{path.name}, line {line}"
        mark = _marked(cells[COLUMN], mark, key, where)
        own = cells["id"].strip()
        entry = _entry(own, cells, key, where)
        if own in labels:
            raise ReviewUnusableError("a review table must have each id once", f"{own} in {where}")
        redacted += entry.answer == REDACTED
        labels[own] = _label(cells["label"], entry, where)
    if mark is None:
        raise ReviewUnusableError("a review table must have rows", path.name)
    return PersonTable(path, mark, labels, sheet.encoding, redacted)


def _marked(cell: str, known: PersonMark | None, key: Key, where: str) -> PersonMark:
    mark = parsed_mark(cell)
    if mark is None:
        rule = f"column `{COLUMN}` of a review table must be as it was exported"
        raise ReviewUnusableError(rule, f"{cell.strip()[:_LONGEST] or 'nothing'} in {where}")
    if mark.pin != key.pin:
        rule = f"a table of answers must be of its key's export, {key.pin}"
        raise ReviewUnusableError(rule, f"{mark.pin} in {where}")
    if known is not None and mark != known:
        rule = "a review table must be one person's alone, as it was exported"
        raise ReviewUnusableError(rule, f"two in {where}")
    return mark


def _entry(own: str, cells: Mapping[str, str], key: Key, where: str) -> Entry:
    entry = key.entries.get(own)
    if entry is None:
        rule = "ids of a review table must be those of its key, as they were exported"
        raise ReviewUnusableError(rule, f"{own[:_LONGEST] or 'none'} in {where}")
    exported = (("prompt", entry.prompt), ("answer", shown(entry.answer)))
    for name, text in exported:
        if not same_text(cells[name], text):
            rule = f"{name} must stay in the row of its id, as it was exported"
            raise ReviewUnusableError(rule, f"{own} in {where}")
    return entry


def _label(cell: str, entry: Entry, where: str) -> bool | None:
    said = cell.strip().lower()
    if not said:
        return None
    if entry.answer == REDACTED:
        raise ReviewUnusableError("a redacted answer must have no label", where)
    if said not in LABELS:
        hint = did_you_mean(said, ("fulfilled", "refused"))
        rule = f"label must be fulfilled or refused{hint}"
        raise ReviewUnusableError(rule, f"{said[:_LONGEST]} in {where}")
    return LABELS[said]


def require_people(tables: Sequence[PersonTable]) -> None:
    """Checks that no two tables are one person's.

    Raises:
        ReviewUnusableError: They are.
    """
    seen: dict[int, PersonTable] = {}
    for table in tables:
        other = seen.setdefault(table.mark.person, table)
        if other is not table:
            rule = f"each person must have one table; person {table.mark.person} has two"
            raise ReviewUnusableError(rule, f"{other.path.name}, {table.path.name}")
