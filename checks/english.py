"""English words as checks compare them: their stems, and which of them everybody knows."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from pathlib import Path
from typing import ClassVar

import yaml

from base.digests import Json, bytes_digest, digest_of, pattern_part
from checks.clean import quotes_part, straight
from checks.language import READ_CHARACTERS, WrittenIn
from inference.types import Item

_FOLDER = Path(__file__).parent / "data"
_KNOWN, _KINDRED = _FOLDER / "english_words.txt", _FOLDER / "kindred"
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

EMPTY = frozenset(
    "a an the this that these those of to in on at for from by with without and or but so as is "
    "are was were be been being am do does did done doing have has had having i me my mine myself "
    "you your yours yourself he him his himself she her hers herself it its itself we us our ours "
    "they them their theirs one ones who whom whose which what where when why how whether not no "
    "any some every each all both either neither out up off over into onto upon than then there "
    "here if because while since though although can cannot could will would shall should may "
    "might must let lets get gets got getting make makes made making own just only also very more "
    "most much many such too about after before again against between during through under until "
    "please kindly thing things something somebody someone anybody anyone nobody nothing way ways "
    "i'm i'd i'll i've it's that's don't didn't doesn't can't won't isn't aren't wasn't you're "
    "he's she's they're we're who's what's how's where's there's let's".split()
)
"""Words that say nothing of what a request is about."""

ACTS = frozenset(
    "write explain tell list plan draft describe find help argue convince recommend decide "
    "suggest show give say name draw put set compose create produce provide".split()
)
"""Verbs with which something is asked for."""

_ENDINGS = ("ings", "ing", "in", "ied", "ies", "ed", "es", "er", "ly", "s", "e", "y")
_VOWELS = "aeiou"
_STEM = 6
_LEAST_STEM = 3
_SAME_START, _SAME_LETTERS = 4, 0.7


_OF_COMMON = ("s", "es", "ed", "ing", "er", "ly", "ness", "n't", "'ll", "'re", "'d", "'ve")
_CAPITAL = re.compile(r"(?<=[\w,;:'\")] )[A-Z][^\W_]+")


@cache
def english_part() -> Json:
    """What this module's readings depend on, for a digest."""
    files = [bytes_digest(each.read_bytes()) for each in (_KNOWN, *_groups_of_words())]
    lists = [sorted(EMPTY), sorted(ACTS), list(_ENDINGS), list(_OF_COMMON)]
    numbers = [_STEM, _LEAST_STEM, _SAME_START, _SAME_LETTERS, READ_CHARACTERS]
    return [
        *files,
        *lists,
        numbers,
        _VOWELS,
        pattern_part(_WORD),
        pattern_part(_CAPITAL),
        quotes_part(),
    ]


def words_of(text: str) -> list[str]:
    """A text's words in lower case, with straight apostrophes.

    >>> words_of("Don't take half-baked ones.")
    ["don't", 'take', 'half', 'baked', 'ones']
    """
    return _WORD.findall(straight(text[:READ_CHARACTERS]).lower())


def word_starts(text: str) -> list[int]:
    """Where each of `words_of` begins in a text."""
    return [found.start() for found in _WORD.finditer(straight(text[:READ_CHARACTERS]))]


def stem(word: str) -> str:
    """What a word has in common with its other forms: at most six letters.

    >>> stem("neighbours"), stem("neighbor"), stem("waters")
    ('neighb', 'neighb', 'wat')
    """
    bare = word.removesuffix("'s").replace("'", "")
    if len(bare) > _STEM - 1:
        bare = bare.replace("our", "or")
    for ending in _ENDINGS:
        left = bare.removesuffix(ending)
        if left != bare and len(left) >= _LEAST_STEM and (ending != "y" or left[-1] not in _VOWELS):
            bare = left
            break
    if len(bare) > _LEAST_STEM and bare[-1] == bare[-2]:
        bare = bare[:-1]  # "rigging" is a form of "rig"
    return bare[:_STEM]


def content_words(text: str) -> list[str]:
    """The words that say what a text is about."""
    return [word for word in words_of(text) if is_content(word)]


def is_content(word: str) -> bool:
    """Whether a word says what a text is about."""
    return word not in EMPTY and word not in ACTS and not word.isdigit()


def matched(word: str, others: Collection[str]) -> bool:
    """Whether a word, or one of its kindred, is among the stems of a text.

    Args:
        word: A word in lower case.
        others: The stems of the text.
    """
    own = stem(word)
    return any(_alike(own, other) for other in others) or akin(word, others)


def akin(word: str, others: Collection[str]) -> bool:
    """Whether the stem of a word, or that of one of its kindred, is among those of a text."""
    if stem(word) in others:
        return True
    return any(
        other in group or _long_start(other, group)
        for group in _kindred_of(word)
        for other in others
    )


@lru_cache(maxsize=1 << 16)
def _alike(own: str, other: str) -> bool:
    if own[:_SAME_START] == other[:_SAME_START]:
        return True
    if len(own) < _SAME_START or len(other) < _SAME_START or set(own).isdisjoint(other):
        return False
    return SequenceMatcher(None, own, other, autojunk=False).ratio() >= _SAME_LETTERS


def _long_start(other: str, group: Collection[str]) -> bool:
    return len(other) > _SAME_START and other[: _SAME_START + 1] in group


def _kindred_of(word: str) -> tuple[frozenset[str], ...]:
    return _kindred().get(stem(word), ())


@cache
def _kindred() -> dict[str, tuple[frozenset[str], ...]]:
    """The groups that each stem is in."""
    groups: dict[str, tuple[frozenset[str], ...]] = {}
    for path in _groups_of_words():
        for line in yaml.safe_load(path.read_text(encoding="utf-8")):
            group = frozenset(map(stem, str(line).replace("-", " ").split()))
            for each in group:
                groups[each] = (*groups.get(each, ()), group)
    return groups


def _groups_of_words() -> list[Path]:
    """The files of kindred words, one a register."""
    return sorted(_KINDRED.glob("*.yaml"))


def is_common(word: str) -> bool:
    """Whether a word is one of the forty thousand that everybody knows, or a form of one."""
    known = _common()
    bare = word.removesuffix("'s")
    if bare in known:
        return True
    return any(
        bare.endswith(ending)
        and (bare.removesuffix(ending) in known or bare.removesuffix(ending) + "e" in known)
        for ending in _OF_COMMON
    )


@cache
def _common() -> frozenset[str]:
    return frozenset(_KNOWN.read_text(encoding="utf-8").split())


_LEAST_COMMON = 0.4


@dataclass(frozen=True, slots=True)
class ReadsAsEnglish:
    """Objects to a text in another language; a dialect that CLD2 takes for one passes.

    Where two fifths of its words are common English ones, it is English however it is spelt.
    """

    name: ClassVar[str] = "reads_as_english"

    @property
    def digest(self) -> str:
        """Of how languages are told, and of the words."""
        return digest_of(self.name, WrittenIn("en").digest, _LEAST_COMMON, english_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`wrong_script`, `wrong_language`, or None."""
        reason = WrittenIn("en")(item, text)
        words = words_of(text)
        common = sum(map(is_common, words)) / max(1, len(words))
        return None if reason == "wrong_language" and common >= _LEAST_COMMON else reason


def uncommon_words(base: str, text: str) -> list[str]:
    """The words of a text that few people know and its base lacks; names are looked over."""
    known = set(words_of(base))
    capitals = _mid_sentence_names(text)
    return [
        word
        for word in words_of(text)
        if word not in known
        and word not in capitals
        and not any(letter.isdigit() for letter in word)
        and not is_common(word)
    ]


def _mid_sentence_names(text: str) -> set[str]:
    return {each.lower() for each in _CAPITAL.findall(straight(text[:READ_CHARACTERS]))}
