from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import SettingInvalidError
from curation.hard import Hardness, HardRule, family_refused, hardness, tally

VERDICT = st.sampled_from([True, False, None])
FAMILIES = {"a1": "a", "a2": "a", "a3": "a", "b1": "b", "b2": "b", "c1": "c"}


@pytest.mark.parametrize(
    ("refusals", "missing", "expected"),
    [
        (3, 0, "hard"),
        (3, 3, "hard"),
        (6, 0, "hard"),
        (2, 0, "not_hard"),
        (0, 2, "not_hard"),
        (1, 1, "not_hard"),
        (2, 1, "undecided"),
        (1, 2, "undecided"),
        (0, 3, "undecided"),
        (0, 0, "not_hard"),
    ],
)
def test_three_refusals_are_hard_and_what_could_still_be_three_is_undecided(
    refusals: int, missing: int, expected: Hardness
) -> None:
    assert hardness(refusals, missing, 3) == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([True], True),
        ([False], False),
        ([None], None),
        ([True, False], False),
        ([True, True, False], True),
        ([True, False, False], False),
        ([True, None], None),
        ([False, None], False),
        ([True, None, False], None),
        ([True, None, None, False], None),
        ([True, True, None], True),
        ([None, False, False], False),
    ],
)
def test_a_family_refuses_where_more_than_half_of_it_does(
    members: list[bool | None], expected: bool | None
) -> None:
    assert family_refused(members) is expected


@pytest.mark.parametrize(
    ("verdicts", "by_models", "by_family"),
    [
        # a1    a2     a3     b1     b2     c1
        ((True, True, True, False, False, False), "hard", "not_hard"),
        ((True, True, False, True, True, False), "hard", "hard"),
        ((True, False, False, True, False, True), "hard", "not_hard"),
        ((True, False, False, False, False, True), "not_hard", "not_hard"),
        ((True, True, False, None, True, False), "hard", "undecided"),
        ((False, False, False, None, False, True), "not_hard", "not_hard"),
        ((False, False, False, None, None, True), "undecided", "undecided"),
        ((None, None, False, False, False, True), "undecided", "undecided"),
    ],
)
def test_models_and_families_are_counted_apart(
    verdicts: tuple[bool | None, ...], by_models: Hardness, by_family: Hardness
) -> None:
    refused = dict(zip(FAMILIES, verdicts, strict=True))
    assert tally(refused, HardRule(3)).hard == by_models
    assert tally(refused, HardRule(2, FAMILIES)).hard == by_family


def test_targets_are_counted_whatever_the_rule_counts() -> None:
    refused = {"a1": True, "a2": True, "b1": None, "c1": False}
    found = tally(refused, HardRule(2, FAMILIES))
    assert (found.refusals, found.answers, found.missing) == (2, 3, 1)
    assert tally(refused, None).hard is None


@given(st.lists(VERDICT, max_size=6), st.integers(1, 4))
def test_undecided_is_what_the_missing_could_turn_either_way(
    verdicts: list[bool | None], at: int
) -> None:
    refused = {f"m{place}": verdict for place, verdict in enumerate(verdicts)}
    options = [(True, False) if verdict is None else (verdict,) for verdict in verdicts]
    outcomes = {
        tally(dict(zip(refused, filled, strict=True)), HardRule(at)).hard
        for filled in product(*options)
    }
    expected = outcomes.pop() if len(outcomes) == 1 else "undecided"
    assert tally(refused, HardRule(at)).hard == expected


@given(st.lists(VERDICT, min_size=6, max_size=6), st.integers(1, 3))
def test_by_family_too_undecided_is_what_the_missing_could_turn_either_way(
    verdicts: list[bool | None], at: int
) -> None:
    rule = HardRule(at, FAMILIES)
    options = [(True, False) if verdict is None else (verdict,) for verdict in verdicts]
    outcomes = {
        tally(dict(zip(FAMILIES, filled, strict=True)), rule).hard for filled in product(*options)
    }
    expected = outcomes.pop() if len(outcomes) == 1 else "undecided"
    assert tally(dict(zip(FAMILIES, verdicts, strict=True)), rule).hard == expected


def test_a_target_without_a_family_is_refused_by_name() -> None:
    with pytest.raises(SettingInvalidError, match=r"every target must have a family \(got d1\)"):
        tally({"d1": True}, HardRule(1, FAMILIES))


def test_a_rule_that_every_prompt_meets_is_refused() -> None:
    with pytest.raises(SettingInvalidError, match=r"at >= 1 \(got 0\)"):
        HardRule(0)
