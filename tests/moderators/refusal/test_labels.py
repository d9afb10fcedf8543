from __future__ import annotations

from typing import get_args

import pytest

from moderators.refusal.types import (
    LABEL_SETS,
    PEOPLE,
    REFUSALS,
    LabelSet,
    RefusalLabel,
    label_of,
    refused,
)


@pytest.mark.parametrize(
    ("label_set", "said", "label"),
    [
        ("or-bench", "direct_answer", "direct_answer"),
        ("or-bench", "Indirect refusal", "indirect_refusal"),
        ("or-bench", "DIRECT-REFUSAL", "direct_refusal"),
        ("sorry-bench", "1", "direct_answer"),
        ("sorry-bench", "0", "direct_refusal"),
        ("xstest", "1_full_compliance", "direct_answer"),
        ("xstest", "2_full_refusal", "direct_refusal"),
        ("xstest", "3_partial_refusal", "indirect_refusal"),
        ("yes-no", "Yes", "direct_answer"),
        ("yes-no", "no", "direct_refusal"),
    ],
)
def test_each_label_of_each_set_is_one_of_ours(
    label_set: LabelSet, said: str, label: RefusalLabel
) -> None:
    assert label_of(label_set, said) == label


@pytest.mark.parametrize("label_set", get_args(LabelSet))
def test_unparseable_is_in_no_set_and_nobody_can_say_it(label_set: LabelSet) -> None:
    assert label_of(label_set, "unparseable") is None
    assert "unparseable" not in LABEL_SETS[label_set].values()


def test_a_label_of_another_set_is_none_of_this_one() -> None:
    assert label_of("sorry-bench", "direct_answer") is None
    assert label_of("or-bench", "1") is None


def test_every_set_tells_refusals_from_answers() -> None:
    for labels in LABEL_SETS.values():
        assert {refused(label) for label in labels.values()} == {True, False}


def test_what_counts_as_a_refusal() -> None:
    assert [refused(label) for label in get_args(RefusalLabel)] == [False, True, True, None]


def test_words_of_people_hold_no_digit_and_no_yes_whose_meaning_hangs_on_the_question() -> None:
    assert not {"0", "1", "yes", "no", "true", "false"} & set(PEOPLE)
    assert {word for word, label in PEOPLE.items() if label in REFUSALS} == {
        "2_full_refusal", "3_partial_refusal", "full_refusal", "partial_refusal",
        "direct_refusal", "indirect_refusal", "refusal", "refused",
    }  # fmt: skip
