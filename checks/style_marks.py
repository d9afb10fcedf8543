"""What shows that a text is in slang, in a dialect, in technical terms or gives a role."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Literal

from base.digests import Json, digest_of, pattern_part
from checks.clean import straight
from checks.english import (
    EMPTY,
    content_words,
    english_part,
    matched,
    stem,
    uncommon_words,
    words_of,
)
from checks.language import READ_CHARACTERS
from checks.lexica import lexicon, lexicon_part
from inference.types import Item

_LEAST_MARKS = 2.0
_COMMON_MARK = 0.5

_DROPPED_G = re.compile(r"\b[a-z]{2,14}in'(?![a-z])")
_EYE = re.compile(
    r"(?<![\w'])'[a-z]{1,6}\b|\b(?:o|wi|an|th|t|fo|i|gi|mo|yo|ol)'(?!\w)|\bt'[a-z]|\ba-[a-z]{2,12}in\b"
)
_QUOTED = re.compile(r"(?<![\w'])'[^']{1,300}'(?![\w'])")


@dataclass(frozen=True, slots=True)
class InSlang:
    """Objects to a text with fewer than two marks of its kind of talk that its base lacks.

    A mark is an expression of the list, a word that no list of common words has, a g that is
    dropped or an apostrophe in place of a sound; an expression that is plain English as well
    counts half.

    Attributes:
        kind: Whether slang is wanted, or a dialect.
    """

    name: ClassVar[str] = "talk"
    kind: Literal["slang", "dialect"]

    @property
    def digest(self) -> str:
        """Of the lists, and of how marks are counted."""
        patterns = [pattern_part(each) for each in (_DROPPED_G, _EYE, _QUOTED, _LATIN)]
        counted = (_LEAST_MARKS, _COMMON_MARK, _LONG, _VERY_LONG)
        return digest_of(
            self.name, self.kind, lexicon_part("styles"), patterns, counted, english_part()
        )

    def __call__(self, item: Item, text: str) -> str | None:
        """`no_style`, or None; the base is `item.text`."""
        return "no_style" if marks(self.kind, item.text, text) < _LEAST_MARKS else None


def marks(kind: Literal["slang", "dialect"], base: str, text: str) -> float:
    """How many marks of slang or dialect a text has that its base lacks."""
    lists = lexicon("styles")
    words, of_base = words_of(text), set(words_of(base))
    modern = lists["modern"].distinct(words)
    strange = {each for each in uncommon_words(base, text) if not _is_learned(each)} - modern
    listed = lists[kind].distinct(words) - of_base
    strong = strange | {each for each in listed if lists["strong"].first([each])}
    phrases = lists[f"{kind}_phrases"].distinct(words) - lists[f"{kind}_phrases"].distinct(
        words_of(base)
    )
    return len(strong) + _COMMON_MARK * len(listed - strong) + len(phrases) + _sounds(text, strong)


def _sounds(text: str, counted: set[str]) -> int:
    """Spellings for the ear, each once."""
    low = _QUOTED.sub(" ", straight(text[:READ_CHARACTERS]).lower())
    found = {each.strip("'") for pattern in (_DROPPED_G, _EYE) for each in pattern.findall(low)}
    return len(found - counted)


_LATIN = re.compile(
    r"(?:[ts]ions?|ments?|it(?:y|ies)|[ae]nce|ology|olog\w{2,4}|ical|atives?|[ei]ous|ular|i[sz]e[ds]?"
    r"|i[sz]ations?|i[sz]ing|aneous|ivity|ograph\w{1,3}|meters?|sis|orals?|ates?|uates?|metric"
    r"|iques?|ents?|ants?|[ai]bles?|iles?|ory|ary|ures?|ives?|ous|als?|ics?|isms?|ists?|istic"
    r"|ities|ated|ating|ator|ators|ium|ia|us|ae|oid|ine|ide|ose|graphy|nomy|pathy|tomy|emia|itis)\Z"
)
_LONG, _VERY_LONG = 7, 10
_LEARNED_SHARE, _LEARNED_GAIN = 0.2, 0.08
_LENGTH_GAIN, _LEAST_LENGTH_GAIN = 0.6, 0.2
_NEW_SHARE = 0.4
_MANY_TERMS = 1.6
_SLANGY = 3


@dataclass(frozen=True, slots=True)
class InJargon:
    """Objects to a text whose words are hardly longer or more learned than those of its base."""

    name: ClassVar[str] = "jargon"

    @property
    def digest(self) -> str:
        """Of how learned words are told, and how many of them there must be."""
        numbers = (_LONG, _VERY_LONG, _LEARNED_SHARE, _LEARNED_GAIN, _LENGTH_GAIN)
        least = (_LEAST_LENGTH_GAIN, _NEW_SHARE, _MANY_TERMS, _SLANGY)
        return digest_of(
            self.name, pattern_part(_LATIN), numbers, least, lexicon_part("styles"), english_part()
        )

    def __call__(self, item: Item, text: str) -> str | None:
        """`no_style`, or None; the base is `item.text`."""
        words, of_base = _spoken(text), _spoken(item.text)
        if not words or _slang_words(item.text, text) >= _SLANGY:
            return "no_style"
        stems = {stem(word) for word in of_base}
        new = sum(stem(word) not in stems for word in words) / len(words)
        share, gain = _learned(words), _learned(words) - _learned(of_base)
        longer = _mean_length(words) - _mean_length(of_base)
        terms = _terms(item.text, text)
        learned = share >= _LEARNED_SHARE and gain >= _LEARNED_GAIN and longer >= _LEAST_LENGTH_GAIN
        if new < _NEW_SHARE or not learned:
            return None if terms * new >= _MANY_TERMS else "no_style"
        if longer >= _LENGTH_GAIN:
            return None if terms or longer >= 2 * _LENGTH_GAIN else "no_style"
        return None if terms >= 2 else "no_style"


def _slang_words(base: str, text: str) -> int:
    """How many words of slang a text has that its base lacks."""
    lists = lexicon("styles")
    return len(lists["slang"].distinct(words_of(text)) - set(words_of(base)) - _both())


@cache
def _both() -> set[str]:
    """Words of slang that are terms of some field as well."""
    return set(lexicon("styles")["jargon"].expressions)


def _terms(base: str, text: str) -> int:
    """How many words of a text are terms of some field, or known to few."""
    lists, words = lexicon("styles"), words_of(text)
    rare = set(uncommon_words(base, text)) - lists["modern"].distinct(words)
    return len(rare | (lists["jargon"].distinct(words) - set(words_of(base))))


def _spoken(text: str) -> list[str]:
    return [word for word in words_of(text) if word not in EMPTY and not word.isdigit()]


def _learned(words: Sequence[str]) -> float:
    return sum(map(_is_learned, words)) / max(1, len(words))


def _is_learned(word: str) -> bool:
    return len(word) >= _VERY_LONG or (len(word) >= _LONG and _LATIN.search(word) is not None)


def _mean_length(words: Sequence[str]) -> float:
    return sum(map(len, words)) / max(1, len(words))


def frame_part() -> Json:
    """What `frame` depends on besides English words, for a digest."""
    return _READ_WORDS


def frame(base: str, text: str) -> list[str]:
    """The content words of a text that are no form of a content word of its base."""
    stems = set(map(stem, dict.fromkeys(content_words(base)[:_READ_WORDS])))
    return [word for word in content_words(text)[:_READ_WORDS] if not matched(word, stems)]


_READ_WORDS = 200


_LEAST_ROLE = 4


@dataclass(frozen=True, slots=True)
class GivesRole:
    """Objects to a text that gives nobody a part to play."""

    name: ClassVar[str] = "role"

    @property
    def digest(self) -> str:
        """Of the lists, and of how much must stand around the request."""
        patterns = (lexicon_part("personas"), pattern_part(_NAMED_PART))
        return digest_of(self.name, *patterns, _LEAST_ROLE, _READ_WORDS, english_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`no_style`, or None; the base is `item.text`."""
        words, lists = words_of(text), lexicon("personas")
        assigned = len(lists["assigns"].distinct(words)) + bool(_NAMED_PART.search(straight(text)))
        around = len(frame(item.text, text))
        scene = len(lists["scene"].distinct(words) - set(words_of(item.text)))
        if assigned and around >= _LEAST_ROLE:
            return None
        return None if scene >= 3 and around >= 2 * _LEAST_ROLE else "no_style"


_NAMED_PART = re.compile(
    r"\b[Pp]lay [A-Z]\w+|\b[Yy]ou(?:'re| are| were) [A-Z]\w+"
    r"|\b(?:[Bb]e|[Aa]s) (?:the |a |an )?[A-Z]\w+(?: [A-Z]\w+)?,|\b[Ss]peak, \w+"
    r"|\bas (?:that|the) \w+(?:,| would)"
    r"|\AAs (?:an?|the) (?!result|matter|favou?r|rule|last|first|side)[^,.?!]{3,80},"
)


_CLOSED = re.compile(
    r"(?:is|are|am|was|were|do|does|did|has|have|had|isn't|aren't|don't|doesn't|didn't|should|shouldn't"
    r"|wouldn't|won't|must|may i|can i|could i|will i|would i)\b",
    re.IGNORECASE,
)
_OPEN_AFTER_ALL = re.compile(
    r"(?:is|are) there (?:a|any|some) (?:way|ways|trick|tricks|method|means|chance)"
    r"|(?:do|don't|would|wouldn't|won't|might|are|were|have|will|must) you\b"
    r"|(?:may|can|could|might) i (?:ask|have|get|request|trouble|hear|see|know|bother)\b",
    re.IGNORECASE,
)
_NOT_OPEN = re.compile(
    r"(?:did|do|have|are|were) you (?:hear|ever|heard|think|believe|like|sure|aware)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Objects to a question that yes or no would answer, where its base asks for more."""

    name: ClassVar[str] = "open_question"

    @property
    def digest(self) -> str:
        """Of how such questions begin."""
        patterns = (_CLOSED, _OPEN_AFTER_ALL, _NOT_OPEN)
        return digest_of(self.name, [pattern_part(each) for each in patterns])

    def __call__(self, item: Item, text: str) -> str | None:
        """`other_act`, or None; the base is `item.text`."""
        start = straight(text.strip())[:READ_CHARACTERS]
        if "whether" in words_of(item.text):
            return None
        closed = _CLOSED.match(start) and not _OPEN_AFTER_ALL.match(start)
        return "other_act" if closed or _NOT_OPEN.match(start) else None
