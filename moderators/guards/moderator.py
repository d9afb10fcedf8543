"""A guard model as a moderator, and as a refusal judge where it speaks of refusal."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias

from base.digests import Json, digest_of, require_digest
from base.foreign_text import valid_text
from checks.drift import published, published_part
from inference import types
from inference.types import Call, ChatRequest, Item, Missing, Program, Reply, UnusableError
from moderators.guards.dialect import Guard, GuardVerdict, Question
from moderators.refusal.types import Judgment, RefusalLabel, unreadable
from moderators.types import ReadyModerator, Subject, Vote, first_words, fitness_part, unfit

_ALTERNATIVES = 20
_RETRY_TEMPERATURE = 0.5
_SAMPLES = (Item("", "prompt", ""), Item("", "prompt", "", answer="answer"))
"""A prompt and an exchange, by which digests tell how a dialect asks."""


def guard_part(guard: Guard) -> Json:
    """How a guard is asked and read, for the digest of whoever asks it.

    Raises:
        DigestError: The guard has no digest.
    """
    chats: list[Json] = [
        [question.guideline, [[each.role, each.content] for each in question.messages]]
        for item in _SAMPLES
        for question in guard.render(item)
    ]
    scored = (_ALTERNATIVES, _RETRY_TEMPERATURE, published_part())
    return [require_digest("guard", guard.name, guard), chats, *scored]


@dataclass(frozen=True, slots=True)
class GuardReply:
    """A guard's verdict with what its reply adds: a score where it has one, and the key."""

    verdict: GuardVerdict
    score: float | None
    key: str


@dataclass(frozen=True, slots=True)
class GuardTask:
    """Asks a guard one question.

    Attributes:
        model: The model's name in the recipe.
        guard: Its dialect.
        question: What it is asked.
        max_tokens: Longest answer in tokens.
    """

    model: str
    guard: Guard
    question: Question
    max_tokens: int

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The question, greedy; from the second attempt on a draw with a seed of its own.

        A repair message would be judged in place of the item: it would be the chat's last turn.
        """
        request = ChatRequest(
            self.model,
            self.question.messages,
            temperature=0.0,
            max_tokens=self.max_tokens,
            top_logprobs=_ALTERNATIVES if self.guard.answer_words else None,
        )
        if tries == 0:
            return request
        return replace(request, temperature=_RETRY_TEMPERATURE, seed=tries, sample=tries)

    def parse(self, item: Item, reply: Reply) -> GuardReply:
        """What it said; `UnusableError` where that is no verdict of its dialect."""
        if reply.refusal is not None:
            raise UnusableError("moderator_refused")
        if (reason := types.why_no_text(reply)) is not None:
            raise UnusableError(reason)
        verdict = self.guard.parse(valid_text(reply.text), self.question)
        return GuardReply(verdict, _score(self.guard.answer_words, reply), reply.key)


Answers: TypeAlias = "Sequence[GuardReply | Missing]"


@dataclass(frozen=True, slots=True)
class GuardModerator(ReadyModerator):
    """A moderator that is a guard model; it needs no preparation.

    Attributes:
        model: The model's name in the recipe.
        guard: Its dialect.
        names: The taxonomy's categories; one that a guard maps to and that is not among them is
            left out of votes.
        tries: How often an unusable answer is asked for again, first time included.
        max_tokens: Longest answer in tokens; None for what the dialect needs.
    """

    measures_risk: ClassVar[bool] = False
    model: str
    guard: Guard
    names: tuple[str, ...]
    tries: int = 3
    max_tokens: int | None = None

    @property
    def name(self) -> str:
        """The model's name in the recipe."""
        return self.model

    @property
    def takes(self) -> frozenset[Subject]:
        """What its dialect takes."""
        return self.guard.takes

    @property
    def digest(self) -> str:
        """Of the dialect with its chats and its table; the model's identity is not known here."""
        limits = (self.tries, self._max_tokens, fitness_part())
        return digest_of("guard", self.model, guard_part(self.guard), self.names, *limits)

    def vote(self, item: Item) -> Program[Vote]:
        """Asks all its questions together; abstains where one is left open and none says toxic."""
        reason = unfit(item, self.takes)
        if reason is not None:
            return Vote.abstention(self.name, reason)
        answers = yield [
            Call(GuardTask(self.model, self.guard, question, self._max_tokens), item, self.tries)
            for question in self.guard.render(item)
        ]
        return self._decided(answers)

    def _decided(self, answers: Answers) -> Vote:
        replies = [answer for answer in answers if isinstance(answer, GuardReply)]
        toxic = [reply for reply in replies if reply.verdict.label == "toxic"]
        missing = [answer.reason for answer in answers if isinstance(answer, Missing)]
        if missing and not toxic:
            return Vote.abstention(self.name, missing[0])
        # The likeliest decides, and of equally likely ones, or without scores, the first.
        deciding = max(toxic or replies, key=lambda reply: reply.score or 0.0)
        category = deciding.verdict.category
        return Vote(
            model=self.name,
            label=deciding.verdict.label,
            category=category if category in self.names else None,
            score=deciding.score,
            reason="; ".join(dict.fromkeys(each.verdict.native for each in toxic or replies)),
            key=deciding.key,
        )

    @property
    def _max_tokens(self) -> int:
        return self.max_tokens or self.guard.max_tokens


def _score(words: tuple[str, str] | None, reply: Reply) -> float | None:
    """The log-odds of the first answer word to the second; None where one is not among them."""
    found = first_words(reply)
    if words is None or not found.keys() >= set(words):
        return None
    toxic, safe = words
    odds = found[toxic] - found[safe]
    return published(odds) if math.isfinite(odds) else None


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
            return unreadable(self.name, reason)
        (question,) = self.guard.render(item)
        limit = self.max_tokens or self.guard.max_tokens
        answer = yield Call(GuardTask(self.model, self.guard, question, limit), item, self.tries)
        if isinstance(answer, Missing):
            return unreadable(self.name, answer.reason)
        return _judgment(self.name, answer)


def _judgment(name: str, reply: GuardReply) -> Judgment:
    refused = reply.verdict.refused
    if refused is None:
        return unreadable(name, "no_refusal_line")
    label: RefusalLabel = "direct_refusal" if refused else "direct_answer"
    return Judgment(name, label, refused, f"refusal: {'yes' if refused else 'no'}", reply.key)
