"""What each vote rule makes of classifiers' choices."""

from __future__ import annotations

from itertools import permutations

import pytest

from moderators.category_votes import decide_category
from moderators.classifier import CategoryVote
from moderators.errors import RuleUnknownError, VotesInvalidError
from taxonomy import NONE


def _votes(*given: tuple[str | None, float]) -> list[CategoryVote]:
    return [CategoryVote(f"m{n}", name, sure) for n, (name, sure) in enumerate(given)]


@pytest.mark.parametrize(
    ("rule", "given", "decided"),
    [
        ("majority", (("a", 0.9), ("a", 0.5), ("b", 0.9)), True),
        ("majority", (("a", 0.9), ("a", 0.9), ("b", 0.9), ("b", 0.1)), False),
        ("majority", (("a", 0.9), ("a", 0.9), (None, 0.0), (None, 0.0)), False),
        ("unanimous", (("a", 0.9), ("a", 0.1)), True),
        ("unanimous", (("a", 0.9), (None, 0.0)), False),
        ("any", (("a", 0.2), ("b", 0.1), (None, 0.0)), True),
        ("weighted", (("a", 0.9), ("b", 0.3), ("b", 0.3)), False),
        ("weighted", (("b", 0.9), ("b", 0.9), ("a", 0.3)), True),
        ("weighted", (("a", 0.9), (None, 0.0)), False),
    ],
)
def test_a_rule_decides_or_does_not(
    rule: str, given: tuple[tuple[str | None, float], ...], decided: bool
) -> None:
    assert decide_category(_votes(*given), rule).decided is decided


def test_abstentions_count_as_asked_and_none_is_a_choice() -> None:
    decision = decide_category(_votes((NONE, 0.8), (NONE, 0.6), (None, 0.0)), "majority")
    assert (decision.category, decision.decided) == (NONE, True)
    assert decision.agreement == pytest.approx(2 / 3, abs=1e-4)
    assert decision.confidence == 0.7


def test_where_everybody_abstains_nothing_is_decided() -> None:
    decision = decide_category(_votes((None, 0.0), (None, 0.0)), "any")
    assert (decision.category, decision.decided, decision.agreement) == (NONE, False, 0.0)


def test_the_order_of_votes_does_not_count() -> None:
    votes = [
        CategoryVote("x", "a", 0.6, "c"), CategoryVote("y", "b", 0.6, "c"),
        CategoryVote("z", "c", 0.5, "a"), CategoryVote("w", None),
    ]  # fmt: skip
    decisions = {decide_category(list(order), "majority") for order in permutations(votes)}
    assert len(decisions) == 1
    (decision,) = decisions
    assert (decision.category, decision.second) == ("a", "b")


def test_a_second_choice_may_come_from_seconds_alone() -> None:
    votes = [CategoryVote("x", "a", 0.9, "c"), CategoryVote("y", "a", 0.9)]
    assert decide_category(votes, "majority").second == "c"


def test_an_unknown_rule_and_a_double_vote_are_refused() -> None:
    with pytest.raises(RuleUnknownError, match="did you mean `majority`"):
        decide_category(_votes(("a", 1.0)), "majorty")
    with pytest.raises(VotesInvalidError):
        decide_category([CategoryVote("m", "a", 1.0)] * 2, "majority")
    with pytest.raises(VotesInvalidError):
        decide_category([], "majority")
