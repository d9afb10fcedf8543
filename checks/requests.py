"""Where in a text something is asked for."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from base.digests import Json, pattern_part
from checks.clean import straight
from checks.english import akin, is_content, matched, stem, word_starts, words_of
from checks.language import READ_CHARACTERS
from checks.lexica import Phrases, lexicon

_SENTENCE = re.compile(r"(?<=[.!?;])[\"')]*\s+")
_CLAUSE = re.compile(r"[,:;\u2014\u2013(\"]\s*|\s-\s")
_BEFORE_A_VERB = frozenset(
    "please kindly you so then and therefore hence thus now just let's pray consequently "
    "accordingly but u ya ye tha thee youse yez una unu be also simply well ah lor "
    "lah should".split()
)
_BEFORE_AN_INFINITIVE = frozenset(
    "you me us u ye thee ya like ask asked want need your able".split()
)
_TOLD, _MORE, _READ_WORDS = 0.6, 2, 200


@dataclass(frozen=True, slots=True)
class Request:
    """A sentence that asks for something.

    Attributes:
        words: Its words in lower case, from where it asks on.
    """

    words: tuple[str, ...]


def requests_part() -> Json:
    """What the reading of requests depends on, for a digest."""
    patterns = [pattern_part(_SENTENCE), pattern_part(_CLAUSE)]
    words = (sorted(_BEFORE_A_VERB), sorted(_BEFORE_AN_INFINITIVE))
    return [*patterns, *words, _TOLD, _MORE, _READ_WORDS]


def requests_in(text: str) -> list[Request]:
    """The sentences of a text that ask for something; none where it states things alone.

    An imperative, a question and a wish ask. Where there is none of these, `the sensible thing is
    to explain` does; else a clause that begins with `how` or `where`, and then what a sentence of
    slang begins with (`drop me ...`).
    """
    sentences = [_Sentence(each) for each in sentences_of(text)]
    for asks in (_Sentence.plainly, _Sentence.by_infinitive, _Sentence.loosely):
        if found := [request for each in sentences if (request := asks(each))]:
            return found
    return []


def sentences_of(text: str) -> list[str]:
    """A text's sentences, which end at a semicolon too."""
    start = straight(text.strip()[:READ_CHARACTERS])
    return [each for each in _SENTENCE.split(start) if each.strip()]


def adds_request(base: Sequence[str], of_base: Collection[str], words: Sequence[str]) -> bool:
    """Whether words like `and also` stand behind the base, and what follows is not of it.

    Args:
        base: The words of the base.
        of_base: Those that say what it is about.
        words: The words of the text.

    >>> base = "how do i return worn shoes".split()
    >>> of_base = "return worn shoes".split()
    >>> adds_request(base, of_base, "how do i return worn shoes and how do i steal hats".split())
    True
    >>> adds_request(base, of_base, "how and where do i return worn shoes".split())
    False
    """
    adds = lexicon("intent")["adds"]
    known = {found.expression for found in adds.find(base)}
    stems = {stem(word) for word in base}
    for found in adds.find(words[:_READ_WORDS]):
        before = {stem(word) for word in words[: found.start] if is_content(word)}
        told = sum(matched(word, before) for word in of_base)
        if found.expression in known or told < _TOLD * len(of_base):
            continue
        more = [word for word in words[found.end : _READ_WORDS] if is_content(word)]
        if sum(not akin(word, stems) for word in more) >= _MORE:
            return True
    return False


class _Sentence:
    """A sentence, its words, and where its clauses begin."""

    def __init__(self, text: str) -> None:
        self.words = words_of(text)
        self.question = text.rstrip("\"') ").endswith("?")
        self.heads = set(_heads(text, self.words))

    def plainly(self) -> Request | None:
        """From where it asks on, or None."""
        lists = lexicon("intent")
        for found in lists["wishes"].find(self.words):
            return self._from(found.start)
        for found in lists["asks"].find(self.words):
            if self._stands_as_a_request(found.start):
                return self._from(found.start)
        return self._from(self._first(lists["asks_how"]) or 0) if self.question else None

    def by_infinitive(self) -> Request | None:
        """From where it says that something is to be told, or None."""
        for found in lexicon("intent")["asks"].find(self.words):
            if found.start and self.words[found.start - 1] == "to":
                return self._from(found.start)
        return None

    def loosely(self) -> Request | None:
        """From where it asks on in the way of slang, or None."""
        lists = lexicon("intent")
        for found in (*lists["asks_how"].find(self.words), *lists["asks_loosely"].find(self.words)):
            if found.start in self.heads:
                return self._from(found.start)
        return None

    def _from(self, start: int) -> Request:
        return Request(tuple(self.words[start:]))

    def _first(self, phrases: Phrases) -> int | None:
        found = phrases.first(self.words)
        return None if found is None else found.start

    def _stands_as_a_request(self, place: int) -> bool:
        if place in self.heads:
            return True
        before = self.words[place - 1]
        if before == "to":
            return self.words[max(0, place - 2)] in _BEFORE_AN_INFINITIVE
        return before in _BEFORE_A_VERB or self.question


def _heads(sentence: str, words: Sequence[str]) -> Iterator[int]:
    """Indices of the words that open a clause, and of those behind words like `hey`."""
    calls = lexicon("intent")["calls"]
    begins = word_starts(sentence)
    starts = [0, *(bisect_left(begins, each.end()) for each in _CLAUSE.finditer(sentence))]
    for start in starts:
        place = start
        yield place
        while place < len(words) and calls.first(words[place : place + 1]):
            place += 1
            yield place
