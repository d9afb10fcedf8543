"""What a moderator is, what it answers, and what it cannot judge."""

import math
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from base.digests import Json
from inference.types import Item, Program, Reply

Label = Literal["safe", "toxic", "abstain"]
Subject = Literal["prompt", "exchange"]
ModeratorT = TypeVar("ModeratorT", bound="Moderator")
PROMPTS: frozenset[Subject] = frozenset({"prompt"})
PROMPTS_AND_EXCHANGES: frozenset[Subject] = frozenset({"prompt", "exchange"})


@dataclass(frozen=True, slots=True)
class Vote:
    """One moderator's verdict on a prompt or an exchange; positive means toxic.

    Attributes:
        model: The moderator's name.
        label: The verdict; an abstention is neither safe nor toxic.
        category: What a toxic one is bad for; None where its judge names none, and otherwise.
        sounds_risky: Whether a prompt sounds risky, whatever its label; None where not measured,
            and for exchanges, as it was measured when the prompt was judged by itself.
        score: How toxic, to two decimals on the moderator's own scale; None where it has none.
        reason: Why, in short. A language model's explanation may quote the prompt, so it is kept
            in the votes table and nowhere else.
        key: The ledger's key of the reply behind it, or "".
    """

    model: str
    label: Label
    category: str | None = None
    sounds_risky: bool | None = None
    score: float | None = None
    reason: str = ""
    key: str = ""

    @classmethod
    def abstention(cls, model: str, reason: str) -> "Vote":
        """The vote of a moderator that has no verdict, with the short reason for it."""
        return cls(model, "abstain", reason=reason)


@dataclass(frozen=True, slots=True)
class ReadyModerator:
    """A moderator that needs no preparation: it is its own plan."""

    @property
    def takes(self) -> frozenset[Subject]:
        """Prompts and exchanges."""
        return PROMPTS_AND_EXCHANGES

    def prepare(self: ModeratorT) -> Program[ModeratorT]:
        """The moderator itself, without a question to anybody."""
        yield from ()
        return self


def subject_of(item: Item) -> Subject:
    """What is judged of an item: its answer together with its prompt, or its prompt."""
    return "prompt" if item.answer is None else "exchange"


def first_words(reply: Reply) -> dict[str, float]:
    """The words that a reply could have begun with, and the log-probability of each.

    What is no finite number is no log-probability: its word is as if it were not listed.
    """
    found: dict[str, float] = {}
    for token, logprob in reply.logprobs[0].top if reply.logprobs else ():
        if math.isfinite(logprob):
            word = token.strip().casefold()
            found[word] = max(logprob, found.get(word, logprob))
    return found


class Moderator(Protocol):
    """Ready to vote: everything that it compares prompts with is at hand."""

    @property
    def name(self) -> str:
        """Its name in votes."""
        ...

    def vote(self, item: Item) -> Program[Vote]:
        """Judges `item.text`, or `item.answer` together with it where there is one.

        A program, which yields nothing where no model is asked. What it cannot judge (an empty
        answer, a very long text, an exchange where it takes prompts alone) is an abstention.
        """
        ...


class ModeratorPlan(Protocol):
    """A moderator as a recipe describes it, not yet ready to vote."""

    @property
    def name(self) -> str:
        """Its name in votes."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that its votes depend on: templates, prototypes, thresholds."""
        ...

    @property
    def measures_risk(self) -> bool:
        """Whether its votes say if a prompt sounds risky."""
        ...

    @property
    def takes(self) -> frozenset[Subject]:
        """What it can judge."""
        ...

    def prepare(self) -> Program[Moderator]:
        """Makes it ready, once before many votes: embeds and fits what it knows, if anything."""
        ...


LONGEST = 20_000
"""Characters of prompt and answer together; more is no prompt, and would not fit every model."""


def fitness_part() -> Json:
    """What decides that an item cannot be judged, for a digest."""
    return [sorted(PROMPTS_AND_EXCHANGES), LONGEST]


def unfit(
    item: Item,
    takes: frozenset[Subject] = PROMPTS_AND_EXCHANGES,
    longest: int | None = LONGEST,
) -> str | None:
    """Why an item cannot be judged, or None where it can.

    Args:
        item: A prompt or an exchange.
        takes: What the moderator can judge.
        longest: The largest number of characters, prompt and answer together; None for any.

    Returns:
        `takes_no_exchange`, `takes_no_prompt`, `no_answer` for an exchange whose answer is blank,
        `too_long`, or None.
    """
    subject = subject_of(item)
    if subject not in takes:
        return f"takes_no_{subject}"
    if item.answer is not None and not item.answer.strip():
        return "no_answer"
    if longest is not None and len(item.text) + len(item.answer or "") > longest:
        return "too_long"
    return None
