"""A drawing that stands by itself, with its title, its n and its alternative text in it."""

from __future__ import annotations

import re
from html import escape
from textwrap import wrap

from artifacts.figures.drawing import FONT, INK, MUTED, shown
from artifacts.figures.figure import Figure

_SIZES = re.compile(r'width="([\d.]+)" height="([\d.]+)" viewBox="(-?[\d.]+) (-?[\d.]+) [^"]*"')
_EDGE = 16
_TITLE, _SMALL = 16, 12
_LETTER = 0.51  # of a letter's height is its width
_GAP = 8
_NARROWEST = 420


def standing(figure: Figure) -> str:
    """The drawing on white under its title, with n below that and the note at its foot.

    Args:
        figure: A figure with a drawing.
    """
    found = _SIZES.search(figure.svg)
    if found is None:
        return figure.svg
    wide, high, left, above = map(float, found.groups())
    width = max(wide, _NARROWEST) + 2 * _EDGE
    head = [
        *((line, _TITLE, INK, "bold") for line in _lines(figure.title, width, _TITLE)),
        *((line, _SMALL, MUTED, "normal") for line in _lines(figure.rests_on, width, _SMALL)),
    ]
    foot = [(line, _SMALL, MUTED, "normal") for line in _lines(figure.note, width, _SMALL)]
    top = _EDGE + sum(size + _GAP for _, size, _, _ in head) + _GAP
    total = top + high + _GAP + sum(size + _GAP for _, size, _, _ in foot) + _EDGE
    opening, _, rest = figure.svg.partition(">")
    inner = re.sub(_SIZES, "", opening)
    inner = f'{inner} x="{_EDGE}" y="{top}" width="{wide:.0f}" height="{high:.0f}"'
    inner = f'{inner} viewBox="{left:.0f} {above:.0f} {wide:.0f} {high:.0f}">{rest}'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc"'
        f' width="{width:.0f}" height="{total:.0f}" viewBox="0 0 {width:.0f} {total:.0f}"'
        f' font-family="{FONT}"><title id="title">{escape(shown(figure.title))}</title>'
        f'<desc id="desc">{escape(shown(f"{figure.rests_on}. {figure.alt}"))}</desc>'
        f'<rect width="100%" height="100%" fill="white"/>{_texts(head, _EDGE)}'
        f"{inner}{_texts(foot, top + high + _GAP)}</svg>\n"
    )


def _lines(text: str, width: float, size: int) -> list[str]:
    return wrap(shown(text), max(20, int((width - 2 * _EDGE) / (size * _LETTER))))


def _texts(lines: list[tuple[str, int, str, str]], top: float) -> str:
    made, at = "", top
    for line, size, colour, weight in lines:
        at += size
        made += (
            f'<text x="{_EDGE}" y="{at:.0f}" font-size="{size}" font-weight="{weight}"'
            f' fill="{colour}">{escape(line)}</text>'
        )
        at += _GAP
    return made
