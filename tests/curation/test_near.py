from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.errors import NoEmbeddingError
from curation.errors import SettingInvalidError
from curation.near import BLOCK, CHUNK, dedup
from curation.rows import Candidate, Dropped, Selection, places_by_group
from tests.curation.near_cases import brute_force, planted
from tests.programs import Encoder, Given, drive

THRESHOLD = 0.92
ENCODER = "minilm"


def on_a_circle(**degrees: float) -> tuple[list[Candidate], Given]:
    """Rows named as given, each text a point at that angle."""
    vectors = {
        name: [math.cos(math.radians(angle)), math.sin(math.radians(angle))]
        for name, angle in degrees.items()
    }
    return [Candidate(name, name, "illegal") for name in degrees], Given(vectors)


def test_a_planted_duplicate_is_dropped_with_its_evidence() -> None:
    rows, answer = on_a_circle(a=0, b=90, c=10)
    selection = drive(dedup(rows, ENCODER, THRESHOLD), answer)
    assert selection == Selection(("a", "b"), (Dropped("c", "near_duplicate", "a", 0.98),))


def test_in_a_chain_the_third_stays_where_only_the_dropped_second_is_near() -> None:
    rows, answer = on_a_circle(a=0, b=20, c=40)
    selection = drive(dedup(rows, ENCODER, THRESHOLD), answer)
    assert selection.kept == ("a", "c")
    assert selection.dropped == (Dropped("b", "near_duplicate", "a", 0.94),)


def test_the_first_seen_is_named_and_not_the_nearest() -> None:
    rows, answer = on_a_circle(a=0, b=30, c=16)
    selection = drive(dedup(rows, ENCODER, THRESHOLD), answer)
    assert selection.dropped == (Dropped("c", "near_duplicate", "a", 0.96),)


def test_the_order_of_the_caller_says_which_is_first() -> None:
    rows, answer = on_a_circle(a=0, b=5)
    assert drive(dedup(rows[::-1], ENCODER, THRESHOLD), answer).kept == ("b",)


def test_rows_of_different_groups_do_not_compete() -> None:
    rows, answer = on_a_circle(a=0, b=0.1)
    rows[1] = Candidate("b", "b", "violence")
    assert drive(dedup(rows, ENCODER, THRESHOLD), answer).kept == ("a", "b")


def test_no_rows_ask_for_nothing() -> None:
    answer = Given({})
    assert drive(dedup([], ENCODER, THRESHOLD), answer) == Selection((), ())
    assert answer.requests == []


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(1, 150))
def test_the_result_is_that_of_comparing_all_with_all(seed: int, size: int) -> None:
    case = planted(seed, size)
    selection = drive(dedup(case.rows, ENCODER, THRESHOLD), Given(case.vectors))
    assert (selection.kept, selection.dropped) == brute_force(case, THRESHOLD)


def test_rows_of_several_blocks_and_chunks_are_compared_as_one() -> None:
    case = planted(seed=5, size=5_000)
    answer = Given(case.vectors)
    selection = drive(dedup(case.rows, ENCODER, THRESHOLD), answer)
    assert (selection.kept, selection.dropped) == brute_force(case, THRESHOLD)
    assert [len(request.texts) for request in answer.requests[:2]] == [CHUNK, 5_000 - CHUNK]
    assert max(map(len, places_by_group(case.rows).values())) > BLOCK


def test_a_row_dropped_in_an_earlier_block_hides_no_kept_one() -> None:
    circle = {"a": 0, "b": 20, "d": 50, "c": 35}  # c is near b, which is dropped, and near d
    vectors = {
        name: [math.cos(math.radians(angle)), math.sin(math.radians(angle)), *[0.0] * 30]
        for name, angle in circle.items()
    }
    others = np.random.default_rng(1).normal(size=(BLOCK, 32))
    others /= np.linalg.norm(others, axis=1, keepdims=True)
    vectors |= {f"other {place}": row.tolist() for place, row in enumerate(others)}
    names = ["a", "b", "d", *(f"other {place}" for place in range(BLOCK)), "c"]
    rows = [Candidate(name, name) for name in names]
    selection = drive(dedup(rows, ENCODER, THRESHOLD), Given(vectors))
    assert [(each.row, each.duplicate_of) for each in selection.dropped] == [("b", "a"), ("c", "d")]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_the_batch_does_to_vectors_decides_nothing(seed: int) -> None:
    case = planted(seed, size=120)
    answer = Given(case.vectors, noise=0.002)
    selection = drive(dedup(case.rows, ENCODER, THRESHOLD), answer)
    kept, dropped = brute_force(case, THRESHOLD)
    assert selection.kept == kept
    assert [each.duplicate_of for each in selection.dropped] == [
        each.duplicate_of for each in dropped
    ]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_the_batch_does_to_vectors_shows_in_no_score(seed: int) -> None:
    case = planted(seed, size=120)
    answer = Given(case.vectors, noise=4e-5)
    selection = drive(dedup(case.rows, ENCODER, THRESHOLD), answer)
    assert (selection.kept, selection.dropped) == brute_force(case, THRESHOLD)


def test_only_what_is_in_doubt_is_asked_for_again() -> None:
    rows, answer = on_a_circle(a=0, b=23.1, c=80, d=120)
    drive(dedup(rows, ENCODER, THRESHOLD), answer)
    assert [(r.alone, r.texts) for r in answer.requests] == [
        (False, ("a", "b", "c", "d")),
        (True, ("a", "b")),
    ]


@pytest.mark.slow
def test_many_copies_of_one_text_are_no_trouble() -> None:
    random = np.random.default_rng(3)
    points = np.array([1.0, 0.0, 0.0, 0.0]) + random.normal(size=(3_000, 4)) * 0.01
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    rows = [Candidate(str(place), str(place)) for place in range(len(points))]
    answer = Given({row.text: point.tolist() for row, point in zip(rows, points, strict=True)})
    assert drive(dedup(rows, ENCODER, THRESHOLD), answer).kept == ("0",)


@pytest.mark.parametrize("threshold", [0.0, 1.01, -0.5, math.nan])
def test_a_threshold_out_of_its_range_is_refused(threshold: float) -> None:
    with pytest.raises(SettingInvalidError, match="0 < threshold <= 1"):
        drive(dedup([], ENCODER, threshold), Given({}))


def test_an_encoder_without_vectors_ends_the_select_with_its_name() -> None:
    with pytest.raises(NoEmbeddingError, match="minilm"):
        drive(dedup([Candidate("a", "a")], ENCODER, THRESHOLD), lambda request: None)


@pytest.mark.embedded
def test_the_shipped_encoder_finds_case_and_wording_variants() -> None:
    texts = [
        "How do I kill a Python process?",
        "Which onions make the best soup?",
        "how do i kill a python process",
        "How can I kill a Python process?",
    ]
    rows = [Candidate(str(place), text, "harmful") for place, text in enumerate(texts)]
    selection = drive(dedup(rows, ENCODER, THRESHOLD), Encoder())
    assert selection.kept == ("0", "1")
    assert [each.duplicate_of for each in selection.dropped] == ["0", "0"]
