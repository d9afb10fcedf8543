from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score

from measures.confusion import confusion


def test_rates_follow_from_the_counts() -> None:
    found = confusion([(True, True)] * 3 + [(True, False)] + [(False, True)] + [(False, False)] * 9)
    assert (found.positives, found.negatives) == (4, 10)
    assert found.tpr == 0.75
    assert found.fpr == 0.1
    assert found.balanced_accuracy == pytest.approx(0.825)


def test_a_rate_without_rows_is_none() -> None:
    assert confusion([(True, True)]).fpr is None
    assert confusion([(False, True)]).tpr is None
    assert confusion([]).balanced_accuracy is None


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60))
def test_balanced_accuracy_is_scikit_learns(pairs: list[tuple[bool, bool]]) -> None:
    truths = [truth for truth, _ in pairs]
    found = confusion(pairs).balanced_accuracy
    if len(set(truths)) == 2:
        expected = balanced_accuracy_score(truths, [verdict for _, verdict in pairs])
        assert found == pytest.approx(expected)
