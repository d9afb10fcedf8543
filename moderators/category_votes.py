"""From the choices of all classifiers to one category.

`none` is a choice like any other. Abstentions count as asked: they make a decision harder.

| rule | a category is decided where |
|---|---|
| majority | more than half of all classifiers choose it |
| unanimous | all classifiers choose it |
| any | it is the leading one, however few choose it |
| weighted | it has more than half of the weight: a choice weighs its confidence, an abstention 1 |

The leading category is the one that most choose, then the one with more confidence in it, then
the one that most have as their second choice, then the first by name.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from base.digests import digest_of
from moderators.classifier import CategoryVote
from moderators.errors import VotesInvalidError
from moderators.votes import reached, require_rule
from taxonomy import NONE

_VERSION = 1


def category_rule_digest(rule: str) -> str:
    """SHA-256, in hex, of a rule and of how it is applied.

    Raises:
        RuleUnknownError: There is no such rule.
    """
    require_rule(rule)
    return digest_of("category-rule", _VERSION, rule)


@dataclass(frozen=True, slots=True)
class CategoryDecision:
    """What a rule makes of the choices for one prompt.

    Attributes:
        category: The leading category; `none` where every classifier abstained.
        decided: Whether the rule is satisfied with it.
        agreement: The share of all classifiers that chose it.
        confidence: Their mean confidence, to two decimals.
        second: The next best category, or None where nobody named another one.
    """

    category: str
    decided: bool
    agreement: float
    confidence: float
    second: str | None


def decide_category(votes: Sequence[CategoryVote], rule: str) -> CategoryDecision:
    """Applies a vote rule to the choices of all classifiers that were asked.

    Args:
        votes: One a classifier, abstentions included, in any order.
        rule: `majority`, `unanimous`, `any` or `weighted`.

    Raises:
        RuleUnknownError: There is no such rule.
        VotesInvalidError: There is no vote, or a classifier has two.
    """
    require_rule(rule)
    if not votes or len({vote.model for vote in votes}) != len(votes):
        raise VotesInvalidError("each classifier must vote once", len(votes))
    ranked = sorted(
        {name for vote in votes for name in (vote.category, vote.second) if name is not None},
        key=lambda name: _rank(name, votes),
    )
    if not any(vote.category for vote in votes):
        return CategoryDecision(NONE, False, 0.0, 0.0, None)
    leading = ranked[0]
    behind = [vote.confidence for vote in votes if vote.category == leading]
    return CategoryDecision(
        category=leading,
        decided=reached(rule, behind, [_weight(vote) for vote in votes]),
        agreement=round(len(behind) / len(votes), 4),
        confidence=round(math.fsum(behind) / len(behind), 2),
        second=ranked[1] if len(ranked) > 1 else None,
    )


def _rank(name: str, votes: Sequence[CategoryVote]) -> tuple[float, float, float, str]:
    chosen = [vote.confidence for vote in votes if vote.category == name]
    seconds = sum(vote.second == name for vote in votes)
    return (-len(chosen), -math.fsum(chosen), -seconds, name)


def _weight(vote: CategoryVote) -> float:
    return 1.0 if vote.category is None else vote.confidence
