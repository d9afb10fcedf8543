"""The first sheet of an .xlsx workbook as rows of texts: what a CSV of it would hold.

A workbook is a ZIP of XML. Nothing of it is believed: its parts are read to a bound and not to the
size that they state, a document type (and with it every entity) is refused, and a cell that is no
value is named.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from xml.parsers import expat

from artifacts.errors import TableUnreadableError
from base.foreign_text import valid_text

_MOST_PARTS = 10_000
_MOST_BYTES = 256 << 20
"""Bytes of XML that one part of a workbook may have."""
_MOST_ELEMENTS = 10_000_000
_MOST_SIGNS = 1 << 30
"""Signs of all cells: a text that is there once may stand in a million of them."""
_PIECE = 1 << 16
_DEEPEST = 100

_OLD = b"\xd0\xcf\x11\xe0"
_BROKEN = (zipfile.BadZipFile, expat.ExpatError, zlib.error, EOFError, NotImplementedError)
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
_LITERAL = re.compile(r'"[^"]{0,255}+"|\\.|\[[^\]\[]{0,255}+\]|[_*].')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DATE_SIGN = re.compile("[ymdhs]", re.IGNORECASE)
_LAST_DAY = 2_958_466

Cells = Mapping[int, str]
"""A row's values by their column, counted from 0; empty cells have none."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet that hold anything.

    Attributes:
        rows: Each with its number, as a spreadsheet shows it.
    """

    rows: tuple[tuple[int, Cells], ...]


class _WorkbookError(ValueError):
    """A workbook is not as its format says."""


@dataclass(slots=True)
class _Element:
    """One that is open while its part is read."""

    name: str
    attributes: Mapping[str, str]
    text: list[str] = field(default_factory=list)


def read_first_sheet(raw: bytes, name: str) -> Sheet:
    """The first sheet's cells as texts: numbers as they are, dates as ISO 8601 has them.

    Args:
        raw: The file's bytes.
        name: The file's name, for errors.

    Raises:
        TableUnreadableError: It is no workbook, has a password, is too large when it is unpacked,
            or a cell is a formula or an error instead of a value.
    """
    if raw.startswith(_OLD):
        rule = "an .xlsx table must be a workbook without a password, and no .xls by another name"
        raise TableUnreadableError(rule, name)
    try:
        with zipfile.ZipFile(BytesIO(raw)) as file:
            return _first_sheet(file, name)
    except (*_BROKEN, _WorkbookError, ValueError, KeyError, RuntimeError):
        raise TableUnreadableError("an .xlsx table must be a well-formed workbook", name) from None


def cell_name(row: int, column: int) -> str:
    """What a spreadsheet calls a cell.

    Example:
        >>> cell_name(3, 27)
        'AB3'
    """
    letters, rest = "", column + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = chr(ord("A") + place) + letters
    return f"{letters}{row}"


def _first_sheet(file: zipfile.ZipFile, name: str) -> Sheet:
    parts = {each.filename: each for each in file.infolist()}
    if len(parts) > _MOST_PARTS or len(parts) != len(file.infolist()):
        raise _WorkbookError("parts")
    part = _part_of_first_sheet(file, name)
    shared = _shared_texts(file, name) if "xl/sharedStrings.xml" in parts else []
    dated = _dated_styles(file, name) if "xl/styles.xml" in parts else frozenset()
    reader = _SheetReader(name, shared, dated, _counts_from_1904(file, name))
    _parse(file, part, name, reader.begins, reader.ends)
    return Sheet(tuple(reader.rows))


_VALUES = (("v", "c"), ("t", "is"), ("t", "r"))
"""The elements that hold a cell's value, and what is around them."""


class _SheetReader:
    """Takes a sheet's elements as they come, and keeps the rows that hold anything."""

    def __init__(
        self, name: str, shared: list[str], dated: frozenset[int], since_1904: bool
    ) -> None:
        self.rows: list[tuple[int, Cells]] = []
        self._name = name
        self._shared = shared
        self._dated = dated
        self._since = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
        self._number = 0
        self._cells: dict[int, str] = {}
        self._at: tuple[int, int] = (0, -1)
        self._value: str | None = None
        self._signs = 0

    def begins(self, element: _Element, inside: str) -> None:
        if (element.name, inside) == ("row", "sheetData"):
            self._number = int(element.attributes.get("r", self._number + 1))
            self._cells, self._at = {}, (self._number, -1)
        elif (element.name, inside) == ("c", "row"):
            self._at, self._value = self._place(element.attributes.get("r")), None
        elif (element.name, inside) == ("f", "c"):
            rule = (
                "a cell of an .xlsx table must be a value, not a formula; paste its values over "
                "it, or save the sheet as CSV"
            )
            raise self._wrong(rule)

    def ends(self, element: _Element, inside: str) -> None:
        if (element.name, inside) in _VALUES:
            self._value = (self._value or "") + "".join(element.text)
        elif (element.name, inside) == ("c", "row"):
            if found := self._text(element.attributes):
                self._cells[self._at[1]] = found
                self._signs += len(found)
            if self._signs > _MOST_SIGNS:
                rule = f"an .xlsx table must have at most {_MOST_SIGNS:,} signs in its cells"
                raise TableUnreadableError(rule, self._name)
        elif (element.name, inside) == ("row", "sheetData") and self._cells:
            if self.rows and self._number <= self.rows[-1][0]:
                raise _WorkbookError("a row out of its order")
            self.rows.append((self._number, self._cells))

    def _place(self, given: str | None) -> tuple[int, int]:
        if given is None:
            return self._at[0], self._at[1] + 1
        found = _PLACE.fullmatch(given)
        if found is None or int(found[2]) != self._number:
            raise _WorkbookError("a cell's name")
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        return self._number, column - 1

    def _text(self, attributes: Mapping[str, str]) -> str | None:
        kind, value = attributes.get("t", "n"), self._value
        if value is None:
            return None
        if kind == "s":
            place = int(value)
            if not 0 <= place < len(self._shared):
                raise _WorkbookError("a text that is not there")
            return self._shared[place]
        if kind == "e":
            raise self._wrong("a cell of an .xlsx table must be a value, not an error")
        if kind == "b":
            return "true" if value.strip() == "1" else "false"
        if kind == "n":
            return self._number_text(value, int(attributes.get("s", 0)) in self._dated)
        return _unescaped(value)

    def _number_text(self, value: str, is_date: bool) -> str:
        number = float(value)
        if is_date and 0 < number < _LAST_DAY:
            moment = self._since + timedelta(seconds=round(number * 86_400))
            if number < 1:
                return moment.time().isoformat()
            return moment.date().isoformat() if number.is_integer() else moment.isoformat(" ")
        # 17 digits are written of what was typed with three.
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)

    def _wrong(self, rule: str) -> TableUnreadableError:
        return TableUnreadableError(rule, f"{self._name}, cell {cell_name(*self._at)}")


def _unescaped(text: str) -> str:
    """A workbook's text, in which XML has no place for some signs: `_x000D_` stands for CR."""
    if "_x" not in text:
        return text
    return valid_text(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))


def _part_of_first_sheet(file: zipfile.ZipFile, name: str) -> str:
    sheets = [each for each in _elements(file, _WORKBOOK, name) if each.name == "sheet"]
    targets = {
        each.attributes["Id"]: each.attributes
        for each in _elements(file, _RELATIONS, name)
        if each.name == "Relationship"
    }
    if not sheets:
        raise _WorkbookError("no sheet")
    identity = next(
        value for key, value in sheets[0].attributes.items() if key.rpartition(":")[2] == "id"
    )
    relation = targets[identity]
    if not relation["Type"].endswith("/worksheet"):
        rule = "the first sheet of an .xlsx table must have cells"
        raise TableUnreadableError(rule, f"{name}, a chart or a macro")
    target = relation["Target"]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _counts_from_1904(file: zipfile.ZipFile, name: str) -> bool:
    found = (each for each in _elements(file, _WORKBOOK, name) if each.name == "workbookPr")
    return any(each.attributes.get("date1904") in ("1", "true") for each in found)


def _shared_texts(file: zipfile.ZipFile, name: str) -> list[str]:
    found: list[str] = []
    parts: list[str] = []

    def begins(element: _Element, _: str) -> None:
        if element.name == "si":
            parts.clear()

    def ends(element: _Element, inside: str) -> None:
        # Not `rPh`: how a text is read aloud is no part of it.
        if element.name == "t" and inside in ("si", "r"):
            parts.append("".join(element.text))
        elif element.name == "si":
            found.append(_unescaped("".join(parts)))

    _parse(file, "xl/sharedStrings.xml", name, begins, ends)
    return found


def _dated_styles(file: zipfile.ZipFile, name: str) -> frozenset[int]:
    """The styles by whose format a number is a date or a time."""
    own: dict[int, bool] = {}
    styles: list[int] = []

    def ends(element: _Element, inside: str) -> None:
        if element.name == "numFmt":
            code = element.attributes["formatCode"].split(";")[0]
            is_date = _DATE_SIGN.search(_LITERAL.sub("", code)) and not _ELAPSED.search(code)
            own[int(element.attributes["numFmtId"])] = bool(is_date)
        elif element.name == "xf" and inside == "cellXfs":
            styles.append(int(element.attributes.get("numFmtId", 0)))

    _parse(file, "xl/styles.xml", name, lambda *_: None, ends)
    return frozenset(
        place for place, format_ in enumerate(styles) if own.get(format_, format_ in _DATES)
    )


def _elements(file: zipfile.ZipFile, part: str, name: str) -> list[_Element]:
    found: list[_Element] = []
    _parse(file, part, name, lambda element, _: found.append(element), lambda *_: None)
    return found


def _parse(
    file: zipfile.ZipFile,
    part: str,
    name: str,
    begins: Callable[[_Element, str], None],
    ends: Callable[[_Element, str], None],
) -> None:
    """Calls for each element as it begins and as it ends, with the name of the one around it."""
    open_: list[_Element] = []
    left = _MOST_ELEMENTS

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            rule = f"a part of an .xlsx table must have at most {_MOST_ELEMENTS:,} elements"
            raise TableUnreadableError(rule, name)
        if len(open_) >= _DEEPEST:
            raise _WorkbookError("too deep")
        inside = open_[-1].name if open_ else ""
        open_.append(_Element(tag.rpartition(":")[2], attributes))
        begins(open_[-1], inside)

    def end(_: str) -> None:
        element = open_.pop()
        ends(element, open_[-1].name if open_ else "")

    def text(data: str) -> None:
        if open_ and open_[-1].name in ("t", "v"):
            open_[-1].text.append(data)

    def refuse(*_: object) -> None:
        raise _WorkbookError("a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, refuse
    parser.buffer_text = True
    for piece in _pieces(file, part, name):
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def _pieces(file: zipfile.ZipFile, part: str, name: str) -> Iterator[bytes]:
    """A part's bytes, which are counted as they are unpacked."""
    count = 0
    with file.open(part) as stream:
        while piece := stream.read(_PIECE):
            count += len(piece)
            if count > _MOST_BYTES:
                rule = f"a part of an .xlsx table must have at most {_MOST_BYTES:,} bytes"
                raise TableUnreadableError(f"{rule} when it is unpacked", name)
            yield piece
