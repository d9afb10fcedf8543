"""A request in the imperative, by a language model."""

from dataclasses import dataclass, field

from base.digests import digest_of
from generators import TEMPLATES
from generators.answers import answer_part, drawing_part, seed_of, texts_in, texts_schema
from inference.templates import Template, load_template
from inference.types import ChatRequest, Item, Reply, again, again_part

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
        asked = (self.template.digest, _KEY, answer_part())
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
