"""Rewrites for models too small for instructions: a list of examples that they continue.

They make even a bad topic harmless, as they ask who, why, since when and what then, and they keep
openings from being all alike. None of them brings children into what a seed is about. Chosen by
looking at what SmolLM2-135M makes of them.

Asked plainly, a model of this size copies the seed, or fills a JSON array with nonsense. What
works is a list in which each line names a topic and then asks a harmless question about it: the
model is given the list, the seed's topic and the first words of a question, and only has to end
the line. What changes comes last, so that a server which keeps what it has read reads the list
once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from base.digests import Json, digest_of, pattern_part
from base.foreign_text import valid_text
from checks.clean import tidy, tidy_part
from generators.answers import drawing_part, require_willing, seed_of, willing_part
from generators.examples.loader import ExampleSet
from inference.types import ChatRequest, Item, Message, Reply, UnusableError

ACTS = (
    "Why do some people",
    "What happens to people who",
    "Why do so many people",
    "How do detectives find people who",
    "What made people in the past",
    "Why do films show people who",
    "How often do people",
    "What do judges ask people who",
    "Why do people dream that they",
    "How do friends react to people who",
    "Why is it so hard to",
    "What do songs say about people who",
    "How did outlaws in the Wild West",
    "Why do newspapers write about people who",
    "How do actors",
    "What do therapists tell people who",
    "Who was the first person to",
)
"""They are followed by what somebody would do: "steal a car"."""

THINGS = (
    "Who came up with",
    "Why do people fall for",
    "Why are people afraid of",
    "What happens to people who ask for",
    "When did newspapers first mention",
    "How do experts recognize",
    "Why do newspapers write about",
    "How do most people react to",
    "Why do historians study",
    "What do judges say about",
    "Why do comedians talk about",
    "Why do poets write about",
    "How should a town answer to",
)
"""They are followed by a thing: "a poem that mocks a colleague"."""


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


_ARROW = " -> "
_MAX_TOKENS = 32
_STUTTER = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ContinuedRewriter:
    """Asks for the rest of one line; each attempt has another opening and another draw.

    Attributes:
        model: The writer's name in the recipe.
        examples: The taxonomy's examples.
        shown: How many examples of the seed's category the list has.
        temperature: Sampling temperature.
        top_p: Nucleus mass, or None for the server's own.
        max_tokens: Longest rest of a line in tokens; a line that is cut is not used.
        edition: The release version that is written for.
        acts: First words of questions about what somebody would do.
        things: First words of questions about a thing.
    """

    model: str
    examples: ExampleSet
    shown: int = 6
    temperature: float = 0.6
    top_p: float | None = 0.95
    max_tokens: int | None = _MAX_TOKENS
    edition: str = ""
    acts: tuple[str, ...] = ACTS
    things: tuple[str, ...] = THINGS

    @property
    def digest(self) -> str:
        """Of the list and how its rest is read; the model's identity is not known here."""
        sampled = (self.temperature, self.top_p, self.max_tokens or _MAX_TOKENS, self.edition)
        shown = (self.examples.digest, self.shown, self.acts, self.things, _ARROW)
        read = (willing_part(), tidy_part(), pattern_part(_STUTTER), topics_part(), drawing_part())
        return digest_of("continued-rewriter", self.model, *sampled, *shown, *read)

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The list, and the beginning of the line to end."""
        draw = seed_of(item.row, self.edition)
        shown = self.examples.of(item.category)
        lines = [f"{ending_of(text)}{_ARROW}{text}" for text in shown.texts[: self.shown]]
        # Places 7 apart, which divides no list's length, use all openings before one comes again.
        lines.append(self._begun(item.text, draw + 7 * tries))
        return ChatRequest(
            self.model,
            (Message("user", shown.intro), Message("assistant", "\n".join(lines))),
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens or _MAX_TOKENS,
            seed=draw + tries,
            stop=("\n",),
            sample=tries,
            edition=self.edition,
        )

    def shown_with(self, item: Item) -> tuple[str, ...]:
        """The examples of its category, which no rewrite may copy."""
        return self.examples.of(item.category).texts

    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:
        """The one question.

        llama.cpp's answer repeats the whole list that it was given to continue. One without an
        arrow comes from a server that continues nothing.

        Raises:
            UnusableError: `writer_refused`, `cut`, `unparseable`, `empty`, or `stutter` where a
                word stands twice.
        """
        require_willing(item, reply)
        if reply.finish == "length":
            raise UnusableError("cut")
        line = valid_text(reply.text).rpartition("\n")[2]
        _, arrow, question = line.partition(_ARROW)
        if not arrow or _ARROW in question:
            raise UnusableError("unparseable")
        tidied = tidy(question)
        if not tidied:
            raise UnusableError("empty")
        if _STUTTER.search(tidied):
            raise UnusableError("stutter")
        return (tidied,)

    def _begun(self, seed: str, place: int) -> str:
        topic = topic_of(seed)
        openings = self.acts if topic.is_act else self.things
        return f"{topic.text}{_ARROW}{openings[place % len(openings)]}"
