"""What a language model is asked to write: rewrites, requests in the imperative."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from base.digests import Json, digest_of
from generators import TEMPLATES
from generators.answers import drawing_part, seed_of, texts_in, texts_part, texts_schema
from inference.templates import Template, load_template
from inference.types import ChatRequest, Item, Reply, again, again_part
from taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class JsonWriter(ABC):
    """Asks for several texts in one JSON answer: for models that keep a schema.

    Attributes:
        model: The writer's name in the recipe.
        taxonomy: Whose categories are written for.
        template: The chat to ask with.
        count: Texts in one call.
        temperature: Sampling temperature.
        top_p: Nucleus mass, or None for the server's own.
        max_tokens: Longest answer in tokens, or None for the server's own.
        edition: The release version that is written for.
    """

    model: str
    taxonomy: Taxonomy
    template: Template
    count: int
    temperature: float
    top_p: float | None = None
    max_tokens: int | None = None
    edition: str = ""

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The chat about the item; each call and each attempt is a draw of its own."""
        request = ChatRequest(
            self.model,
            self.template.messages(count=str(self.count), **self._values(item)),
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens,
            seed=seed_of(item.row, self.edition),
            json_schema=texts_schema(self._key, self.count),
            edition=self.edition,
        )
        return again(request, tries)

    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:
        """The texts, tidied; `UnusableError` where there are none."""
        return texts_in(item, reply, self._key)

    @property
    @abstractmethod
    def _key(self) -> str:
        """The key of the texts in an answer."""

    @abstractmethod
    def _values(self, item: Item) -> dict[str, str]:
        """What the chat's places are filled with, beside the count."""

    def _digest(self, kind: str, *more: Json) -> str:
        sampled = (self.temperature, self.top_p, self.max_tokens, self.edition, drawing_part())
        asked = (self.template.digest, self.taxonomy.digest, self.count)
        return digest_of(kind, self.model, *sampled, *asked, texts_part(), again_part(), *more)


@dataclass(frozen=True, slots=True)
class JsonRewriter(JsonWriter):
    """Asks for several rewrites of the seed `item.text`, by default at the paper's temperature.

    A set in one call spans levels of toxicity, one at a time stays toxic (appendix O).
    """

    count: int = 5
    temperature: float = 0.7

    @property
    def digest(self) -> str:
        """Of chat, taxonomy and sampling; the model's identity is not known here."""
        return self._digest("json-rewriter")

    @property
    def _key(self) -> str:
        return "prompts"

    def _values(self, item: Item) -> dict[str, str]:
        return {"title": self.taxonomy.get(item.category).title, "seed": item.text}


MAX_TOKENS = 400
"""Tokens for one request: a long one has about 120."""

_KEY = "instruction"


def _template() -> Template:
    return load_template(TEMPLATES, "imperative")


@dataclass(frozen=True, slots=True)
class ImperativeWriter:
    """Asks for one wording of a request in the imperative.

    Attributes:
        model: The writer's name in the recipe.
        temperature: Sampling temperature: low, as the request is to stay what it is.
        max_tokens: Longest answer in tokens.
        edition: The release version that is written for.
        template: The chat to ask with; it has a place for the request.
    """

    model: str
    temperature: float = 0.3
    max_tokens: int = MAX_TOKENS
    edition: str = ""
    template: Template = field(default_factory=_template)

    @property
    def digest(self) -> str:
        """Of chat and sampling; the model's identity is not known here."""
        sampled = (self.temperature, self.max_tokens, self.edition, drawing_part(), again_part())
        asked = (self.template.digest, _KEY, texts_part())
        return digest_of("imperative-writer", self.model, *sampled, *asked)

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The chat about the request `item.text`; each attempt is a draw of its own."""
        request = ChatRequest(
            self.model,
            self.template.messages(request=item.text),
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            seed=seed_of(item.row, self.edition),
            json_schema=texts_schema(_KEY, 1),
            edition=self.edition,
        )
        return again(request, tries)

    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:
        """The one wording, tidied; `UnusableError` where there is none."""
        return texts_in(item, reply, _KEY)[:1]
