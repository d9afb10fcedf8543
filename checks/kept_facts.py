"""Whether the numbers and the names of a base are still in what was made of it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

import yaml

from base.digests import Json, bytes_digest, digest_of, pattern_part
from checks.clean import straight
from checks.english import english_part, is_common, words_of
from checks.language import READ_CHARACTERS
from checks.proper_names import is_translated, named_in, proper_names_part
from checks.transliteration import can_be_heard, sounds_in, transliteration_part
from inference.types import Item

_FILE = Path(__file__).parent / "data" / "numbers.yaml"
_DIGITS = re.compile(r"\d+")
_GROUPED = re.compile(r"(?<=\d)[,.\u00a0\u202f ](?=\d{3}(?!\d))")
_MYRIADS = re.compile(
    r"(?<![\d.])(\d{1,10})(?:\.(\d{1,4}))?\s?([\u5343\u4e07\u4ebf])"
)  # 1.25\u4e07
_OF_MYRIADS = {"\u5343": 1_000, "\u4e07": 10_000, "\u4ebf": 100_000_000}
_THOUSANDS = re.compile(r"(?<=\d)\s?k\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[\w,] )[A-Z][^\W\d_]{2,}|(?<=Mr\. )[A-Z][^\W\d_]+")
# Vowel signs of Indian scripts are no word characters to Python.
_NOT_IN_A_WORD = r"(?<![\w\u0900-\u0dff])"
_UNITS, _TENS, _HUNDRED = 10, 100, 100
_DETERMINERS = tuple(range(2, 13))

_NO_NAMES = frozenset(
    "january february march april may june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday internet english french german mrs miss "
    "prof madam".split()
)
_TITLES = frozenset(
    "mayor mister doctor farmer professor captain college university museum lower upper street "
    "lane road saint lake river hill hills mount north south east west new old aunt uncle lord "
    "lady park square bridge county city school church hotel bank company station "
    "airport market".split()
)
_FORMS_OF_ADDRESS = frozenset(
    "mayor mister doctor farmer professor captain saint aunt uncle".split()
)


@dataclass(frozen=True, slots=True)
class FactsKept:
    """Objects to a text without a number or a name of its base.

    Numbers may be digits or words. A name of several words counts as kept by one of them that is
    no title, and in another script by its consonants.

    Attributes:
        language: The code of the language that the text is in.
        letter_by_letter: Each word of a name must be there, and each number that is in digits.
    """

    name: ClassVar[str] = "facts_kept"
    language: str = "en"
    letter_by_letter: bool = False

    @property
    def digest(self) -> str:
        """Of how numbers and names are read."""
        lists = [sorted(each) for each in (_NO_NAMES, _TITLES, _FORMS_OF_ADDRESS)]
        read = (pattern_part(_NAME), lists, figures_part(), english_part(), transliteration_part())
        others = (proper_names_part(), _NOT_IN_A_WORD)
        return digest_of(self.name, self.language, self.letter_by_letter, *read, *others)

    def __call__(self, item: Item, text: str) -> str | None:
        """`number_lost`, `name_lost`, or None; the base is `item.text`."""
        base, text = item.text[:READ_CHARACTERS], text[:READ_CHARACTERS]
        wanted = _digits_in(base) if self.letter_by_letter else _wanted_numbers(base)
        if not all(self._has_number(each, text) for each in wanted):
            return "number_lost"
        names = list(_names(base))
        return None if all(self._has_name(each, text) for each in names) else "name_lost"

    def _has_number(self, number: int, text: str) -> bool:
        if number in _digits_in(text):
            return True
        if self.language == "en":
            return number in figures_in(text)
        return _counted(self.language, number).search(text.lower()) is not None

    def _has_name(self, name: tuple[str, ...], text: str) -> bool:
        if self.letter_by_letter:
            return all(word.lower() in text.lower() for word in name)
        titles = _FORMS_OF_ADDRESS if self.language == "en" else _TITLES
        own = [word for word in name if word.lower() not in titles] or list(name)
        if self.language == "en":
            own = [word for word in own if not is_common(word.lower())] or own
            return any(self._has_word(word, text) for word in own)
        # "Germans" and "Christmas" are other words in each language, and "Baker Street" may be.
        if self.language == "zh" and len(own) > 1 and all(is_common(each.lower()) for each in own):
            return True  # "the Copper Spoon" may be translated word by word
        own = _most_telling([word for word in own if not is_translated(word)], self.language)
        found = [self._has_word(word, text) for word in own]
        return any(found) or not found

    def _has_word(self, word: str, text: str) -> bool:
        if word.lower() in text.lower() or named_in(word, text, self.language):
            return True
        return self.language not in ("en", "fr") and sounds_in(word, text, self.language)


def _most_telling(words: list[str], language: str) -> list[str]:
    """Of a name's words those that a translation cannot but keep, if there are any."""
    heard = [word for word in words if language == "fr" or can_be_heard(word)] or words
    return [word for word in heard if not is_common(word.lower())] or heard


def figures_part() -> Json:
    """What readings of numbers depend on besides English words, for a digest."""
    patterns = [pattern_part(each) for each in (_DIGITS, _GROUPED, _THOUSANDS, _MYRIADS)]
    units = [_UNITS, _TENS, _HUNDRED, READ_CHARACTERS]
    return [
        *patterns,
        bytes_digest(_FILE.read_bytes()),
        list(_DETERMINERS),
        units,
        dict(_OF_MYRIADS),
    ]


def figures_in(text: str) -> frozenset[int]:
    """The numbers of an English text, in digits or in words.

    >>> sorted(figures_in("3,400 people, three hundred dogs and a dozen eggs"))
    [3, 12, 100, 300, 3400]
    """
    return frozenset((*_digits_in(text), *_spelt(words_of(text))))


def _digits_in(text: str) -> frozenset[int]:
    plain = unicodedata.normalize("NFKC", text[:READ_CHARACTERS])
    whole = _THOUSANDS.sub("000", _GROUPED.sub("", plain))
    found = {int(each) for each in _DIGITS.findall(whole) if len(each) <= _TENS}
    for whole_part, decimals, sign in _MYRIADS.findall(whole):
        found.add(int(whole_part + decimals) * _OF_MYRIADS[sign] // 10 ** len(decimals))
    return frozenset(found)


def _spelt(words: list[str]) -> Iterator[int]:
    known, total = _words("en"), 0
    for word in words:
        value = known.get(word)
        if value is None:
            total = 0
            continue
        yield value
        if value >= _HUNDRED:
            total = max(1, total) * value
        elif value < _UNITS <= total:
            total += value
        else:
            total = value
        yield total


@cache
def _words(language: str) -> Mapping[str, int]:
    return {way: number for number, ways in _numbers()[language].items() for way in ways.split("|")}


@cache
def _counted(language: str, number: int) -> re.Pattern[str]:
    """A number in the words of a language, each from its beginning on where spaces part them."""
    ways = "|".join(map(re.escape, _ways(language, number))) or "(?!)"
    begins = "" if language == "zh" else _NOT_IN_A_WORD
    return re.compile(f"{begins}(?:{ways})")


def _ways(language: str, number: int) -> list[str]:
    return [way for way in _numbers()[language].get(number, "").split("|") if way]


@cache
def _numbers() -> Mapping[str, Mapping[int, str]]:
    loaded: Mapping[str, Mapping[int, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded


def _wanted_numbers(base: str) -> set[int]:
    """The numbers that must come back: digits, and from two to twelve those in words."""
    spelt = {_words("en").get(word, 0) for word in words_of(base) if word in _plain_words()}
    return set(_digits_in(base)) | {each for each in spelt if each in (*_DETERMINERS, _HUNDRED)}


@cache
def _plain_words() -> frozenset[str]:
    return frozenset(ways.split("|")[0] for ways in _numbers()["en"].values())


def _names(base: str) -> Iterator[tuple[str, ...]]:
    """The names of a base, each as its words; a capital at the head of a sentence is none."""
    text, last = straight(base), -1
    words: list[str] = []
    for found in _NAME.finditer(text):
        word = found[0]
        if word.lower() in _NO_NAMES:
            continue
        if words and text[last : found.start()].strip(".") != " ":
            yield tuple(words)
            words = []
        words.append(word)
        last = found.end()
    if words:
        yield tuple(words)
