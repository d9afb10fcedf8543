"""Reading a writer's answer: the texts in it, or why there are none; and the seeds of its draws.

Another edition draws anew: the same recipe then gives other texts, whatever server it asks.
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from base.digests import Json, lines_key, pattern_part
from base.foreign_text import valid_text
from checks.clean import tidy, tidy_part
from checks.refusal_phrases import WriterRefused, declines, declines_part
from inference.types import Item, Reply, UnusableError

_BELOW = 2**31  # what every server takes as a seed


def drawing_part() -> Json:
    """What a row's sampling seed depends on besides the row, for a digest."""
    return _BELOW


def seed_of(row: str, edition: str) -> int:
    """A row's sampling seed in an edition; further attempts count up from it."""
    return int.from_bytes(lines_key(edition, row)[:8]) % (_BELOW - 10_000)


_REFUSED = WriterRefused()
_BETWEEN = re.compile(r"[\s,]*+")
_STRING = r'"(?:[^"\\]|\\.)*+"'
_TEXT = re.compile(_STRING, re.DOTALL)
_FLAT = re.compile(rf'\{{(?:[^"{{}}]|{_STRING})*+\}}', re.DOTALL)
_PARTS = re.compile(rf"{_STRING}?|[\[{{]|[\]}}]", re.DOTALL)
_WORD = re.compile(r"[-+.\w]++")
_ENDS = re.compile(r"\s*+[,\]]")
_QUOTE = re.compile(r'\\.|"(?P<ends>\s*+(?:\]|,\s*+["{\[]))?+', re.DOTALL)


def willing_part() -> Json:
    """What tells that a writer declined, for a digest."""
    return _REFUSED.digest


def answer_part() -> Json:
    """What is read in a JSON answer, texts or objects, depends on this, for a digest."""
    patterns = (_BETWEEN, _TEXT, _FLAT, _PARTS, _WORD, _ENDS, _QUOTE)
    return [declines_part(), tidy_part(), *(pattern_part(each) for each in patterns)]


def texts_schema(key: str, count: int) -> str:
    """The JSON schema of an object whose `key` holds `count` texts, as canonical JSON."""
    return list_schema(key, count, {"type": "string"})


def list_schema(key: str, count: int, each: Mapping[str, Json]) -> str:
    """The JSON schema of an object whose `key` holds `count` values, each of a schema."""
    texts = {"type": "array", "items": each, "minItems": count, "maxItems": count}
    schema = {
        "type": "object",
        "properties": {key: texts},
        "required": [key],
        "additionalProperties": False,
    }
    return json.dumps(schema, sort_keys=True)


def texts_in(item: Item, reply: Reply, key: str) -> tuple[str, ...]:
    """The texts of a JSON answer, tidied; what is no text is left out, its siblings stay.

    Of an answer that was cut, or has words around its JSON, the texts that are whole are taken.

    Raises:
        UnusableError: `writer_refused`, `unparseable` or `empty`.
    """
    values = _values_in(item, reply, key)
    given = (valid_text(value) for value in values if isinstance(value, str))
    texts = tuple(tidied for text in given if (tidied := tidy(text)))
    if not texts:
        raise UnusableError("empty")
    return texts


def objects_in(item: Item, reply: Reply, key: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """The texts of a JSON answer, tidied, each with the object that it came in.

    An object has its text in `text`; a text that stands alone has an object without a key. What is
    neither is left out, its siblings stay. Of an answer that was cut, what is whole is taken.

    Raises:
        UnusableError: `writer_refused`, `unparseable` or `empty`.
    """
    found: list[tuple[str, Mapping[str, Any]]] = []
    for value in _values_in(item, reply, key):
        text = value.get("text") if isinstance(value, dict) else value
        if isinstance(text, str) and (tidied := tidy(valid_text(text))):
            found.append((tidied, value if isinstance(value, dict) else {}))
    if not found:
        raise UnusableError("empty")
    return tuple(found)


def _values_in(item: Item, reply: Reply, key: str) -> list[Any]:
    """The list of an answer; of one that is no JSON, what is whole of its list."""
    require_willing(item, reply)
    found = _whole_values(reply.text, key) if reply.parsed is None else reply.parsed
    values = found.get(key) if isinstance(found, dict) else found
    if not isinstance(values, list):
        raise UnusableError("writer_refused" if declines(reply.text) else "unparseable")
    return values


def _whole_values(text: str, key: str) -> list[Any] | None:
    """The texts and objects that the last list named `key` opens with; None where there is none.

    What is broken in itself is left out, and its siblings stay. What is cut ends the list.
    """
    lists = list(re.finditer(rf'"{key}"\s*:\s*\[', text))
    if not lists:
        return None
    values, quotes = list[Any](), _Quotes(text)
    place = _past_commas(text, lists[-1].end())
    while place < len(text):
        ended = _end_of(text, place, quotes)
        if ended is None:
            break
        end, is_whole = ended
        if is_whole and text[place] in '"{':
            with suppress(ValueError, RecursionError):
                # By itself, as an error counts the lines of the text before it.
                values.append(json.loads(text[place:end], strict=False))
        place = _past_commas(text, end)
    return values


def _end_of(text: str, place: int, quotes: "_Quotes") -> tuple[int, bool] | None:
    """Where a value of a list ends, and whether it is whole; None where the list does."""
    if text[place] in "[{":
        flat = _FLAT.match(text, place)
        closed = flat.end() if flat else _closed(text, place)
        return None if closed is None else (closed, True)
    if text[place] != '"':
        word = _WORD.match(text, place)
        return (word.end(), False) if word and _ENDS.match(text, word.end()) else None
    string = _TEXT.match(text, place)
    if string is None:
        return None
    if _ENDS.match(text, string.end()):
        return string.end(), True
    end = quotes.end_after(string)
    return None if end is None else (end, False)


def _closed(text: str, place: int) -> int | None:
    """Where what opens with a bracket is closed; None where it is cut."""
    depth = 0
    for part in _PARTS.finditer(text, place):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(part[0], 0)
        if depth == 0:
            return part.end()
    return None


class _Quotes:
    """Where strings end that hold quotes as they are: before a comma and a value, or a bracket.

    A quote that opens a word inside has one that closes it, and that may stand before a comma too:
    `Which of "a", "b" is it?`. So the string's own end is told from it by counting. One that does
    not, as in 6", is taken for a lone one.
    """

    def __init__(self, text: str) -> None:
        """Looks at nothing before the first string that is broken: it reads the whole text."""
        self._text = text
        self._all: list[int] = []
        self._ends: tuple[list[int], list[int]] = ([], [])

    def end_after(self, broken: re.Match[str]) -> int | None:
        """Where a string ends whose match ended at a quote inside it; None where that is unsaid."""
        if not self._all:
            self._read(broken.start())
        inner = broken.end() - 1
        number = bisect_left(self._all, inner)
        is_opening = not self._text[inner - 1].isalnum()
        sides = (number % 2,) if is_opening else (0, 1)
        ends = [
            found[at]
            for found in (self._ends[side] for side in sides)
            if (at := bisect_right(found, inner)) < len(found)
        ]
        return min(ends) + 1 if ends else None

    def _read(self, start: int) -> None:
        for found in _QUOTE.finditer(self._text, start):
            if found[0][0] == '"':
                if found["ends"] is not None:
                    self._ends[len(self._all) % 2].append(found.start())
                self._all.append(found.start())


def _past_commas(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return place if found is None else found.end()


def require_willing(item: Item, reply: Reply) -> None:
    """Refuses an answer in which the writer, or its server, declined to write.

    Raises:
        UnusableError: `writer_refused`.
    """
    if reply.refusal is not None or _REFUSED(item, reply.text) is not None:
        raise UnusableError("writer_refused")
