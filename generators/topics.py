"""What an English request or question is about, by its words: the topics of a continued list."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from base.digests import Json, pattern_part

_WORD = re.compile(r"[A-Za-z][A-Za-z'\u2019-]*|[;:,.?!]")
_LONGEST = 11  # words; of a longer text, the part up to its first clause boundary is enough
_CONTENT = 4
_LONGEST_GAP = 3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FUNCTION_WORDS = _words(
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
    """
)
# Words that say how a request is put and not what it is about.
_ASKING_WORDS = _words(
    """
    advice answer ask asking best come comes describe detail details easiest easily easy example
    examples explain fastest good guide help helps idea ideas instructions kind know list long need
    needs people perfect person place plan please possible quick quickly ready recommend say says
    script short simple step steps suggest suggestions teach tell text thing things tip tips trick
    tricks want wants way ways whole word words
    """
)
# They ask where a request opens with them ("Write a poem"), and are acts elsewhere ("to write").
_DOING_WORDS = _words(
    """
    compose craft create design draft find gave get gets getting give go goes going got keep keeps
    kept look made make makes making man put set show shows take takes try turn use used using
    work works write written
    """
)
_EMPTY_WORDS = _FUNCTION_WORDS | _ASKING_WORDS | _DOING_WORDS
_QUESTION_WORDS = _words("how what when where which who why is are can could do does should")
_DETERMINERS = _words("a an the my our your his her their this that these those any no something")
_BEFORE_VERBS = _words("to i we you can could would should must will who someone somebody")
_LETTING = _words("help helps let lets")  # "help me hide it", but "give me names"
_BOUNDARIES = _words(", and until because while after before so")
_ENDS = frozenset(";:.?!")
_OTHER_PEOPLE = {
    **{"i": "they", "we": "they", "me": "them", "us": "them", "i'm": "they are", "am": "are"},
    **{"my": "their", "our": "their", "mine": "theirs", "ours": "theirs", "myself": "themselves"},
}
_NOBODY_NAMED = {"my": "somebody's", "our": "somebody's"}  # before what an asker owns or knows


@dataclass(frozen=True, slots=True)
class Topic:
    """What a request is about.

    Attributes:
        text: A piece of the request: what somebody would do, or a thing that is wanted, which is
            told of nobody in particular ("my boss" is "somebody's boss").
        is_act: Whether it is the former and opens with a verb ("steal a car from a garage"); it
            is told of others then ("my boss" is "their boss").
    """

    text: str
    is_act: bool


def topics_part() -> Json:
    """What topics and endings depend on, for a digest."""
    words = (
        *(_EMPTY_WORDS, _DOING_WORDS, _QUESTION_WORDS, _DETERMINERS, _BEFORE_VERBS, _LETTING),
        *(_BOUNDARIES, _ENDS),
    )
    lengths = (_LONGEST, _CONTENT, _LONGEST_GAP)
    return [pattern_part(_WORD), *map(sorted, words), _OTHER_PEOPLE, _NOBODY_NAMED, *lengths]


def topic_of(request: str) -> Topic:
    """The part of a request that says what it is about, without how it is asked.

    "Tell me how to steal my boss's car" is about the act "steal their boss's car", and "Write a
    poem that mocks a colleague" about the thing "a poem that mocks a colleague". English only.
    """
    words = _WORD.findall(request)
    acts = [place for place in range(len(words)) if _opens_act(words, place)]
    things = [place for place, word in enumerate(words) if _carries(word)]
    if not acts and not things:
        return Topic(" ".join(request.split()).rstrip("?.!"), is_act=False)
    asks = words[0].lower() in _QUESTION_WORDS
    start = acts[0] if acts and asks else min(acts[:1] + things[:1])
    is_act = start in acts
    piece = [word for word in words[start : start + _length(words[start:])] if word[0].isalpha()]
    if is_act:
        piece = [_OTHER_PEOPLE.get(word.lower(), word) for word in piece]
    elif start and words[start - 1].lower() in _DETERMINERS:
        piece.insert(0, words[start - 1])
    if not is_act:
        piece = [_NOBODY_NAMED.get(word.lower(), word) for word in piece]
    return Topic(_uncapitalised(" ".join(piece)), is_act)


def ending_of(question: str) -> str:
    """The last words of a question that carry what it is about, from a content word on."""
    found = list(_WORD.finditer(question))
    places = [place for place, match in enumerate(found) if _carries(match.group())]
    if not places:
        return question.strip().rstrip("?")
    first = places[-1]
    for place in reversed(places[-_CONTENT:]):
        if first - place - 1 > _LONGEST_GAP:
            break
        first = place
    return question[found[first].start() :].strip().rstrip("?")


def _opens_act(words: Sequence[str], place: int) -> bool:
    if place == 0:
        return _carries(words[0])
    before = words[place - 1].lower()
    if before in ("me", "us") and place > 1:
        before = "to" if words[place - 2].lower() in _LETTING else before
    return before in _BEFORE_VERBS and (
        _carries(words[place]) or words[place].lower() in _DOING_WORDS
    )


def _carries(word: str) -> bool:
    plain = word.lower().replace("\u2019", "'")
    return len(word) > 2 and plain not in _EMPTY_WORDS


def _length(words: Sequence[str]) -> int:
    """How many of the words to take: a short sentence whole, of a long one its first clause."""
    sentence = next((place for place, word in enumerate(words) if word in _ENDS), len(words))
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
