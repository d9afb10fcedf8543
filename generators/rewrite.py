"""Rewrites of a seed that sound harmful and are harmless (OR-Bench, section 3.2.2, appendix O)."""

from __future__ import annotations

from dataclasses import dataclass

from base.digests import digest_of
from generators.answers import texts_in, texts_part, texts_schema
from generators.drawing import drawing_part, seed_of
from inference.templates import Template
from inference.types import ChatRequest, Item, Reply, again, again_part
from taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class JsonRewriter:
    """Asks for several rewrites in one JSON answer: for models that keep a schema.

    A set in one call spans levels of toxicity, one at a time stays toxic (appendix O).

    Attributes:
        model: The writer's name in the recipe.
        taxonomy: Whose categories the seeds are of.
        template: The chat to ask with.
        count: Rewrites in one call.
        temperature: Sampling temperature; 0.7 in the paper, for diversity.
        top_p: Nucleus mass, or None for the server's own.
        max_tokens: Longest answer in tokens, or None for the server's own.
        edition: The release version that is written for.
    """

    model: str
    taxonomy: Taxonomy
    template: Template
    count: int = 5
    temperature: float = 0.7
    top_p: float | None = None
    max_tokens: int | None = None
    edition: str = ""

    @property
    def digest(self) -> str:
        """Of chat, taxonomy and sampling; the model's identity is not known here."""
        sampled = (self.temperature, self.top_p, self.max_tokens, self.edition, drawing_part())
        asked = (self.template.digest, self.taxonomy.digest, self.count)
        read = (texts_part(), again_part())
        return digest_of("json-rewriter", self.model, *sampled, *asked, *read)

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The chat about the seed `item.text`; each attempt is a draw of its own."""
        messages = self.template.messages(
            count=str(self.count),
            title=self.taxonomy.get(item.category).title,
            seed=item.text,
        )
        request = ChatRequest(
            self.model,
            messages,
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens,
            seed=seed_of(item.row, self.edition),
            json_schema=texts_schema("prompts", self.count),
            edition=self.edition,
        )
        return again(request, tries)

    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:
        """The rewrites, tidied; `Unusable` where there are none."""
        return texts_in(item, reply, "prompts")
