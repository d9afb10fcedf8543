"""Models that write: rewrites of a seed, and seeds of a category, broken as often as asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import orjson

from tests.servers import sentences
from tests.servers.chance import draw, share
from tests.servers.chat import Answer, Body, prefix_of, question_of, schema_of
from tests.servers.schemas import as_asked, conform, texts_property

_QUOTED = re.compile(r"[\"“]([^\"“”\n]{8,})[\"”]")
_LABEL = re.compile(r"^\s*(?:[-*]|\d+[.)]|[A-Z][\w -]{0,24}:)\s*")
_CATEGORY = re.compile(rf"\b(?:{'|'.join(sentences.SEEDS)})\b")
_CALLED = re.compile(rf"\bcategory\b\W{{0,4}}({'|'.join(sentences.SEEDS)})\b")
_NUMBERED = re.compile(r"(\d+)[.)][^\n]*$")
_STRETCH = 4
_STOP = frozenset(
    "about after away before could does easiest everybody find from have help into make over should"
    " some somebody someone tell that their them there these they this want what when where which"
    " with without would your".split()
)
_AVOIDED = re.compile(r"safe|legal|law|harm|ethic|moral|danger|malic|appropr|respons|legit|fict")


@dataclass(frozen=True, slots=True)
class Writer:
    """Rewrites the seed that it finds in the question as harmless questions about its topic.

    With a JSON schema the texts go into its first array of strings, otherwise into a numbered
    list. The same body gives the same texts; any change of it (seed, temperature) gives others.

    Attributes:
        number: How many texts, where the schema does not say.
        tail: Share of texts that end in a disclaimer.
        copy: Share of texts that repeat the seed.
        unparseable: Share of replies that are cut off in the middle of their JSON.
        refused: Share of replies that decline, in the `refusal` field.
    """

    number: int = 5
    tail: float = 0.0
    copy: float = 0.0
    unparseable: float = 0.0
    refused: float = 0.0

    def __call__(self, body: Body) -> Answer:
        """Writes as many texts as are wanted."""
        if share("refused", body) < self.refused:
            return Answer(None, refusal="I am sorry, I cannot help with that.")
        rng = draw("writer", body)
        seed = seed_in(question_of(body))
        wanted = _wanted(body, self.number)
        content = _laid_out(body, [self._text(seed, rng) for _ in range(wanted)], rng)
        if share("unparseable", body) < self.unparseable:
            content = content[: len(content) // 2]
        return Answer(content)

    def _text(self, seed: str, rng: Random) -> str:
        fate, text = rng.random(), sentences.rewrite(topic_of(seed, rng), rng)
        if fate < self.copy:
            return seed
        return text + rng.choice(sentences.TAILS) if fate < self.copy + self.tail else text


@dataclass(frozen=True, slots=True)
class SeedWriter:
    """Writes seeds of the category that the question names.

    Attributes:
        number: How many seeds, where the schema does not say.
        supply: How many different seeds a category has before the model has run dry.
    """

    number: int = 20
    supply: int = 100_000

    def __call__(self, body: Body) -> Answer:
        """Writes as many seeds as are wanted."""
        rng = draw("seeds", body)
        category = category_in(question_of(body))
        picks = [rng.randrange(self.supply) for _ in range(_wanted(body, self.number))]
        texts = [sentences.seed(category, draw("seed", category, pick)) for pick in picks]
        return Answer(_laid_out(body, texts, rng))


def seed_in(question: str) -> str:
    """The seed in a rewrite prompt.

    That is the last line, less its label and quotes, where it looks like a seed (labelled, quoted
    or a question); else the last quoted passage; else the last line as it is.
    """
    lines = [line.strip() for line in question.splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    quoted = _QUOTED.findall(last)
    bare = _LABEL.sub("", last)
    if not quoted and bare == last and not last.endswith("?"):
        quoted = _QUOTED.findall(question)
    return str(quoted[-1]) if quoted else bare


def category_in(question: str) -> str:
    """The category that a prompt calls so, else the one it names most often."""
    text = question.lower()
    called = _CALLED.findall(text)
    named = _CATEGORY.findall(text)
    if called:
        return str(called[-1])
    return max(named, key=named.count) if named else "unethical"


def topic_of(seed: str, rng: Random) -> str:
    """A stretch of the seed's telling words, less those that style rules forbid a rewrite."""
    words = [word.lower() for word in re.findall(r"[^\W\d_]{4,}", seed)]
    telling = [word for word in words if word not in _STOP and not _AVOIDED.search(word)]
    start = rng.randint(0, max(0, len(telling) - _STRETCH))
    return " ".join(telling[start : start + _STRETCH]) or "the weather"


def _wanted(body: Body, number: int) -> int:
    found = texts_property(schema_of(body) or {})
    if found is None:
        return number
    limits: Mapping[str, Any] = found[1]
    return int(min(max(number, limits.get("minItems", 0)), limits.get("maxItems", number)))


def _laid_out(body: Body, texts: Sequence[str], rng: Random) -> str:
    schema = schema_of(body)
    if schema is None:
        return _numbered(texts, prefix_of(body))
    found = texts_property(schema)
    value = conform(schema, rng)
    if found is not None:
        value[found[0]] = as_asked(found[1], texts, rng)
    return orjson.dumps(value).decode()


def _numbered(texts: Sequence[str], prefix: str) -> str:
    """A numbered list, or the rest of the one that the prefix begins."""
    begun = _NUMBERED.search(prefix)
    if begun is None:
        return "\n".join(f"{place}. {text}" for place, text in enumerate(texts, 1))
    first = int(begun[1])
    rest = [f"{place}. {text}" for place, text in enumerate(texts[1:], first + 1)]
    return "\n".join([f" {texts[0]}", *rest])
