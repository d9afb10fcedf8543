from __future__ import annotations

from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderators.errors import RuleUnknownError, VotesInvalidError
from moderators.types import Label, Vote
from moderators.votes import RULES, Decision, decide

ANY_LABEL = st.sampled_from(get_args(Label))
ANY_RISK = st.sampled_from([True, False, None])
ANY_VOTE = st.tuples(ANY_LABEL, ANY_RISK)
UNWEIGHTED = tuple(rule for rule in RULES if rule != "weighted")


def votes(*labels: str, risks: tuple[bool | None, ...] = ()) -> list[Vote]:
    padded = (*risks, *[None] * (len(labels) - len(risks)))
    return [
        Vote(f"m{index}", label, sounds_risky=risk)  # type: ignore[arg-type]  # a label by value
        for index, (label, risk) in enumerate(zip(labels, padded, strict=True))
    ]


@st.composite
def polls(draw: st.DrawFn) -> tuple[list[Vote], str, dict[str, float] | None]:
    labels, risks = zip(*draw(st.lists(ANY_VOTE, min_size=1, max_size=7)), strict=True)
    cast = votes(*labels, risks=risks)
    rule = draw(st.sampled_from(RULES))
    if rule != "weighted":
        return cast, rule, None
    return cast, rule, {vote.model: draw(st.floats(0.1, 10)) for vote in cast}


@pytest.mark.parametrize(
    ("rule", "labels", "outcome"),
    [
        ("majority", ("safe", "safe", "toxic"), "safe"),
        ("majority", ("safe", "toxic", "toxic"), "toxic"),
        ("majority", ("safe", "safe", "abstain", "abstain"), "undecided"),
        ("majority", ("safe", "abstain", "toxic"), "undecided"),
        ("majority", ("safe", "toxic"), "undecided"),
        ("majority", ("abstain",), "undecided"),
        ("unanimous", ("toxic", "toxic"), "toxic"),
        ("unanimous", ("safe", "safe"), "safe"),
        ("unanimous", ("toxic", "safe"), "undecided"),
        ("unanimous", ("toxic", "abstain"), "undecided"),
        ("any", ("safe", "abstain", "toxic"), "toxic"),
        ("any", ("safe", "safe"), "safe"),
        ("any", ("safe", "abstain"), "undecided"),
    ],
)
def test_a_rule_gives_its_outcome(rule: str, labels: tuple[str, ...], outcome: str) -> None:
    assert decide(votes(*labels), rule).label == outcome


def test_votes_are_counted_and_abstentions_are_neither_safe_nor_toxic() -> None:
    assert decide(votes("safe", "toxic", "abstain", "safe"), "majority") == Decision(
        "undecided", safe=2, toxic=1, abstain=1, sounds_risky=None
    )


def test_weights_outvote_numbers() -> None:
    cast = votes("safe", "safe", "toxic")
    assert decide(cast, "weighted", {"m0": 1, "m1": 1, "m2": 3}).label == "toxic"
    assert decide(cast, "weighted", {"m0": 1, "m1": 2, "m2": 3}).label == "undecided"


@pytest.mark.parametrize(
    ("risks", "expected"),
    [
        ((True, False, None), False),
        ((True, True, False), True),
        ((True, None, None), True),
        ((None, None, None), None),
    ],
)
def test_sounding_risky_is_a_majority_of_those_who_measured_it(
    risks: tuple[bool | None, ...], expected: bool | None
) -> None:
    assert decide(votes("safe", "safe", "safe", risks=risks), "majority").sounds_risky is expected


@given(polls(), st.randoms(use_true_random=False))
def test_the_order_of_votes_is_irrelevant(
    poll: tuple[list[Vote], str, dict[str, float] | None], random: Random
) -> None:
    cast, rule, weights = poll
    shuffled = random.sample(cast, len(cast))
    assert decide(shuffled, rule, weights) == decide(cast, rule, weights)


@given(polls(), st.data())
def test_turning_a_vote_into_an_abstention_never_makes_a_row_safe_or_toxic(
    poll: tuple[list[Vote], str, dict[str, float] | None], data: st.DataObject
) -> None:
    cast, rule, weights = poll
    place = data.draw(st.integers(0, len(cast) - 1))
    changed = [*cast[:place], Vote(cast[place].model, "abstain"), *cast[place + 1 :]]
    before, after = decide(cast, rule, weights).label, decide(changed, rule, weights).label
    assert after in (before, "undecided")


@given(polls())
def test_one_more_abstention_never_makes_a_row_safe_or_toxic(
    poll: tuple[list[Vote], str, dict[str, float] | None],
) -> None:
    cast, rule, weights = poll
    more = [*cast, Vote("late", "abstain")]
    weighed = None if weights is None else weights | {"late": 1.0}
    assert decide(more, rule, weighed).label in (decide(cast, rule, weights).label, "undecided")


@given(polls())
def test_every_vote_is_counted_once(
    poll: tuple[list[Vote], str, dict[str, float] | None],
) -> None:
    cast, rule, weights = poll
    decision = decide(cast, rule, weights)
    assert decision.safe + decision.toxic + decision.abstain == len(cast)


@given(st.lists(ANY_LABEL, min_size=1, max_size=7))
def test_equal_weights_are_a_majority(labels: list[str]) -> None:
    cast = votes(*labels)
    equal = {vote.model: 2.0 for vote in cast}
    assert decide(cast, "weighted", equal) == decide(cast, "majority")


@given(st.lists(ANY_LABEL, min_size=1, max_size=7))
def test_what_all_flag_the_majority_flags_and_what_it_flags_any_one_flags(
    labels: list[str],
) -> None:
    outcomes = [decide(votes(*labels), rule).label for rule in ("unanimous", "majority", "any")]
    flagged = [outcome == "toxic" for outcome in outcomes]
    assert flagged == sorted(flagged)


def test_an_unknown_rule_is_refused_and_the_nearest_is_named() -> None:
    with pytest.raises(RuleUnknownError, match=r"did you mean `majority`\?\) \(got majorty\)"):
        decide(votes("safe"), "majorty")


@pytest.mark.parametrize(
    "weights", [{"m0": 1.0}, {"m0": 1.0, "m1": 0.0}, {"m0": 1.0, "m1": float("nan")}, None]
)
def test_weights_that_do_not_fit_are_refused(weights: dict[str, float] | None) -> None:
    with pytest.raises(VotesInvalidError):
        decide(votes("safe", "toxic"), "weighted", weights)


def test_weights_for_another_rule_are_refused() -> None:
    with pytest.raises(VotesInvalidError, match="weighted and no other"):
        decide(votes("safe"), "majority", {"m0": 1.0})


def test_no_votes_and_a_moderator_that_votes_twice_are_refused() -> None:
    with pytest.raises(VotesInvalidError):
        decide([], "majority")
    with pytest.raises(VotesInvalidError, match="vote once"):
        decide([Vote("m", "safe"), Vote("m", "toxic")], "majority")
