"""Asks a model for a yes or no: whether a mutated text asks for what its base asks for."""

import re
from dataclasses import dataclass

from base.digests import digest_of, pattern_part
from generators.mutations.styles import load_chat
from inference.templates import Template
from inference.types import ChatRequest, Item, Reply, UnusableError, again, again_part

_WORD = re.compile(r"\W*(yes|no)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class IntentChecker:
    """Asks for a yes or no; the item is the base, its `answer` the mutated text.

    Attributes:
        model: The checker's name in the recipe.
        template: The chat to ask with.
        max_tokens: Longest answer in tokens, or None for the server's own.
    """

    model: str
    template: Template
    max_tokens: int | None = None

    @property
    def digest(self) -> str:
        """Of the chat, and of how its answer is read; the model's identity is not known here."""
        asked = (self.model, self.template.digest, self.max_tokens)
        return digest_of("intent-checker", *asked, pattern_part(_WORD), again_part())

    def request(self, item: Item, tries: int) -> ChatRequest:
        """A greedy request; further attempts carry a repair message."""
        messages = self.template.messages(base=item.text, text=item.answer or "")
        return again(ChatRequest(self.model, messages, max_tokens=self.max_tokens), tries)

    def parse(self, item: Item, reply: Reply) -> bool:
        """Whether the answer opens with yes.

        Raises:
            UnusableError: `writer_refused` where the server says so, or `unparseable`.
        """
        if reply.refusal is not None:
            raise UnusableError("writer_refused")
        found = _WORD.match(reply.text)
        if found is None:
            raise UnusableError("unparseable")
        return found[1].lower() == "yes"


def intent_checker(model: str, max_tokens: int | None = None) -> IntentChecker:
    """Who says whether the intent was kept."""
    return IntentChecker(model, load_chat("intent_check"), max_tokens)
