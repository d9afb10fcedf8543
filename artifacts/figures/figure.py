"""A drawn figure, as the report shows it, and the few words that all figures share."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from artifacts.summary import Table

_HALF = 640  # pixels
_LARGE = 100
_SMALL = 0.01

NOTHING = "not measured"
"""What stands where a figure is None: never 0."""
EMPTY = "-"
"""The same where there is little space: on a cell of a grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure with all that a reader needs who cannot see it.

    Attributes:
        key: Its name in links: lower-case letters, digits and hyphens.
        section: The section of the report that it belongs to.
        title: What it shows, in a few words.
        rests_on: What it rests on, with n: `n = 1,319 rows`.
        alt: What is to be seen, in a sentence or two.
        svg: The drawing; "" where there is nothing to draw.
        table: Its numbers.
        note: How to read it; "" where it speaks for itself.
        quotes: The config whose prompt text the first column of its table is, hidden until asked
            for; "" where the table quotes nothing.
    """

    key: str
    section: str
    title: str
    rests_on: str
    alt: str
    svg: str
    table: Table
    note: str = ""
    quotes: str = ""

    @property
    def is_wide(self) -> bool:
        """Whether the drawing needs more than half of a page."""
        width = re.search(r' width="(\d+)', self.svg)
        return width is not None and int(width[1]) > _HALF


def percent(value: float | None) -> str:
    """A share as per cent with one decimal, or two where one would hide it."""
    if value is None:
        return NOTHING
    return f"{value:.2%}" if 0 < value < _SMALL else f"{value:.1%}"


def decimal(value: float | None) -> str:
    """A figure with two decimals, a large one with none."""
    if value is None:
        return NOTHING
    return f"{value:.2f}" if abs(value) < _LARGE else f"{value:,.0f}"


def of_rows(rows: int, what: str = "rows") -> str:
    """`n = 1,319 rows`."""
    return f"n = {rows:,} {what if rows != 1 else what.removesuffix('s')}"


def slug(*parts: str) -> str:
    """A key for links, ids and file names; different names have different keys.

    Any sign but letters, digits and hyphens becomes a hyphen, and a hash then tells what it was.
    """
    joined = "-".join(parts)
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in joined.lower())
    if plain == joined:
        return plain
    return f"{plain}-{hashlib.sha256(joined.encode('utf-8', 'replace')).hexdigest()[:6]}"
