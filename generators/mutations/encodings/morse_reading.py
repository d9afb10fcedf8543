"""Reads Morse code as models write it: other dots and dashes, any spacing, prose around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from base.digests import Json, pattern_part, table_part
from generators.mutations.encodings.reading import Part, plain, reading_part, visible

_DOTS, _DASHES = ".·•∙⋅", "-−–—"  # noqa: RUF001 - what models write for dots and dashes
_SIGNS = str.maketrans(_DOTS + _DASHES, "." * len(_DOTS) + "-" * len(_DASHES))
_WORD = re.compile(r"[/|]|[^\s/|]+")
_TOKEN = re.compile(r"(?P<line>\s*\n\s*)|(?P<gap>\s*/[\s/]*|\s{2,})|(?P<code>[^\s/]+)")
_FEWEST = 3
_LONGEST = 7  # signs of the longest code
_UNREAD = "\ufffd"

Span = tuple[int, int]


def parts_part() -> Json:
    """What `parts` depends on besides the codes, for a digest."""
    patterns = map(pattern_part, (_WORD, _TOKEN))
    return [table_part(_SIGNS), *patterns, _FEWEST, _LONGEST, _UNREAD, reading_part()]


def parts(text: str, symbols: Mapping[str, str]) -> Iterator[Part]:
    """The stretches in code, as text, and what stands between them.

    Args:
        text: An answer.
        symbols: Code to symbol.
    """
    end = 0
    for first, last in _stretches(text):
        found = text[first:last]
        if _is_code(found, everything=found == text.strip()):
            yield plain(text[end:first])
            yield _stretch(found, symbols)
            end = last
    yield plain(text[end:])


def _stretches(text: str) -> Iterator[Span]:
    """What stands between words of prose and has a code in it.

    Slashes and bars may stand among the codes, and symbols that have none, each by itself: any but
    the letters and digits of ASCII.
    """
    first, last, coded = -1, -1, False
    for word in _WORD.finditer(text):
        token = word.group()
        is_code = not token.translate(_SIGNS).strip(".-")
        if is_code or (len(token) == 1 and not (token.isalnum() and token.isascii())):
            first, last = (word.start() if first < 0 else first), word.end()
            coded = coded or is_code
            continue
        if coded:
            yield first, last
        first, coded = -1, False
    if coded:
        yield first, last


def _is_code(text: str, everything: bool) -> bool:
    """Dots and dashes together, at least three codes; or nothing but codes that may exist."""
    signs = text.translate(_SIGNS)
    codes = re.findall("[.-]+", signs)
    if len(codes) >= _FEWEST and "." in signs and "-" in signs:
        return True
    return everything and all(len(code) <= _LONGEST for code in codes)


def _stretch(text: str, symbols: Mapping[str, str]) -> Part:
    out: list[str] = []
    codes = unread = 0
    weight = visible(text)
    if "/" not in text:
        text = text.replace("|", "/")
    if not ("." in text and "-" in text):  # else other dots and dashes are symbols without a code
        text = text.translate(_SIGNS)
    for token in _TOKEN.finditer(text):
        if token["code"] is None:
            out.append(" " if token["line"] is None else "\n")
            continue
        code = token["code"]
        found = symbols.get(code, code if code.strip(".-") else _UNREAD)
        codes, unread = codes + 1, unread + (found == _UNREAD)
        out.append(found)
    return Part("".join(out), weight, 1 - unread / codes, coded=True)
