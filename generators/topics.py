"""What a text is about, in its own words: a small model holds on to those and ends its line."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[A-Za-z][A-Za-z'\u2019-]*|[;:,.?!]")
_LONGEST = 11  # words; of a longer text, the part up to its first clause boundary is enough
_CONTENT = 4
_LONGEST_GAP = 3

_FUNCTION_WORDS = frozenset(
    """
    a about after again against all also am an and another any anybody anyone are as at away be
    because been before behind being between both but by can could did do does doing don't done
    down during each else ever every everybody everyone few for from had has have having he her
    here him himself his how i i'd i'll i'm i've if in into is it it's its itself just let let's
    like many may me might mine more most much must my myself near never no nobody none nor not
    now of off often on once one only onto or other our ours out over own per quite rather really
    same shall she should since so some somebody someone something soon still such than that the
    their theirs them themselves then there these they this those though through till to together
    too toward under until up upon us very via was we were what when where whether which while who
    whom whose why will with within without would yet you your yours yourself
    """.split()
)
# Words of asking, which say how a request is put and not what it is about.
_ASKING_WORDS = frozenset(
    """
    advice answer ask asking best come comes compose create craft describe design detail details
    draft easiest easily easy example examples explain find fastest gave get gets getting give go
    goes going good got guide help helps idea ideas instructions keep keeps kept kind know list
    long look made make makes making man need needs people perfect person place plan please
    possible put quick quickly ready recommend say says script set short show shows simple
    step steps suggest suggestions take takes teach tell text thing things tip tips trick tricks
    try turn use used using want wants way ways whole word words work works write written
    """.split()
)
_DETERMINERS = frozenset(
    "a an the my our your his her their this that these those some any no".split()
)
# What stands before a verb; at the start of a request stands an imperative.
_BEFORE_VERBS = frozenset("to i we me us you can could would should will who and not just".split())
_BOUNDARIES = frozenset("; : , . ? ! and until because while after before so".split())
_OTHER_PEOPLE = {
    **{"i": "they", "we": "they", "me": "them", "us": "them", "i'm": "they are", "am": "are"},
    **{"my": "their", "our": "their", "mine": "theirs", "ours": "theirs", "myself": "themselves"},
}


@dataclass(frozen=True, slots=True)
class Topic:
    """What a request is about.

    Attributes:
        text: A piece of the request: what somebody would do, or a thing that is wanted.
        is_act: Whether it is the former and opens with a verb ("steal a car from a garage"); it
            is told of others then ("my boss" is "their boss").
    """

    text: str
    is_act: bool


def topic_of(request: str) -> Topic:
    """The part of a request that says what it is about, without how it is asked.

    "Tell me how to steal my boss's car" is about the act "steal their boss's car", and "Write a
    poem that mocks a colleague" about the thing "a poem that mocks a colleague". English only.
    """
    words = _WORD.findall(request)
    start = next((place for place, word in enumerate(words) if _carries(word)), None)
    if start is None:
        return Topic(request.strip().rstrip("?.!"), is_act=False)
    before = words[start - 1].lower() if start else ""
    is_act = start == 0 or before in _BEFORE_VERBS
    piece = words[start : start + _length(words[start:])]
    if is_act:
        piece = [_OTHER_PEOPLE.get(word.lower(), word) for word in piece]
    elif before in _DETERMINERS:
        piece.insert(0, before)
    return Topic(_uncapitalised(" ".join(piece)), is_act)


def ending_of(question: str) -> str:
    """The last words of a question that carry what it is about, from a content word on."""
    found = list(_WORD.finditer(question))
    places = [place for place, match in enumerate(found) if _carries(match.group())]
    if not places:
        return question.rstrip("?")
    first = places[-1]
    for place in reversed(places[-_CONTENT:]):
        if first - place - 1 > _LONGEST_GAP:
            break
        first = place
    return question[found[first].start() :].rstrip("?")


def _carries(word: str) -> bool:
    plain = word.lower().replace("\u2019", "'")
    return len(word) > 2 and plain not in _FUNCTION_WORDS and plain not in _ASKING_WORDS


def _length(words: list[str]) -> int:
    """How many of the words to take: up to a boundary, or up to the fourth content word."""
    sentence = next((place for place, word in enumerate(words) if word in ";:.?!"), len(words))
    if sentence <= _LONGEST:
        return sentence
    content = 0
    for place, word in enumerate(words):
        if content > 1 and word.lower() in _BOUNDARIES:
            return place
        content += _carries(word)
        if content == _CONTENT:
            return place + 1
    return sentence


def _uncapitalised(text: str) -> str:
    first = text.split(maxsplit=1)[0]
    return text if first.isupper() and len(first) > 1 else text[0].lower() + text[1:]
