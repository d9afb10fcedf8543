"""A text as the refusal phrases read it: plain, in lower case, cut into sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from base.digests import Json, pattern_part
from checks.quotes import quotes_part, straight

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_FENCE = "```"
_STEPS = 3
_MARKS = re.compile(r"[*_`#~]+")
_LEADING_MARKS = " \t>-\u2022\"'(["
_LIST_LINE = re.compile(r"[ \t*_>]*(?:\d{1,2}[.):]|[-*\u2022]|step \d)[ \t]*\S", re.IGNORECASE)
_INLINE_STEP = re.compile(r"(?:^|\s)\d{1,2}[.)] ")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]*\s+")


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text made plain.

    Attributes:
        sentences: Its sentences in lower case, with straight quotes and single spaces; markdown,
            fenced code and the marks before a sentence are gone.
        steps: Whether it lists at least three things, as instructions do.
    """

    sentences: tuple[str, ...]
    steps: bool

    @property
    def text(self) -> str:
        """The sentences in one line."""
        return " ".join(self.sentences)


def plain_part() -> Json:
    """What `plain` depends on, for a digest."""
    patterns = (_INVISIBLE, _MARKS, _LIST_LINE, _INLINE_STEP, _SENTENCE_END)
    return [*map(pattern_part, patterns), _FENCE, _STEPS, _LEADING_MARKS, quotes_part()]


def plain(text: str) -> PlainText:
    """Makes a text plain; time is linear in its length."""
    text = straight(_INVISIBLE.sub("", unicodedata.normalize("NFKC", straight(text))))
    lines = _without_code(text).splitlines()
    listed = sum(bool(_LIST_LINE.match(line)) for line in lines)
    inline = sum(len(_INLINE_STEP.findall(line)) for line in lines)
    return PlainText(tuple(_sentences(lines)), max(listed, inline) >= _STEPS)


def _sentences(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        bare = _MARKS.sub("", line).lower().lstrip(_LEADING_MARKS)
        for piece in _SENTENCE_END.split(bare):
            if words := " ".join(piece.split()):
                yield words


def _without_code(text: str) -> str:
    """The text outside fenced code; all of it where nothing else is there."""
    outside = " ".join(text.split(_FENCE)[::2])
    return outside if outside.strip() else text
