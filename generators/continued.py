"""Rewrites for models too small for instructions: a list of examples that they continue.

Asked plainly, a model of this size copies the seed, or fills a JSON array with nonsense. What
works is a list in which each line names a topic and then asks a harmless question about it: the
model is given the list, the seed's topic and the first words of a question, and only has to end
the line. What changes comes last, so that a server which keeps what it has read reads the list
once.
"""

import re
from dataclasses import dataclass

from base.digests import digest_of, pattern_part
from base.foreign_text import valid_text
from checks.clean import tidy, tidy_part
from generators.answers import drawing_part, require_willing, seed_of, willing_part
from generators.examples.loader import ExampleSet
from generators.topics import ending_of, topic_of, topics_part
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
"""They are followed by what somebody would do: "steal a car".

These and `THINGS` make even a bad topic harmless, as they ask who, why, since when and what then,
and they keep openings from being all alike. None of them brings children into what a seed is about.
Chosen by looking at what SmolLM2-135M makes of them.
"""

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
