"""Moderation by a small language model: which of two answer words does it find likelier?

The examples come first and never change, so that a server keeps them in its cache and each vote
costs no more than the prompt's own tokens and one more.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of
from checks.drift import published, published_part
from inference.templates import Template
from inference.types import Call, ChatRequest, Item, Missing, Program, Reply, UnusableError
from moderators.types import (
    PROMPTS,
    ReadyModerator,
    Subject,
    Vote,
    first_words,
    fitness_part,
    unfit,
)

_TOXIC_WORD = "yes"
_SAFE_WORD = "no"
_ALTERNATIVES = 20
_LONGEST = 2_000  # characters; the small model's context also has to hold the examples


@dataclass(frozen=True, slots=True)
class AnswerWordTask:
    """Asks for the first token of the answer, with its alternatives.

    Attributes:
        model: The model's name in the recipe.
        template: A chat that ends where the answer word follows.
    """

    model: str
    template: Template

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The same at each attempt: a repair message would break the run of examples."""
        return ChatRequest(
            self.model,
            self.template.messages(prompt=" ".join(item.text.split())),
            temperature=0.0,
            max_tokens=1,
            top_logprobs=_ALTERNATIVES,
        )

    def parse(self, item: Item, reply: Reply) -> tuple[float, str]:
        """The log-odds of the toxic word and the reply's key.

        Raises:
            UnusableError: `no_answer_word` where neither word is among the alternatives.
        """
        if not reply.logprobs:
            raise UnusableError("no_logprobs")
        found = first_words(reply)
        if _TOXIC_WORD not in found and _SAFE_WORD not in found:
            raise UnusableError("no_answer_word")
        floor = min(found.values())  # what is not listed is no likelier than what is
        odds = found.get(_TOXIC_WORD, floor) - found.get(_SAFE_WORD, floor)
        if not math.isfinite(odds):
            raise UnusableError("no_answer_word")
        return odds, reply.key


@dataclass(frozen=True, slots=True)
class LogprobModerator(ReadyModerator):
    """Votes by the log-odds of two answer words; it needs no preparation.

    Its examples are requests, so that it judges prompts alone.

    Attributes:
        model: The model's name in the recipe; it must report log-probabilities.
        template: A chat that ends where the answer word follows.
        limit: The log-odds from which on a prompt is toxic, tuned on the prototypes.
    """

    measures_risk: ClassVar[bool] = False
    takes: ClassVar[frozenset[Subject]] = PROMPTS
    model: str
    template: Template
    limit: float = -0.65

    @property
    def name(self) -> str:
        """`logprob:` and the model's name."""
        return f"logprob:{self.model}"

    @property
    def digest(self) -> str:
        """Of the template and the threshold; the model's identity is not known here."""
        asked = (self.template.digest, self.limit, _ALTERNATIVES)
        read = (_TOXIC_WORD, _SAFE_WORD, _LONGEST, sorted(self.takes))
        parts = (fitness_part(), published_part())
        return digest_of("logprob", self.model, *asked, *read, *parts)

    def vote(self, item: Item) -> Program[Vote]:
        """Asks the model once; abstains where it gives neither word, and on very long texts."""
        reason = unfit(item, self.takes, _LONGEST)
        if reason is not None:
            return Vote.abstention(self.name, reason)
        answer = yield Call(AnswerWordTask(self.model, self.template), item, tries=1)
        if isinstance(answer, Missing):
            return Vote.abstention(self.name, answer.reason)
        odds, key = answer
        return Vote(
            model=self.name,
            label="toxic" if odds > self.limit else "safe",
            score=published(odds),
            reason=f"log-odds of {_TOXIC_WORD} to {_SAFE_WORD}",
            key=key,
        )
