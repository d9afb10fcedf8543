"""Moderation by foul language, as alt-profanity-check measures it (a linear model of words)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of
from checks.drift import published, published_part
from inference.types import Item, Program
from moderators.offline import PROFANITY
from moderators.offline.prototype_bank import pieces, pieces_part
from moderators.types import (
    LONGEST,
    PROMPTS_AND_EXCHANGES,
    Moderator,
    Subject,
    Vote,
    abstention,
    fitness_part,
    unfit,
)


@dataclass(frozen=True, slots=True)
class ProfanityModerator:
    """Flags foul language; a polite request for something bad is none to it.

    Attributes:
        limit: The probability from which on a prompt is toxic.
    """

    name: ClassVar[str] = PROFANITY
    measures_risk: ClassVar[bool] = False
    takes: ClassVar[frozenset[Subject]] = PROMPTS_AND_EXCHANGES
    limit: float = 0.5

    @property
    def digest(self) -> str:
        """Of the threshold; the model comes with a package that the lock file pins."""
        read = (sorted(self.takes), fitness_part(), pieces_part(), published_part())
        return digest_of(self.name, self.limit, *read)

    def prepare(self) -> Program[Moderator]:
        """Is ready as it is."""
        yield from ()
        return self

    def vote(self, item: Item) -> Program[Vote]:
        """Asks for nothing; of an exchange the worst piece decides."""
        from profanity_check import predict_prob  # loads its model as it is imported

        yield from ()
        reason = unfit(item, longest=None if item.answer is None else LONGEST)
        if reason is not None:
            return abstention(self.name, reason)
        score = float(max(predict_prob(list(pieces(item)))))
        return Vote(
            model=self.name,
            label="toxic" if score > self.limit else "safe",
            score=published(score),
            reason="probability of foul language",
        )
