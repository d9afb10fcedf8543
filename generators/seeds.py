"""Toxic seeds from a language model, many in one call (OR-Bench, section 3.2.1)."""

from __future__ import annotations

from dataclasses import dataclass

from base.digests import digest_of
from generators.answers import texts_in, texts_part, texts_schema
from generators.drawing import drawing_part, seed_of
from inference.templates import Template
from inference.types import ChatRequest, Item, Reply, again, again_part
from taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class SeedWriter:
    """Asks for `count` seeds of the item's category; the item is one call of a round.

    Attributes:
        model: The writer's name in the recipe.
        taxonomy: Whose categories are asked for.
        template: The chat to ask with.
        count: Seeds in one call; the paper found 20 best.
        temperature: Sampling temperature; the authors' code has 1.0.
        top_p: Nucleus mass, or None for the server's own.
        max_tokens: Longest answer in tokens, or None for the server's own.
        edition: The release version that is written for.
    """

    model: str
    taxonomy: Taxonomy
    template: Template
    count: int = 20
    temperature: float = 1.0
    top_p: float | None = None
    max_tokens: int | None = None
    edition: str = ""

    @property
    def digest(self) -> str:
        """Of chat, taxonomy and sampling; the model's identity is not known here."""
        sampled = (self.temperature, self.top_p, self.max_tokens, self.edition, drawing_part())
        asked = (self.template.digest, self.taxonomy.digest, self.count)
        read = (texts_part(), again_part())
        return digest_of("seed-writer", self.model, *sampled, *asked, *read)

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The chat; each call and each attempt is a draw of its own."""
        category = self.taxonomy.get(item.category)
        messages = self.template.messages(
            count=str(self.count), title=category.title, definition=category.definition
        )
        request = ChatRequest(
            self.model,
            messages,
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens,
            seed=seed_of(item.row, self.edition),
            json_schema=texts_schema("seeds", self.count),
            edition=self.edition,
        )
        return again(request, tries)

    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:
        """The seeds, tidied; `Unusable` where there are none."""
        return texts_in(item, reply, "seeds")
