"""What Caesar and Atbash share: an alphabet for another, and telling which one an answer is in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from string import ascii_letters

from base.digests import Json, pattern_part
from generators.mutations.encodings.reading import (
    Part,
    like_prose,
    likelihood,
    reading_part,
    together,
    visible,
)
from generators.mutations.encodings.surrogates import halves_part, utf8, without_halves
from generators.mutations.encodings.types import Decoded

# A sentence, or what stands before a colon: with the white space around it.
_SEGMENT = re.compile(r"\s*\S.*?(?:[.!?:](?=\s)|$)\s*|\s+", re.DOTALL)
_SURE = 8.0  # nats between two readings; below, a sentence is read as its line, that as the answer


def alphabets_part() -> Json:
    """What `read` depends on besides the code, for a digest."""
    return [pattern_part(_SEGMENT), _SURE, reading_part(), halves_part()]


def table(lower: str) -> bytes:
    """For `bytes.translate`: the letters a to z become those of `lower`, case is kept.

    UTF-8 has no byte of a letter A to Z in any other character, so the rest of Unicode stays.
    """
    return bytes.maketrans(ascii_letters.encode(), (lower + lower.upper()).encode())


def replaced(text: str, letters: bytes) -> str:
    """The text with its letters exchanged by a `table`.

    Raises:
        NotEncodable: It holds half of a surrogate pair.
    """
    return utf8(text).translate(letters).decode()


def read(text: str, undo: Callable[[str], str]) -> Decoded:
    """Undoes a code of letters, sentence by sentence, wherever that makes it more like English."""
    clean = without_halves(text)
    return together(_parts(clean, undo))


def _parts(text: str, undo: Callable[[str], str]) -> Iterator[Part]:
    whole = _gain(text, undo)
    for line in text.splitlines(keepends=True):
        by_default = _decided(_gain(line, undo), whole)
        for segment in _SEGMENT.findall(line):
            coded = _decided(_gain(segment, undo), by_default) > 0
            out = undo(segment) if coded else segment
            yield Part(out, visible(segment), float(like_prose(out)), coded)


def _decided(gain: float, otherwise: float) -> float:
    return gain if abs(gain) >= _SURE else otherwise


def _gain(text: str, undo: Callable[[str], str]) -> float:
    """Nats by which undoing the code makes the text more like English; below 0 if less."""
    return likelihood(undo(text)) - likelihood(text)
