"""A drawn figure, and how an Altair chart becomes a small SVG that is the same every time."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artifacts.summary import Table

if TYPE_CHECKING:
    import altair as alt


INK = "#1c2530"
MUTED = "#5a6675"
GRID = "#d9dee5"
DARK = "#24507a"
MIDDLE = "#7ea6c9"
LIGHT = "#dce7f1"
ON_LIGHT = "#000000"
ON_DARK = "#fefefe"
ON_BAR = "#fffffe"
"""The colours differ in lightness first. The report's style sheet knows these values and gives
others for dark screens; `ON_LIGHT` and `ON_DARK` stand on cells whose colour never changes,
`ON_BAR` on bars, whose colour does."""

WIDTH = 330
"""Width of a plot in pixels, its labels aside."""
ROW = 20
"""Height of one bar or cell with the gap to the next."""
FONT = "Arial, Helvetica, Liberation Sans, sans-serif"
_SIZE = 12

# What Vega writes for its own event handling and for screen readers is noise in an image that has
# one alternative text; without it a drawing is half as long.
_NOISE = re.compile(r' (?:role|aria-[a-z]+|pointer-events|class)="[^"]*"| opacity="1"')
_EMPTY = re.compile(r'<path(?: d="[^"]*"| display="none")* ?/>|<path d="M0,0h0v0h0Z"/>')
_HOLLOW = re.compile(r"<g(?: [a-z-]+=\"[^\"]*\")*></g>")
_SIZES = re.compile(r'width="([\d.]+)" height="([\d.]+)" viewBox="[^"]*"')
_BEFORE = re.compile(r'<text text-anchor="end"[^<>]*+>([^<]*)<')
# Vega turns by 315 degrees what a chart asks to be turned by -45.
_AFTER = re.compile(r'<text text-anchor="start"[^<>]*+>([^<]*)<')
_SLANTED = re.compile(r"<text(?>[^<>]*?rotate\((?:-45|315)\))[^<>]*+>([^<]*)<")
_WIDER = 1.2  # pixels a character
_ID = re.compile(r'(?<=id=")[^"]+(?=")')


def inline(values: Iterable[Mapping[str, object]]) -> "alt.InlineData":
    """A few rows of data that a chart carries within itself."""
    import altair as alt

    return alt.InlineData(values=[dict(row) for row in values])


@contextmanager
def unchecked() -> Iterator[None]:
    """Has Altair build charts without holding each part against its schema.

    That takes more time than the drawing; the tests of the forms have it done.
    """
    from altair.utils.schemapi import debug_mode

    with debug_mode(False):
        yield


def svg(chart: "alt.Chart | alt.LayerChart | alt.FacetChart", key: str) -> str:
    """Draws a chart.

    Args:
        chart: The chart, without title: the page has it as text.
        key: What all ids in the drawing begin with, as several drawings share one page.
    """
    import vl_convert
    from altair.utils import schemapi

    spec: dict[str, Any] = chart.configure(
        background="transparent",
        font=FONT,
        view={"stroke": None},
        axis={
            **{"labelColor": INK, "titleColor": MUTED, "titleFontWeight": "normal"},
            **{"labelFontSize": _SIZE, "titleFontSize": _SIZE, "labelLimit": 210},
            **{"gridColor": GRID, "domainColor": GRID, "tickColor": GRID},
        },
        legend={
            **{"labelColor": INK, "labelFontSize": _SIZE, "orient": "top", "title": None},
            **{"symbolStrokeColor": MUTED, "symbolType": "square", "offset": 6},
        },
        text={"fontSize": _SIZE, "color": INK},
    ).to_dict(validate=schemapi.DEBUG_MODE)
    return _tidied(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]), key)


def _tidied(drawn: str, key: str) -> str:
    drawn = drawn.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    drawn = _NOISE.sub("", drawn)
    for pattern in (_EMPTY, _HOLLOW, _HOLLOW, _HOLLOW):
        drawn = pattern.sub("", drawn)
    # Ids are counted over the life of the process: the second drawing would differ from the first.
    for place, name in enumerate(dict.fromkeys(_ID.findall(drawn))):
        fresh = f"{key}-{place}"
        drawn = drawn.replace(f'id="{name}"', f'id="{fresh}"').replace(f"#{name})", f"#{fresh})")
    return _roomier(drawn.replace('version="1.1"', 'focusable="false"'))


def _roomier(drawn: str) -> str:
    """Leaves space for a reader's font that is wider than the one that labels were measured in."""
    width, height = map(float, _SIZES.findall(drawn)[0])
    left = max(map(len, _BEFORE.findall(drawn)), default=0) * _WIDER
    right = max(map(len, _AFTER.findall(drawn)), default=0) * _WIDER
    above = max(map(len, _SLANTED.findall(drawn)), default=0) * _WIDER
    whole = f"{width + left + max(right, above):.0f}", f"{height + above:.0f}"
    size = f'width="{whole[0]}" height="{whole[1]}" viewBox="{0 - left:.0f} {0 - above:.0f} '
    return _SIZES.sub(f'{size}{whole[0]} {whole[1]}"', drawn, count=1)


_HALF = 640  # pixels


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
        repeats: Whether a page that has its numbers in tables to sort needs no drawing of them.
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
    repeats: bool = False

    @property
    def is_wide(self) -> bool:
        """Whether the drawing needs more than half of a page."""
        width = re.search(r' width="(\d+)', self.svg)
        return width is not None and int(width[1]) > _HALF


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
