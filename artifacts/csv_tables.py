"""What stands between the cells of a CSV, and where one is not well-formed.

polars reads the cells; here is only what it leaves out: it guesses no delimiter, renames a column
that stands twice, and names no line.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = (",", ";", "\t")
"""What may stand between cells; the first one is what a CSV is written with."""
_SAMPLE = 200
_LONGEST_CELL = 1 << 30
_FEWEST_PARTED = 0.5


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well the first records go with a delimiter.

    Attributes:
        fields: Fields of the header.
        fitting: The share of the sampled records below it with as many fields.
        parted: The share of these that have several at all.
    """

    fields: int
    fitting: float
    parted: float


def delimiter_of(text: str) -> str:
    r"""What stands between the cells of a CSV: a comma, a semicolon or a tab.

    The header says which: what stands in it outside quotes. Where it has several, or its only
    column may be called `a;b`, the first records below it decide.

    Example:
        >>> delimiter_of('prompt;label\n"one, two";safe\n')
        ';'
        >>> delimiter_of("prompt\na; b\n")
        ','
    """
    fits = {each: _fit(text, each) for each in DELIMITERS}
    parting = [each for each in DELIMITERS if fits[each].fields > 1]
    best = max(parting, key=lambda each: fits[each].fitting, default=",")
    return best if fits[best].parted >= _FEWEST_PARTED else ","


def column_names(text: str, delimiter: str) -> list[str]:
    """The names in a CSV's header, as they stand there."""
    with _wide_cells(), suppress(csv.Error):
        return next(_records(text, delimiter), (1, []))[1]
    return []


def problem_of(text: str, delimiter: str) -> str | None:
    r"""Where a CSV is not well-formed, without its texts; None where nothing is found.

    Example:
        >>> problem_of("a,b\n1,2\n3,4,5\n", ",")
        'line 3: 3 fields, the header has 2'
        >>> problem_of('a,b\n1,"2\n', ",")
        'line 2: a quote does not close'
    """
    header = 0
    last = 0
    with _wide_cells():
        try:
            for last, cells in _records(text, delimiter, strict=True):
                header = header or len(cells)
                if len(cells) > header:
                    return f"line {last}: {_fields(len(cells))}, the header has {header}"
        except csv.Error as error:
            # Its words are of the library, and of no cell.
            is_open = "unexpected end" in str(error)
            return _quote_problem(text, delimiter, is_open=is_open)
    return None


def _quote_problem(text: str, delimiter: str, *, is_open: bool) -> str:
    """The line at which the record begins that breaks off."""
    begins, reader = 1, _reader(text, delimiter, strict=True)
    with suppress(csv.Error):
        for _ in reader:
            begins = reader.line_num + 1
    if is_open:
        return f"line {begins}: a quote does not close"
    return f"line {max(begins, reader.line_num)}: a sign between a quote and the next cell"


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"


def _fit(text: str, delimiter: str) -> _Fit:
    found: list[int] = []
    with _wide_cells(), suppress(csv.Error):
        found.extend(len(cells) for _, cells in islice(_records(text, delimiter), _SAMPLE))
    header, below = found[:1], found[1:]
    if not header:
        return _Fit(0, 0.0, 0.0)
    if not below:
        return _Fit(header[0], 1.0, 1.0)
    same, parted = (sum(map(of, below)) / len(below) for of in (header[0].__eq__, (1).__lt__))
    return _Fit(header[0], same, parted)


def _records(text: str, delimiter: str, *, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
    """The records that are no blank lines, each with the line at which it begins."""
    reader = _reader(text, delimiter, strict=strict)
    begins = 1
    for cells in reader:
        if cells:
            yield begins, cells
        begins = reader.line_num + 1


def _reader(text: str, delimiter: str, *, strict: bool = False) -> "Reader":
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


@contextmanager
def _wide_cells() -> Iterator[None]:
    """A prompt may be longer than what csv reads by default."""
    previous = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(previous)
