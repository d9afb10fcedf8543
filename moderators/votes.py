"""From the votes of all moderators to one label.

Abstentions count as asked: they make a decision harder to reach, and can be neither safe nor
toxic. What is too little for either is undecided.

| rule | safe | toxic |
|---|---|---|
| majority | more than half of all vote safe | more than half of all vote toxic |
| unanimous | all vote safe | all vote toxic |
| any | all vote safe | at least one votes toxic |
| weighted | more than half of the total weight | more than half of the total weight |
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from base.did_you_mean import did_you_mean
from base.digests import digest_of
from base.registry import table_of
from moderators.errors import RuleUnknownError, VotesInvalidError
from moderators.types import Label, Vote

Outcome = Literal["safe", "toxic", "undecided"]
Weights = Mapping[str, float]

_VERSION = 1
_SIDES: tuple[Literal["safe", "toxic"], ...] = ("safe", "toxic")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule makes of the votes on one prompt.

    Attributes:
        label: The outcome.
        safe: How many voted safe.
        toxic: How many voted toxic.
        abstain: How many abstained.
        sounds_risky: What most of those say that measured it, False on a tie; None where none did.
    """

    label: Outcome
    safe: int
    toxic: int
    abstain: int
    sounds_risky: bool | None


def decide(votes: Sequence[Vote], rule: str, weights: Weights | None = None) -> Decision:
    """Applies a rule of `RULES` to the votes of all moderators that were asked.

    Args:
        votes: One a moderator, abstentions included, in any order.
        rule: The rule's name.
        weights: A positive weight for each moderator, for the rule `weighted` alone.

    Raises:
        RuleUnknownError: There is no such rule.
        VotesInvalidError: There is no vote, a moderator has two, or the weights do not fit.
    """
    _require_votes(votes)
    require_rule(rule)
    if (rule == "weighted") != (weights is not None):
        raise VotesInvalidError("weights must be given for the rule weighted and no other", rule)
    shares: Weights = dict.fromkeys((vote.model for vote in votes), 1.0)
    if weights is not None:
        shares = _checked(weights, shares)
    return Decision(
        label=_outcome(votes, rule, shares),
        safe=_count(votes, "safe"),
        toxic=_count(votes, "toxic"),
        abstain=_count(votes, "abstain"),
        sounds_risky=_risk(votes),
    )


def rule_digest(rule: str) -> str:
    """SHA-256, in hex, of a rule and of how it is applied.

    Raises:
        RuleUnknownError: There is no such rule.
    """
    require_rule(rule)
    return digest_of("vote-rule", _VERSION, rule, _SIDES)


def require_rule(rule: str) -> None:
    """Refuses a rule that does not exist, naming the nearest one.

    Raises:
        RuleUnknownError: There is no such rule.
    """
    if rule not in RULES:
        hint = did_you_mean(rule, RULES)
        raise RuleUnknownError(f"vote rule must be one of {', '.join(RULES)}{hint}", rule)


def _majority(behind: Sequence[float], everyone: Sequence[float]) -> bool:
    return 2 * len(behind) > len(everyone)


def _unanimous(behind: Sequence[float], everyone: Sequence[float]) -> bool:
    return len(behind) == len(everyone)


def _any(behind: Sequence[float], everyone: Sequence[float]) -> bool:
    return len(behind) > 0


def _weighted(behind: Sequence[float], everyone: Sequence[float]) -> bool:
    # fsum is exact, so that the order of votes cannot tip the scales.
    return 2 * math.fsum(behind) > math.fsum(everyone)


_RULES: dict[str, Callable[[Sequence[float], Sequence[float]], bool]] = table_of(
    "vote rule",
    (
        ("majority", _majority),
        ("unanimous", _unanimous),
        ("any", _any),
        ("weighted", _weighted),
    ),
)
RULES = tuple(_RULES)


def reached(rule: str, behind: Sequence[float], everyone: Sequence[float]) -> bool:
    """Whether those behind a choice are enough for a rule.

    Args:
        rule: One of `RULES`.
        behind: The weight of each that chose it.
        everyone: The weight of each that was asked.
    """
    return _RULES[rule](behind, everyone)


def _outcome(votes: Sequence[Vote], rule: str, shares: Weights) -> Outcome:
    everyone = [shares[vote.model] for vote in votes]
    for label in _SIDES:
        behind = [shares[vote.model] for vote in votes if vote.label == label]
        # Where any one may make it toxic, safe is what all of them say.
        needed = "unanimous" if rule == "any" and label == "safe" else rule
        if reached(needed, behind, everyone):
            return label
    return "undecided"


def _count(votes: Sequence[Vote], label: Label) -> int:
    return sum(vote.label == label for vote in votes)


def _risk(votes: Sequence[Vote]) -> bool | None:
    measured = [vote.sounds_risky for vote in votes if vote.sounds_risky is not None]
    return 2 * sum(measured) > len(measured) if measured else None


def _require_votes(votes: Sequence[Vote]) -> None:
    if not votes:
        raise VotesInvalidError("a decision needs at least one vote")
    if len({vote.model for vote in votes}) != len(votes):
        raise VotesInvalidError(
            "each moderator must vote once", ", ".join(vote.model for vote in votes)
        )


def _checked(weights: Weights, asked: Weights) -> Weights:
    if set(weights) != set(asked):
        raise VotesInvalidError("each moderator must have a weight", ", ".join(sorted(weights)))
    for name, weight in weights.items():
        if not (math.isfinite(weight) and weight > 0):
            raise VotesInvalidError("a weight must be a positive number", f"{name}: {weight}")
    return weights
