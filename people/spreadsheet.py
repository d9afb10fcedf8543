"""Tables for a spreadsheet and back: no cell is a formula, and no text comes back changed."""

import csv
import io
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from base.files import replacing
from base.foreign_text import read_regular
from base.formats import spreadsheet_cell, spreadsheet_text
from people.errors import ReviewUnusableError

_DELIMITERS = (",", ";", "\t")
_COMPARED = 200
_LATIN = "cp1252"
_LONGEST_CELL = 10_000_000
_LARGEST = 1_000_000_000
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class CellTable:
    """A table as a spreadsheet left it.

    Attributes:
        name: The file's name.
        rows: Its rows by column, unescaped, with their line's number; blank ones left out.
        encoding: How it was read: `UTF-8`, or `Latin-1` with Windows' own characters.
        delimiter: What stood between its cells.
    """

    name: str
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    encoding: str
    delimiter: str


def write_cells(path: Path, header: Sequence[str], rows: Iterable[Mapping[str, str]]) -> int:
    """Writes a CSV in UTF-8 with the mark that spreadsheets know it by; gives the rows written.

    Raises:
        FileUnwritableError: The file cannot be written; `NoSpaceError` where the disk is full.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow([spreadsheet_cell(row[name]) for name in header])
        count += 1
    with replacing(path) as file:
        file.write(_BOM + text.getvalue().encode())
    return count


def read_cells(path: Path, needed: Collection[str]) -> CellTable:
    """A CSV as a spreadsheet saved it: UTF-8 or Latin-1, with commas, semicolons or tabs.

    Args:
        path: The file.
        needed: Columns that it must have; others may be there too.

    Raises:
        ReviewUnusableError: It cannot be read, is no such table, or lacks a column.
    """
    text, encoding = _decoded(path)
    delimiter = _delimiter(text, needed)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    previous = csv.field_size_limit(_LONGEST_CELL)
    try:
        header = [name.strip() for name in next(reader, [])]
        _require_columns(header, needed, path)
        rows = [
            (reader.line_num, _row(header, cells, reader.line_num, path))
            for cells in reader
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error:
        # Its words may quote a cell.
        rule = "a review table's quotes must close"
        raise ReviewUnusableError(rule, f"{path.name}, line {reader.line_num}") from None
    finally:
        csv.field_size_limit(previous)
    return CellTable(path.name, tuple(rows), encoding, delimiter)


def _decoded(path: Path) -> tuple[str, str]:
    try:
        raw = read_regular(path, _LARGEST)
    except OSError as error:
        rule = f"a review table must be readable: {error.strerror}"
        raise ReviewUnusableError(rule, path) from error
    if not raw.strip():
        raise ReviewUnusableError("a review table must not be empty", path.name)
    if raw.startswith(_UTF16) or b"\0" in raw:
        rule = "a review table must be a CSV in UTF-8 or Latin-1, not a workbook or UTF-16"
        raise ReviewUnusableError(rule, path.name)
    for name, encoding in (("utf-8-sig", "UTF-8"), ("cp1252", "Latin-1")):
        try:
            return raw.decode(name), encoding
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1"), "Latin-1"


def _delimiter(text: str, needed: Collection[str]) -> str:
    """The one by which the first line has most of the columns."""
    first = text.partition("\n")[0].replace('"', "")
    return max(
        _DELIMITERS,
        key=lambda each: len({name.strip() for name in first.split(each)} & set(needed)),
    )


def _require_columns(header: Sequence[str], needed: Collection[str], path: Path) -> None:
    missing = [name for name in needed if name not in header]
    if missing:
        names = ", ".join(missing)
        raise ReviewUnusableError(
            f"a review table must keep its columns; missing: {names}", path.name
        )
    twice = next((name for name in needed if header.count(name) > 1), None)
    if twice is not None:
        raise ReviewUnusableError("a review table must have each column once", twice)


def _row(header: Sequence[str], cells: Sequence[str], line: int, path: Path) -> dict[str, str]:
    if any(cell.strip() for cell in cells[len(header) :]):
        rule = f"a review table's rows must have at most {len(header)} cells"
        raise ReviewUnusableError(rule, f"{len(cells)} in {path.name}, line {line}")
    filled = [*cells, *[""] * (len(header) - len(cells))]
    return {name: spreadsheet_text(cell) for name, cell in zip(header, filled, strict=False)}


def same_text(shown: str, found: str) -> bool:
    """Whether two texts agree in their plain letters and digits.

    A spreadsheet may change quotes, spaces and all that its encoding lacks; what is left still
    tells two prompts apart, so that ids which slipped by a line are noticed. Letters that Latin-1
    lacks count where the spreadsheet has kept any of them.
    """
    shown, found = (unicodedata.normalize("NFC", text) for text in (shown, found))
    if _bones(shown) != _bones(found):
        return False
    others = _others(shown)
    return not others or others == _others(found)


def _bones(text: str) -> str:
    plain = (letter for letter in text if letter.isascii() and letter.isalnum())
    return "".join(plain)[:_COMPARED].lower()


def _others(text: str) -> str:
    """The letters of other scripts."""
    letters = (letter for letter in text if letter.isalnum() and not _is_latin(letter))
    return "".join(letters)[:_COMPARED]


def _is_latin(letter: str) -> bool:
    try:
        letter.encode(_LATIN)
    except UnicodeEncodeError:
        return False
    return True
