"""How numbers and texts look to people, in a terminal, on a page and in a card.

What was not measured is never a zero: every form takes the word that stands for None.
"""

from collections.abc import Callable

NOT_MEASURED = "not measured"
"""What stands where a figure is None and there is room for words."""
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


def cell(value: str | float | None, digits: int = 4) -> str:
    """What a table's cell holds: words as they are, None as nothing, numbers with their commas."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:,}" if isinstance(value, int) else f"{value:.{digits}g}"


def cut(text: str, longest: int) -> str:
    """The text, or its beginning and three dots."""
    return text if len(text) <= longest else f"{text[: longest - 4].rstrip()} ..."
