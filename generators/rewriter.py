"""Rewrites by models that follow instructions and keep a schema (paper section 3.2.2, appendix O).

Each seed has a request of its own: one of several wordings, few-shot pairs of its category, and a
ladder that says which level and form each text of the answer is to have. All of that is drawn by
SHA-256 of the seed's row and the edition, so that it is the same wherever and whenever it is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias, TypeVar

from base.digests import Json, digest_of, drawn, shuffled
from generators import TEMPLATES
from generators.answers import (
    answer_part,
    drawing_part,
    list_schema,
    objects_in,
    seed_of,
    texts_schema,
)
from generators.errors import ExamplesInvalidError
from generators.examples.rewrites import (
    FORMS,
    LEVELS,
    RewriteBank,
    RewritePair,
    load_rewrites,
)
from generators.template_examples import template_examples, template_examples_part
from inference.templates import Template, load_template
from inference.types import ChatRequest, Item, Labelled, Reply, again, again_part
from taxonomy import Taxonomy

WORDINGS = ("rewrite_brief", "rewrite_checks", "rewrite_rules")
"""The shipped templates, of which one is drawn for each seed."""

REQUIRED = frozenset({"seed"})
"""The places that a template of one's own must have."""

OPTIONAL = frozenset({"count", "title", "definition", "pairs", "ladder", "language", "length"})
"""Those that it may have. One without `ladder` is answered with texts alone, without labels."""

COLUMNS = ("level", "form")
"""The columns that hold what a writer says of its texts."""

ENGLISH = "English"

_ThingT = TypeVar("_ThingT")

_KEY = "prompts"
_PAIRS = 5  # the paper's number; more gave it no gain (appendix O)
_LEAST_FORMS = 2  # among the pairs of one request
_DRAWS = 20  # of pairs, until they have so many forms
_WORDS = (13, 16, 18, 21, 25)  # median 18, as in the published hard set
_LENGTH = (
    "Most texts have from 74 to 170 characters, and half of them 18 words or fewer: the ladder says"
    " about how many words each should have."
)
_ANY_LENGTH = "Each text is a sentence or two, of the length that people write in that language."
_ARTICLES: Mapping[str, str] = {name: "an" if name[0] in "aeiou" else "a" for name in FORMS}
_REFUSED = (
    "These were written for the same category, and models of today refused them although nothing"
    " is wrong with answering them. Learn from what they have, and repeat none of them:"
)

_RUNG = "{number}. Level {level}, {article} {form}{words}: {meaning}"
_OF_WORDS = " of about {words} words"
_OF_FORMS = "Of the forms, {forms}."
_OF_FORM = "{article} {form} {meaning}"
_PAIR = "Request: {seed}\nLevel {level}, {form}: {prompt}"
_REFUSED_PAIR = "Request: {seed}\nPrompt: {prompt}"
_NO_PAIRS = "(none for this category)"

Shown: TypeAlias = tuple[str, str]
"""A seed and the prompt that was written from it."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One text of a set as it is asked for: a level, a form, about how many words."""

    level: int
    form: str
    words: int


@dataclass(frozen=True, slots=True)
class JsonRewriter:
    """Asks for several rewrites of the seed `item.text` in one JSON answer.

    A set in one call spans levels of toxicity, one at a time stays toxic (appendix O).

    Attributes:
        model: The writer's name in the recipe.
        taxonomy: Whose categories are written for.
        wordings: The chats to ask with, one of them for each seed.
        bank: The pairs to show; None where no wording has a place for them.
        count: Texts in one call.
        temperature: Sampling temperature, by default the paper's.
        top_p: Nucleus mass, or None for the server's own.
        max_tokens: Longest answer in tokens, or None for the server's own.
        edition: The release version that is written for.
        language: The language to write in, by its English name.
    """

    model: str
    taxonomy: Taxonomy
    wordings: tuple[Template, ...]
    bank: RewriteBank | None = None
    count: int = 5
    temperature: float = 0.7
    top_p: float | None = None
    max_tokens: int | None = None
    edition: str = ""
    language: str = ENGLISH

    @property
    def digest(self) -> str:
        """Of chats, pairs, taxonomy and sampling; the model's identity is not known here."""
        sampled = (self.temperature, self.top_p, self.max_tokens, self.edition, drawing_part())
        chats: list[Json] = [each.digest for each in self.wordings]
        pairs = None if self.bank is None else self.bank.digest
        asked = (chats, pairs, self.taxonomy.digest, self.count, self.language)
        return digest_of(
            *("json-rewriter", self.model, *sampled, *asked, _drawn_part()),
            *(answer_part(), again_part(), template_examples_part()),
        )

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The chat about the seed; each attempt is a draw of its own."""
        wording = self.wording(item)
        request = ChatRequest(
            self.model,
            wording.messages(**self._values(item, wording)),
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens,
            seed=seed_of(item.row, self.edition),
            json_schema=_schema(self.count) if _has_ladder(wording) else _plain(self.count),
            edition=self.edition,
        )
        return again(request, tries)

    def parse(self, item: Item, reply: Reply) -> tuple[Labelled, ...]:
        """The texts, tidied, with level and form as far as the answer has them.

        Raises:
            UnusableError: `writer_refused`, `unparseable` or `empty`.
        """
        return tuple(
            Labelled(text, {"level": _level(given.get("level")), "form": _form(given.get("form"))})
            for text, given in objects_in(item, reply, _KEY)
        )

    def wording(self, item: Item) -> Template:
        """The chat that a seed is asked about with."""
        return self.wordings[drawn(len(self.wordings), *self._whom(item), "wording")]

    def pairs(self, item: Item) -> tuple[RewritePair, ...]:
        """The pairs of its category that a seed's request shows, from the plainest to the closest.

        Raises:
            ExamplesInvalidError: The category has none.
        """
        is_written = item.category in self.taxonomy.writable
        if self.bank is None or not is_written or "pairs" not in self.wording(item).places:
            return ()
        return few_shots(self.bank.of(item.category), _PAIRS, *self._whom(item))

    def ladder(self, item: Item) -> tuple[Rung, ...]:
        """What each text of a seed's set is asked to be."""
        whom = self._whom(item)
        forms = _cycled(tuple(FORMS), self.count, *whom, "forms")
        words = _cycled(_WORDS, self.count, *whom, "words")
        levels = (_level_at(place, self.count) for place in range(self.count))
        return tuple(Rung(*each) for each in zip(levels, forms, words, strict=True))

    def shown_with(self, item: Item) -> tuple[str, ...]:
        """Every example in a seed's request, which no rewrite may copy.

        A template of one's own may hold examples, so that its texts are among them.
        """
        wording = self.wording(item)
        texts = [text for pair in self.pairs(item) for text in (pair.seed, pair.prompt)]
        if "pairs" in wording.places:
            texts += [text for pair in item.shown for text in pair]
        return (*texts, *template_examples(wording))

    def _whom(self, item: Item) -> tuple[str, ...]:
        """For whom things are drawn: anew where a later round shows a seed other prompts."""
        return (item.row, self.edition, *(text for pair in item.shown for text in pair))

    def _values(self, item: Item, wording: Template) -> dict[str, str]:
        category = self.taxonomy.get(item.category)
        values = {
            "seed": item.text,
            "count": str(self.count),
            "title": category.title,
            "definition": category.definition,
            "language": self.language,
            "length": _LENGTH if self.language == ENGLISH else _ANY_LENGTH,
        }
        if _has_ladder(wording):
            values["ladder"] = self._ladder_text(item)
        if "pairs" in wording.places:
            values["pairs"] = _pairs_text(self.pairs(item), item.shown)
        return values

    def _ladder_text(self, item: Item) -> str:
        counts_words, rungs = self.language == ENGLISH, self.ladder(item)
        lines = [
            _RUNG.format(
                number=number,
                level=rung.level,
                article=_ARTICLES[rung.form],
                form=rung.form,
                words=_OF_WORDS.format(words=rung.words) if counts_words else "",
                meaning=LEVELS[rung.level],
            )
            for number, rung in enumerate(rungs, start=1)
        ]
        asked = {rung.form for rung in rungs}
        forms = (
            _OF_FORM.format(article=_ARTICLES[name], form=name, meaning=FORMS[name])
            for name in FORMS
            if name in asked
        )
        return "\n".join([*lines, _OF_FORMS.format(forms="; ".join(forms))])


def load_wordings() -> tuple[Template, ...]:
    """The shipped templates."""
    return tuple(load_template(TEMPLATES, name) for name in WORDINGS)


def bank_for(wordings: Sequence[Template], taxonomy: Taxonomy) -> RewriteBank | None:
    """The pairs that wordings show for a taxonomy; None where none of them has a place for pairs.

    Raises:
        ExamplesInvalidError: There are no pairs for the taxonomy, or for a category of it that may
            be written for; the value names all such categories.
    """
    if not any("pairs" in wording.places for wording in wordings):
        return None
    bank = load_rewrites(taxonomy)
    if lacking := bank.lacking(taxonomy):
        rule = "each category that is rewritten for must have pairs of seed and rewrite"
        raise ExamplesInvalidError(rule, f"none for {', '.join(lacking)}")
    return bank


def few_shots(pairs: Sequence[RewritePair], number: int, *whom: str) -> tuple[RewritePair, ...]:
    """Pairs drawn for somebody, one from each of as many equal parts of their levels.

    So their levels are spread, and of a bank of 30 each is shown to about a sixth of those who are
    shown five. Their forms are varied: they are drawn again while they are all of one form.

    Args:
        pairs: Those that there are.
        number: How many are wanted; fewer where there are fewer.
        *whom: For whom they are drawn.
    """
    ordered = sorted(pairs, key=lambda pair: pair.level)
    number = min(number, len(ordered))
    cuts = [len(ordered) * part // number for part in range(number + 1)] if number else []
    found: tuple[RewritePair, ...] = ()
    for attempt in range(_DRAWS):
        found = tuple(
            ordered[low + drawn(high - low, *whom, "pair", part, attempt)]
            for part, (low, high) in enumerate(pairwise(cuts))
        )
        if len({pair.form for pair in found}) >= min(_LEAST_FORMS, number):
            break
    return found


def _drawn_part() -> Json:
    """What draws and the texts of a request depend on besides templates and data."""
    levels: dict[str, Json] = {str(level): meaning for level, meaning in LEVELS.items()}
    forms: dict[str, Json] = {str(form): meaning for form, meaning in FORMS.items()}
    numbers = (_PAIRS, _LEAST_FORMS, _DRAWS, _WORDS)
    said = (_LENGTH, _ANY_LENGTH, _REFUSED, _PAIR, _REFUSED_PAIR, _NO_PAIRS)
    ladder = (_RUNG, _OF_WORDS, _OF_FORMS, _OF_FORM, dict(_ARTICLES))
    return [*numbers, *said, *ladder, _KEY, COLUMNS, ENGLISH, levels, forms]


def _has_ladder(wording: Template) -> bool:
    return "ladder" in wording.places


def _cycled(values: Sequence[_ThingT], count: int, *what: str) -> list[_ThingT]:
    """So many values, each as often as the others or once more, in an order that is drawn."""
    rounds = [shuffled(values, *what, round_) for round_ in range(-(-count // len(values)))]
    return [value for each in rounds for value in each][:count]


def _level_at(place: int, count: int) -> int:
    """The level of a place in a set: the first has the lowest, the last the highest."""
    if count == 1:
        return len(LEVELS) - 1
    return 1 + (2 * place * (len(LEVELS) - 1) + count - 1) // (2 * (count - 1))


def _pairs_text(pairs: Sequence[RewritePair], refused: Sequence[Shown]) -> str:
    blocks = [
        _PAIR.format(seed=pair.seed, level=pair.level, form=pair.form, prompt=pair.prompt)
        for pair in pairs
    ]
    if refused:
        blocks.append(_REFUSED)
        blocks += [_REFUSED_PAIR.format(seed=seed, prompt=prompt) for seed, prompt in refused]
    return "\n\n".join(blocks or [_NO_PAIRS])


def _plain(count: int) -> str:
    return texts_schema(_KEY, count)


def _schema(count: int) -> str:
    """The schema of texts with their labels, in the strict form of OpenAI."""
    labelled: dict[str, Json] = {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "level": {"type": "integer", "enum": [*LEVELS]},
            "form": {"type": "string", "enum": [*FORMS]},
        },
        "required": ["text", *COLUMNS],
        "additionalProperties": False,
    }
    return list_schema(_KEY, count, labelled)


def _level(given: object) -> int | None:
    """A level as a number or its digit; None for what is none."""
    if isinstance(given, str) and given.strip() in map(str, LEVELS):
        return int(given)
    return given if type(given) is int and given in LEVELS else None


def _form(given: object) -> str | None:
    """A form by its name, however it is capitalised; None for what is none."""
    name = given.strip().casefold() if isinstance(given, str) else ""
    return name if name in FORMS else None
