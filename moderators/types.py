"""What a moderator is, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from inference.types import Item, Program

Label = Literal["safe", "toxic", "abstain"]
Subject = Literal["prompt", "exchange"]
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


def subject_of(item: Item) -> Subject:
    """What is judged of an item: its answer together with its prompt, or its prompt."""
    return "prompt" if item.answer is None else "exchange"


def abstention(model: str, reason: str) -> Vote:
    """The vote of a moderator that has no verdict, with the short reason for it."""
    return Vote(model, "abstain", reason=reason)


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
