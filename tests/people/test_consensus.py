"""Majorities, and verdicts held against people's labels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.agreement import cohen_kappa, observed_agreement
from measures.confusion import confusion
from people.consensus import compared, majority

_ROWS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([True, False, None]), st.sampled_from("abc"))
)


@pytest.mark.parametrize(
    ("votes", "said"),
    [
        ((), None),
        ((None, None), None),
        ((True, None), True),
        ((True, False), None),
        ((False, False, True), False),
    ],
)
def test_a_majority_is_more_than_half_of_the_votes_given(
    votes: tuple[bool | None, ...], said: bool | None
) -> None:
    assert majority(votes) is said


@given(_ROWS)
def test_figures_are_those_of_the_rows_one_by_one(
    rows: list[tuple[bool, bool | None, str]],
) -> None:
    truths = [truth for truth, _, _ in rows]
    verdicts = [verdict for _, verdict, _ in rows]
    found = compared(truths, verdicts, [cluster for _, _, cluster in rows])
    pairs = [(truth, verdict) for truth, verdict, _ in rows if verdict is not None]
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assert (found.rows, found.neither) == (len(rows), len(rows) - len(pairs))
    assert found.confusion == confusion(pairs)
    assert found.kappa() == cohen_kappa(first, second)
    assert found.agreement == observed_agreement(first, second)
    against = [not truth if verdict is None else verdict for truth, verdict, _ in rows]
    assert found.kappa(strict=True) == cohen_kappa(truths, against)


def test_what_is_neither_misses_its_label() -> None:
    found = compared([True, True, False, False], [True, None, False, False])
    assert (found.recall(True), found.recall(False)) == (0.5, 1.0)
    assert (found.confusion.tpr, found.confusion.fpr) == (1.0, 0.0)
    assert found.kappa_interval(7) is None
