"""The act that a request is about: what it wants to know how to do."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from base.digests import Json
from checks.english import ACTS, EMPTY, is_content, matched, stem
from checks.lexica import lexicon, lexicon_part

_FAR = 4
_SLOT = 8
_ARTICLES = ("a", "an", "the")


class Act(NamedTuple):
    """An act, and where it stands.

    Attributes:
        word: The verb.
        place: Its index among the words of the text.
    """

    word: str
    place: int


def act_part() -> Json:
    """What this depends on, for a digest."""
    return [lexicon_part("acts"), _FAR, _SLOT, [*_ARTICLES]]


def act_of(words: Sequence[str]) -> Act | None:
    """The first act that a request asks the way to; None where it asks for a text.

    >>> act_of("explain how to slip past the guard".split())
    Act(word='slip', place=3)
    >>> act_of("write a fake review".split()) is None
    True
    """
    lists = lexicon("acts")
    for found in lists["ways"].find(words):
        for place in range(found.end, min(len(words), found.end + _FAR)):
            word = words[place]
            if is_content(word) and not lists["before_act"].first([word]):
                return Act(word, place)
    return None


def governed(base: Sequence[str], core: Sequence[str]) -> str | None:
    """The verb that makes another request of what the base asks, or None.

    After `how` and the like stands what is asked; where a verb that the base lacks stands there
    before the first word of the base, that is done to it: `how to spot someone who cheats`.
    """
    lists = lexicon("acts")
    stems = {stem(word) for word in base}
    for found in lists["ways"].find(core):
        for place in range(found.end, min(len(core), found.end + _SLOT)):
            word = core[place]
            if word in EMPTY or lists["between"].first([word]):
                continue
            if stem(word) in stems or matched(word, _content(base)):
                break
            described = place and core[place - 1] in _ARTICLES and word.endswith(("ed", "er"))
            if lists["governs"].first([word]) and not described:
                return word
    return None


def _content(base: Sequence[str]) -> Collection[str]:
    return {stem(word) for word in base if is_content(word) or word in ACTS}
