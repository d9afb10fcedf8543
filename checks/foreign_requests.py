"""Whether a translation asks for something, or hands over what was asked for."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

import yaml

from base.digests import bytes_digest, digest_of, pattern_part
from checks.clean import quotes_part, straight
from checks.language import READ_CHARACTERS
from checks.language_table import tongue, tongues_digest
from inference.types import Item

_FILE = Path(__file__).parent / "data" / "foreign_requests.yaml"
_MOST_ORDERED, _MOST_STEPS = 1, 2
_NO_STEPS = frozenset("assez chez nez rez avez pouvez voulez savez devez allez pourriez".split())
_QUESTION = "?\uff1f"
_AROUND = " \n\"'\u00a0\u00bb\u300d\u201d"
_LETTER = re.compile(r"\W{0,3}dear\b", re.IGNORECASE)
_ORDERED = re.compile(r"\b(?:first|then|next|finally|lastly|afterwards)\b", re.IGNORECASE)
# Vowel signs of Indian scripts are no word characters to Python, and a hyphen joins two (puis-je).
_IN_WORD = r"\w\-\u0900-\u0dff"
_WORD = re.compile(rf"[{_IN_WORD}]+")


@dataclass(frozen=True, slots=True)
class AsksAbroad:
    """Objects to a translation that asks for nothing.

    It begins as a letter or an answer does, tells steps (in their order, or three of them), or
    neither ends in a question mark nor has a word that asks.

    Attributes:
        language: The code of its language, one that `data/foreign_requests.yaml` has.
    """

    name: ClassVar[str] = "asks"
    language: str

    @property
    def digest(self) -> str:
        """Of the words, and of how they are found."""
        words = bytes_digest(_FILE.read_bytes())
        read = (
            READ_CHARACTERS,
            _MOST_ORDERED,
            _MOST_STEPS,
            sorted(_NO_STEPS),
            _QUESTION,
            _AROUND,
            _IN_WORD,
            quotes_part(),
        )
        patterns = [pattern_part(each) for each in (_LETTER, _ORDERED, _WORD)]
        return digest_of(self.name, self.language, words, *read, *patterns, tongues_digest())

    def __call__(self, item: Item, text: str) -> str | None:
        """`answered`, or None; the base is `item.text`."""
        asks, opens, orders = _patterns(self.language)
        read = _bare(text[:READ_CHARACTERS])
        if opens.match(read) and not _LETTER.match(item.text):
            return "answered"
        if read.rstrip(_AROUND).endswith(tuple(_QUESTION)):
            return None
        told_in_order = len(set(orders.findall(read))) > _MOST_ORDERED
        if told_in_order and not _ORDERED.search(item.text):
            return "answered"
        if len(_steps(self.language, read)) > _MOST_STEPS:
            return "answered"
        return None if asks.search(read) else "answered"


@cache
def _lists(language: str) -> Mapping[str, str | Sequence[str]]:
    lists: Mapping[str, Mapping[str, str | Sequence[str]]]
    lists = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return lists[language]


def _steps(language: str, text: str) -> set[str]:
    """The different words of a text that end as an order to somebody does."""
    endings = tuple(map(_bare, _listed(_lists(language).get("steps", ()))))
    words = _WORD.findall(text) if endings else []
    return {word for word in words if word.endswith(endings)} - _NO_STEPS


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What asks, what an answer begins with, and what steps are told in the order of."""
    lists = _lists(language)
    begins = rf"(?<![{_IN_WORD}])" if tongue(language).spaces else ""
    asks, opens, orders = (
        "|".join(re.escape(_bare(each)) for each in _listed(lists[key]))
        for key in ("asks", "opens", "orders")
    )
    ends = rf"(?![{_IN_WORD}])" if tongue(language).spaces else ""
    return (
        re.compile(rf"{begins}(?:{asks})"),
        re.compile(rf"\W{{0,3}}(?:{opens}){ends}"),
        re.compile(rf"{begins}(?:{orders}){ends}"),
    )


def _bare(text: str) -> str:
    """A text in one case, without accents on Latin letters: `énumère` is of `énumérer`."""
    found = unicodedata.normalize("NFD", straight(text).casefold())
    kept = "".join(each for each in found if not "\u0300" <= each <= "\u036f")
    return unicodedata.normalize("NFC", kept)


def _listed(value: str | Sequence[str]) -> Sequence[str]:
    return value.split() if isinstance(value, str) else value
