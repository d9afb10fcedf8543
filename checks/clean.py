"""Takes off what a list, a chat or a spreadsheet has put around a text."""

from __future__ import annotations

import re
import unicodedata

from base.digests import Json, pattern_part, table_part

# Seen on screen as nothing: zero-width space, word joiner, byte order mark, soft hyphen.
_INVISIBLE = str.maketrans("", "", "\u200b\u2060\ufeff\u00ad")

# A number counts as numbering only with its point or bracket and what opens a new text after it,
# so that "10 ways to ...", "3.5 million" and "1984. ..." keep theirs.
_PREFIXES = re.compile(
    r"""(?:
        # 1. How   2) How   (3) How   4.How
        \(?\d{1,3}[.)](?:\s+|(?=[A-Z"'*\u201c\u2018]))
        # a) How   (b) How   iii) How
      | \(?(?:[a-zA-Z]|[ivx]{2,4})\)\s+
        # - How   •How   > How   ## How
      | [•‣◦▪●·]\s*|[-*>\u2013\u2014]\s+|\#{1,6}\s+
        # Question: How   **Rewritten prompt 2:** How
      | (?:\*\*|__)?
        (?i:(?:re-?written|rephrased|revised|modified|original|new|final|safe|harmless|benign|
               borderline|seed|user)\s+)?
        (?i:question|prompt|rewrite|rewriting|request|query|instruction|example|seed|text|
            output|answer|response|user|human|assistant|q|a)
        (?:\s?\#?\d{1,3})?
        (?:\*\*|__)?\s?:(?:\*\*|__)?\s*
    )+""",
    re.VERBOSE,
)

_WRAPPINGS = (
    *(('"', '"'), ("\u201c", "\u201d"), ("'", "'"), ("\u2018", "\u2019"), ("«", "»")),
    *(("**", "**"), ("`", "`")),
)
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019](?=\w)")


def tidy_part() -> Json:
    """What `tidy` depends on, for a digest."""
    patterns = [pattern_part(_PREFIXES), pattern_part(_APOSTROPHE)]
    return [table_part(_INVISIBLE), *patterns, _WRAPPINGS]


def tidy(text: str) -> str:
    """The text without what stands around it: list marks, labels, wrapping quotes, white space.

    The result is in NFC, its lines are trimmed and none is blank; line ends stay, for `Leftovers`
    to see. A number that belongs to the text ("10 ways to ...") stays. Tidying twice changes
    nothing more.
    """
    tidied = _spaced(unicodedata.normalize("NFC", text.translate(_INVISIBLE)))
    while (shorter := _unwrapped(_unprefixed(tidied))) != tidied:
        tidied = shorter
    return tidied


def _spaced(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _unprefixed(text: str) -> str:
    found = _PREFIXES.match(text)
    return text[found.end() :] if found else text


def _unwrapped(text: str) -> str:
    # A list in JSON leaves its comma behind the closing quote.
    body = text[:-1] if text.endswith(('",', "',", "\u201d,")) else text
    for opening, closing in _WRAPPINGS:
        if body.startswith(opening) and body.endswith(closing):
            inside = body[len(opening) : -len(closing)]
            if len(body) >= len(opening + closing) and not _holds(inside, opening, closing):
                return inside.strip()
    return text


def _holds(inside: str, opening: str, closing: str) -> bool:
    """Whether one of the marks stands inside, so that the outer two need not be a pair."""
    if closing in ("'", "\u2019"):
        inside = _APOSTROPHE.sub("", inside)
    return opening in inside or closing in inside
