from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.drift import cosine, published
from curation.contested import Contest, dedup_labelled
from curation.rows import Candidate, Dropped
from tests.curation.near_cases import brute_force, planted
from tests.programs import Given, at_cosine, drive

LABELS = ("safe", "toxic", "undecided")


def test_of_one_label_the_first_seen_stays_and_of_two_labels_both() -> None:
    rows = [
        Candidate("a", "one", "safe"),
        Candidate("b", "two", "safe"),
        Candidate("c", "three", "toxic"),
    ]
    vectors = {"one": at_cosine(1.0), "two": at_cosine(0.98), "three": at_cosine(0.95)}
    result = drive(dedup_labelled(rows, "minilm", 0.92), Given(vectors))
    assert result.kept == ("a", "c")
    assert result.dropped == (Dropped("b", "near_duplicate", "a", 0.98),)
    assert result.contested == (Contest("c", "a", 0.95),)


def test_a_dropped_row_is_in_no_contest() -> None:
    rows = [
        Candidate("a", "one", "safe"),
        Candidate("b", "two", "safe"),
        Candidate("c", "three", "toxic"),
    ]
    vectors = {"one": at_cosine(1.0), "two": at_cosine(0.93), "three": at_cosine(0.75)}
    result = drive(dedup_labelled(rows, "minilm", 0.92), Given(vectors))
    assert result.kept == ("a", "c")
    assert result.contested == ()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_contests_are_all_near_pairs_of_kept_rows_with_two_labels(seed: int) -> None:
    case = planted(seed, size=100, groups=LABELS)
    result = drive(dedup_labelled(case.rows, "minilm", 0.92), Given(case.vectors, noise=4e-5))
    kept, dropped = brute_force(case, 0.92)
    assert (result.kept, result.dropped) == (kept, dropped)
    vector = {text: np.asarray(each, np.float32) for text, each in case.vectors.items()}
    expected = {
        Contest(b.row, a.row, published(score))
        for a, b in combinations([row for row in case.rows if row.row in kept], 2)
        if a.group != b.group and (score := cosine(vector[a.text], vector[b.text])) >= 0.92
    }
    assert set(result.contested) == expected
    assert len(result.contested) == len(expected)
