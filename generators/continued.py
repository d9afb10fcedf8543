"""Rewrites for models too small for instructions: a list of examples that they continue.

Asked plainly, a model of this size copies the seed, or fills a JSON array with nonsense. What
works is a list in which each line names a category and a topic, and then asks a harmless question
about it: the model is given the seed's topic and the first words of a question, and only has to
end the line. The list is the same for every seed, and what changes comes last, so that a server
which keeps what it has read reads it once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checks.clean import tidy
from generators.answers import require_willing
from generators.drawing import seed_of
from generators.examples.loader import ExampleSet
from generators.openings import OPENINGS
from generators.topics import topics
from inference.types import ChatRequest, Item, Message, Reply, Unusable

_ARROW = " -> "
_INTRO = "Innocent questions that only sound bad, each about the topic before it:"
_MAX_TOKENS = 32


@dataclass(frozen=True, slots=True)
class ContinuedRewriter:
    """Asks for the rest of one line; each attempt has another topic, opening and draw.

    Attributes:
        model: The writer's name in the recipe.
        examples: The taxonomy's examples.
        shown: How many of them each category contributes to the list.
        temperature: Sampling temperature.
        top_p: Nucleus mass, or None for the server's own.
        max_tokens: Longest rest of a line in tokens; a line that is cut is not used.
        edition: The release version that is written for.
    """

    model: str
    examples: ExampleSet
    shown: int = 2
    temperature: float = 0.7
    top_p: float | None = 0.95
    max_tokens: int | None = _MAX_TOKENS
    edition: str = ""

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The list, and the beginning of the line to end."""
        draw = seed_of(item.row)
        found = topics(item.text)
        begun = _line(item.category, found[(draw + tries) % len(found)], _opening(draw, tries))
        return ChatRequest(
            self.model,
            (Message("user", _INTRO), Message("assistant", "\n".join((*self._list(), begun)))),
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens or _MAX_TOKENS,
            seed=draw + tries,
            stop=("\n",),
            sample=tries,
            edition=self.edition,
        )

    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:
        """The one question; `Unusable` where the line has no end.

        llama.cpp's answer repeats the whole list that it was given to continue. One without an
        arrow comes from a server that continues nothing.
        """
        require_willing(item, reply)
        if reply.finish == "length":
            raise Unusable("cut")
        _, arrow, question = reply.text.rpartition(_ARROW)
        if not arrow:
            raise Unusable("unparseable")
        tidied = tidy(question)
        if not tidied:
            raise Unusable("empty")
        return (tidied,)

    def _list(self) -> Iterator[str]:
        """Examples of all categories in turn, so that none of them is far from the end."""
        for place in range(self.shown):
            for category, examples in self.examples.by_category.items():
                text = examples.texts[place]
                yield _line(category, topics(text)[0], text)


def _line(category: str, topic: str, question: str) -> str:
    return f"{category}: {topic}{_ARROW}{question}"


def _opening(draw: int, tries: int) -> str:
    # 7 and the number of openings have no common divisor: all are used before one comes again.
    return OPENINGS[(draw + 7 * tries) % len(OPENINGS)]
