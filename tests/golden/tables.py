"""What a verb prints, read as tables and numbers, so that numbers can be compared without words.

Words may change once; numbers may not. So a table is known by its place among the tables, a row
by its place and by those of its cells that are data (a category, a model, a style, a judge), and
every other word is left out. A number is the same where it says the same: one with more digits
than the pinned one holds if it rounds to it, and `66.7%` is `0.667`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

Figures: TypeAlias = "dict[str, Any]"
"""`tables`: of each the data in its header, and of each row its data and its numbers; `loose`."""

_NUMBER = re.compile(
    r"(?<![\w.,:/#@<'`-])"  # not inside a word, a path, an address
    r"(?P<sign>[-+]?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[-+]?\d+)?)"
    r"(?P<percent> ?%)?"
    r"(?![\w/@>'`]|-\w|[:.,]\d)"
)
_VERSION = re.compile(r"(?<![\w.])v?(\d{4}\.\d{1,2}\.\d+)(?![\w.]\d)")
_LEVELS = re.compile(r"(?<![\d.])95 %")  # of intervals: a word for what stands in the column
_HASH = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,64}\b")
_GAP = 2
_WHOLE = 136
"""From this width on a table may have been squeezed, its cells folded."""


@dataclass(frozen=True, slots=True)
class Table:
    """A printed table.

    Attributes:
        title: The lines right above it, joined.
        header: Its first row.
        rows: All others; a cell that was folded stands in one piece.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """What a verb printed.

    Attributes:
        tables: Its tables in their order.
        lines: All other lines that hold something, titles among them.
    """

    tables: tuple[Table, ...]
    lines: tuple[str, ...]


def parse(text: str) -> Printed:
    """Takes a plain print apart: rows of tables begin and end with a space, other lines do not."""
    tables: list[Table] = []
    lines: list[str] = []
    above: list[str] = []
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith(" ") and line.endswith(" ") and (line.strip() or block):
            block.append(line)
            continue
        if block:
            tables.append(_table(" ".join(above), block))
            above, block = [], []
        above = [*above, line] if line else []
        if line.strip():
            lines.append(line.strip())
    return Printed(tuple(tables), tuple(lines))


def figures(
    printed: Printed, data: Collection[str], heads: Collection[str] = frozenset()
) -> Figures:
    """The numbers of a print, with the words of it that are data.

    Args:
        printed: What was printed.
        data: Words that are data where a row has them in a cell.
        heads: Words that are data where they head a column.
    """
    tables = [
        {
            "header": _words(table.header, heads),
            "rows": [[_words(row, data), list(_of_row(row, table))] for row in table.rows],
        }
        for table in printed.tables
    ]
    return {"tables": tables, "loose": list(_loose(printed.lines))}


def differences(pinned: Figures, found: Figures) -> list[str]:
    """What differs, in lines that a person can read; none where all numbers are the same."""
    return [
        *_several("tables", pinned["tables"], found["tables"], _of_tables),
        *_of_numbers("loose numbers", pinned["loose"], found["loose"]),
    ]


def same(pinned: str, found: str) -> bool:
    """Whether a number says what the pinned one said, with as many digits or more."""
    if pinned == found:
        return True
    if not (pinned and found) or _VERSION.fullmatch(pinned) or _VERSION.fullmatch(found):
        return False
    was, now = Decimal(pinned), Decimal(found)
    digits = Decimal(1).scaleb(-len(pinned.partition(".")[2]))
    return was == now or was == now.quantize(digits)


def _table(title: str, block: Sequence[str]) -> Table:
    width = max(map(len, block))
    padded = [line.ljust(width) for line in block]
    columns = list(_columns(padded))
    header, *rows = (tuple(line[start:end].strip() for start, end in columns) for line in padded)
    return Table(title, header, tuple(_unfolded(rows) if width >= _WHOLE else rows))


def _columns(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where columns begin and end: between two there are blanks in all lines, two at least."""
    width = len(lines[0])
    blank = [all(line[place] == " " for line in lines) for place in range(width)]
    start: int | None = None
    place = 0
    while place < width:
        end = place
        while end < width and blank[end]:
            end += 1
        if end - place >= _GAP or end == width:
            if start is not None:
                yield start, place
            start = None
        if start is None and end < width:
            start = end
        place = max(end, place) + 1
    if start is not None:
        yield start, width


def _unfolded(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Rows; a line whose first cell is empty goes on with the row above it."""
    held: tuple[str, ...] | None = None
    for row in rows:
        if held is not None and not row[0] and any(row):
            held = tuple(" ".join(parts).strip() for parts in zip(held, row, strict=True))
            continue
        if held is not None:
            yield held
        held = row
    if held is not None:
        yield held


def _words(cells: Iterable[str], data: Collection[str]) -> list[str]:
    """The cells that are data, or lists of it."""
    return [cell for cell in cells if cell and all(part in data for part in cell.split(", "))]


def _loose(lines: Sequence[str]) -> Iterator[str]:
    """The numbers of lines, a version once: hints repeat the folders of releases."""
    versions: set[str] = set()
    for number in (number for line in lines for number in numbers(line)):
        if number not in versions:
            yield number
        if _VERSION.fullmatch(number):
            versions.add(number)


def _of_row(cells: Sequence[str], table: Table) -> Iterator[str]:
    """The numbers of a row, "" for an empty cell of a column of numbers.

    Numbers amid the words of the first cell are part of the row's name.
    """
    for place, cell in enumerate(cells):
        if place or not any(letter.isalpha() for letter in cell):
            yield from numbers(cell)
        if place and not cell.strip("-\u2013\u2014 ") and _counts(table, place):
            yield ""


def _counts(table: Table, place: int) -> bool:
    return any(numbers(row[place]) for row in table.rows)


def numbers(text: str) -> list[str]:
    """The numbers in a text: without signs of thousands, per cent as shares, versions as they are.

    Numbers inside words, paths and addresses are none, nor are hashes and the levels of intervals.
    """
    found: list[tuple[int, str]] = []
    bare = text
    for pattern in (_LEVELS, _HASH):
        bare = pattern.sub(lambda match: " " * len(match[0]), bare)
    for match in _VERSION.finditer(bare):
        found.append((match.start(), match[1]))
        bare = f"{bare[: match.start()]}{' ' * len(match[0])}{bare[match.end() :]}"
    for match in _NUMBER.finditer(bare):
        value = Decimal(f"{match['sign']}{match['digits'].replace(',', '')}")
        if match["percent"]:
            value = value.scaleb(-2)
        found.append((match.start(), f"{value:f}"))
    return [number for _, number in sorted(found)]


def _of_tables(place: str, pinned: Figures, found: Figures) -> Iterator[str]:
    if pinned["header"] != found["header"]:
        yield f"{place}: data in the header {pinned['header']} -> {found['header']}"
    yield from _several(f"{place}, rows", pinned["rows"], found["rows"], _of_rows)


def _of_rows(place: str, pinned: Sequence[Any], found: Sequence[Any]) -> Iterator[str]:
    if pinned[0] != found[0]:
        yield f"{place}: of {pinned[0]} -> of {found[0]}"
    yield from _of_numbers(f"{place} {pinned[0]}", pinned[1], found[1])


def _of_numbers(place: str, pinned: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    alike = len(pinned) == len(found) and all(map(same, pinned, found))
    if not alike:
        yield f"{place}: {_shown(pinned)} -> {_shown(found)}"


def _shown(found: Sequence[str]) -> str:
    return " ".join(each or "(empty)" for each in found)


def _several(
    place: str,
    pinned: Sequence[Any],
    found: Sequence[Any],
    compare: Callable[[str, Any, Any], Iterator[str]],
) -> Iterator[str]:
    if len(pinned) != len(found):
        yield f"{place}: {len(pinned)} -> {len(found)}"
    for number, (was, now) in enumerate(zip(pinned, found, strict=False), 1):
        yield from compare(f"{place} {number}", was, now)
