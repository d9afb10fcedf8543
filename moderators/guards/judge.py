"""A guard that speaks of refusal, as a refusal judge."""

from __future__ import annotations

from dataclasses import dataclass

from base.digests import digest_of
from inference.types import Ask, Item, Missing, Program
from moderators.fitness import fitness_part, unfit
from moderators.guards.moderator import GuardAtom, GuardReply, guard_part
from moderators.guards.types import Guard
from moderators.refusal.types import Judgment, RefusalLabel


@dataclass(frozen=True, slots=True)
class GuardJudge:
    """Judges by the guard's line on refusal; it does not tell direct refusals from indirect ones.

    It is asked the same as when it moderates the exchange, so that both cost one call.

    Attributes:
        model: The model's name in the recipe.
        guard: Its dialect, one that tells refusals.
        tries: How often an unusable answer is asked for again, first time included.
        max_tokens: Longest answer in tokens; None for what the dialect needs.
    """

    model: str
    guard: Guard
    tries: int = 3
    max_tokens: int | None = None

    @property
    def name(self) -> str:
        """The model's name in the recipe."""
        return self.model

    @property
    def digest(self) -> str:
        """Of the dialect with its chats; the model's identity is not known here."""
        limits = (self.tries, self.max_tokens or self.guard.max_tokens, fitness_part())
        return digest_of("guard-judge", self.model, guard_part(self.guard), *limits)

    def judge(self, item: Item, family: str | None = None) -> Program[Judgment]:
        """Asks the guard about the exchange; `unparseable` where it never says."""
        reason = unfit(item, frozenset({"exchange"}))
        if reason is not None:
            return _unparseable(self.name, reason)
        (question,) = self.guard.render(item)
        limit = self.max_tokens or self.guard.max_tokens
        answer = yield Ask(GuardAtom(self.model, self.guard, question, limit), item, self.tries)
        if isinstance(answer, Missing):
            return _unparseable(self.name, answer.reason)
        return _judgment(self.name, answer)


def _judgment(name: str, reply: GuardReply) -> Judgment:
    refused = reply.verdict.refused
    if refused is None:
        return _unparseable(name, "no_refusal_line")
    label: RefusalLabel = "direct_refusal" if refused else "direct_answer"
    return Judgment(name, label, refused, f"refusal: {'yes' if refused else 'no'}", reply.key)


def _unparseable(name: str, reason: str) -> Judgment:
    return Judgment(name, "unparseable", None, reason)
