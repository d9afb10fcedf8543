"""How numbers and texts look to people: in a terminal, on a page, in a card, in a spreadsheet.

What was not measured is never a zero: every form takes the word that stands for None.
"""

import json
import re
from collections.abc import Callable

from base.foreign_text import terminal_text

NOT_MEASURED = "not measured"
"""What stands where a figure is None and there is room for words."""
NONE = "none"
"""What stands where rows were looked at and have no such figure: a ratio to a category of none."""
EMPTY = "-"
"""The same where there is little space: on a cell of a grid."""
NOT_DEFINED = "not defined"
"""What stands for a measure that these values have none of: a kappa of a single label."""
UNKNOWN = "unknown"
"""What stands for a sum of money that nobody states."""

_SMALL = 0.01
_LARGE = 100


def plain_percent(share: float | None, none: str = "", *, places: int = 1) -> str:
    """A share as per cent: `12.5%`."""
    return none if share is None else f"{share:.{places}%}"


def percent(share: float | None, none: str = NOT_MEASURED) -> str:
    """A share as per cent with one decimal, or two where one would hide it: `0.07%`."""
    return plain_percent(share, none, places=2 if 0 < (share or 0) < _SMALL else 1)


def fixed(value: float | None, none: str = "", *, places: int = 3) -> str:
    """A figure with so many decimals: `0.667`."""
    return none if value is None else f"{value:.{places}f}"


def statistic(value: float | None) -> str:
    """A figure with three decimals that some values have none of."""
    return fixed(value, NOT_DEFINED)


def decimal(value: float | None, none: str = NOT_MEASURED) -> str:
    """A figure with two decimals, a large one with none: `1,319`."""
    if value is None or abs(value) < _LARGE:
        return fixed(value, none, places=2)
    return f"{value:,.0f}"


def significant(value: float | None, none: str = "", *, digits: int = 3) -> str:
    """A figure with so many digits, its zeros at the end left out."""
    return none if value is None else f"{value:.{digits}g}"


def signed(value: float | None, none: str = "") -> str:
    """A difference with its sign: `+0.125`."""
    return none if value is None else f"{value:+.3f}"


def points(difference: float | None, none: str = NOT_MEASURED) -> str:
    """A difference of two shares in percentage points, with its sign: `-3.2`."""
    return none if difference is None else f"{difference * 100:+.1f}"


def hundredths(share: float | None, none: str = EMPTY) -> str:
    """A share as a whole number of per cent, for a grid whose title has the sign."""
    return none if share is None else f"{share * 100:.0f}"


def interval(
    ends: tuple[float, float] | None,
    form: Callable[[float], str] = plain_percent,
    none: str = "",
    *,
    between: str = " to ",
) -> str:
    """Both ends in one form: `3.1% to 4.6%`."""
    return none if ends is None else between.join(map(form, ends))


def percents(ends: tuple[float, float] | None) -> str:
    """Both ends of an interval of shares, as `percent` writes them."""
    return interval(ends, percent, NOT_MEASURED)


def rounded(value: float | None, places: int = 3) -> float | None:
    """A figure that a table has as a number."""
    return None if value is None else round(value, places)


def dollars(usd: float | None) -> str:
    """A sum as text: in cents, or to four digits where it is smaller."""
    if usd is None:
        return UNKNOWN
    return f"{usd:,.2f}" if usd >= 1 or usd == 0 else f"{usd:.4g}"


def cents(usd: float | None, none: str = UNKNOWN) -> str:
    """A sum to the cent: `1,319.50`."""
    return none if usd is None else f"{usd:,.2f}"


def whole(number: int | None, none: str = "") -> str:
    """A count with its commas: `1,319`."""
    return none if number is None else f"{number:,}"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """So many of a thing, in words.

    Example:
        >>> counted(1, "row"), counted(1319, "row"), counted(2, "category", "categories")
        ('1 row', '1,319 rows', '2 categories')
    """
    return f"1 {noun}" if count == 1 else f"{count:,} {plural or f'{noun}s'}"


def row_count(rows: int) -> str:
    """So many rows, in words: `1 row`, `1,319 rows`."""
    return counted(rows, "row")


def cell(value: str | float | None, digits: int = 4) -> str:
    """What a table's cell holds: words as they are, None as nothing, numbers with their commas."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:,}" if isinstance(value, int) else f"{value:.{digits}g}"


def cut(text: str, longest: int) -> str:
    """The text, or its beginning and three dots."""
    return text if len(text) <= longest else f"{text[: longest - 4].rstrip()} ..."


_UNFIT_CHARACTER = "\ufffd"
# HTML knows no control characters but tab and line feed, and UTF-8 no lone surrogates.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_IN_SCRIPT = str.maketrans(
    {sign: f"\\u{ord(sign):04x}" for sign in ("<", ">", "&", "\u2028", "\u2029")}
)


def printable(text: str) -> str:
    """A label as it is drawn: no control characters, no lone surrogates, no mark of direction."""
    return "".join(sign if sign.isprintable() else _UNFIT_CHARACTER for sign in text)


def html_text(text: str) -> str:
    """The text with each character that a page cannot hold replaced by U+FFFD.

    Templates escape what is left, as all of them do by themselves.
    """
    return _UNFIT.sub(_UNFIT_CHARACTER, text.replace("\r\n", "\n").replace("\r", "\n"))


def script_json(data: object) -> str:
    """JSON that may stand between script tags: it holds no sign that ends or opens one."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_IN_SCRIPT)


_LONGEST_CELL = 4_000
# What begins markup, wherever it stands in a line; an underscore within a word begins nothing, and
# an address is a link by its own.
_MARKUP = re.compile(
    r"[\\`*\[\]<|]|(?<![^\W_])_|_(?![^\W_])|~(?=~)|&(?=#?\w+;)|(?<=[a-zA-Z]):(?=//)|(?<=www)\.",
    re.IGNORECASE,
)


def markdown_text(text: str) -> str:
    r"""The text as markdown on one line, in a cell or a sentence: nothing in it is markup.

    Example:
        >>> print(markdown_text("a|b <i> [c](http://d)"))
        a\|b \<i> \[c\](http\://d)
    """
    return _MARKUP.sub(r"\\\g<0>", terminal_text(" ".join(text.splitlines()), _LONGEST_CELL))


def code_span(text: str) -> str:
    """The text as a span of code in markdown, in a cell too; "" for no text."""
    shown = terminal_text(" ".join(text.splitlines()), _LONGEST_CELL).replace("|", "\\|").strip()
    if not shown:
        return ""
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"{fence} {shown} {fence}" if "`" in shown else f"{fence}{shown}{fence}"


# Spreadsheets take a cell for a formula that begins with one of these signs, full-width ones too,
# after white space and what they leave out. A text is several cells where another sign parts them
# than the file's (`;` in half of Europe), and several rows where its quotes are not seen.
_STARTS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_PARTING = re.compile(r"[;,\t\r\n]")
_GAP = r";,\s\"\x00-\x20\x7f\u200b-\u200f\u2060\ufeff"
_MAYBE = re.compile(rf"(?:\A|[{_GAP}])'*+[{_STARTS}]")  # most texts have none: looked for first
_FORMULA = re.compile(rf"(\A[{_GAP}]*+|(?<![{_GAP}])[{_GAP}]++)('*+)(?=[{_STARTS}])")


def spreadsheet_cell(text: str) -> str:
    """The text as a cell that no spreadsheet calculates: an apostrophe stands before such a sign.

    Where apostrophes stand there already one more is put, so that `spreadsheet_text` gives the
    text back exactly.

    Example:
        >>> spreadsheet_cell("=1+1"), spreadsheet_cell("a;=1+1"), spreadsheet_cell("1+1")
        ("'=1+1", "a;'=1+1", '1+1')
    """
    if not _MAYBE.search(text):
        return text
    return _FORMULA.sub(lambda found: found[0] + "'" * _begins_cell(found), text)


def spreadsheet_text(cell: str) -> str:
    """The text of which `spreadsheet_cell` made the cell."""
    if not _MAYBE.search(cell):
        return cell
    return _FORMULA.sub(lambda found: found[1] + found[2][_begins_cell(found) :], cell)


def _begins_cell(found: re.Match[str]) -> bool:
    return found.start() == 0 or _PARTING.search(found[1]) is not None
