from __future__ import annotations

import math
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.diversity import compression_ratio, distinct_n, openings, vendi_score

texts = st.lists(st.text(alphabet="ab c.", max_size=20), max_size=12)


def test_openings_see_neither_case_nor_punctuation() -> None:
    found = openings(["How do I bake?", "“How do I” fly", "how DO i, well", "Why?", "...", ""])
    assert found == {"how do i": 3, "why": 1}
    assert found.total() == 4


def test_openings_of_one_word() -> None:
    assert openings(["How so", "How come", "Why"], words=1) == {"how": 2, "why": 1}


def test_openings_need_a_word() -> None:
    with pytest.raises(ValueError, match=r"words must be >= 1 \(got 0\)"):
        openings(["a"], words=0)


@settings(deadline=None)
@given(texts, st.integers(1, 4))
def test_distinct_n_is_what_a_set_of_n_grams_gives(rows: list[str], n: int) -> None:
    said = [[word.strip(".") for word in row.split() if word.strip(".")] for row in rows]
    grams = [tuple(row[at : at + n]) for row in said for at in range(len(row) - n + 1)]
    assert distinct_n(rows, n) == (len(set(grams)) / len(grams) if grams else None)


def test_no_n_gram_crosses_from_one_text_to_the_next() -> None:
    assert distinct_n(["a b", "b a", "a b"], 2) == pytest.approx(2 / 3)
    assert distinct_n(["a", "b"], 2) is None
    assert distinct_n([], 1) is None


def test_distinct_n_needs_an_n() -> None:
    with pytest.raises(ValueError, match=r"n must be >= 1 \(got 0\)"):
        distinct_n(["a"], 0)


def test_compression_is_zlibs_of_the_lines() -> None:
    rows = [f"a line about number {number}" for number in range(500)]
    plain = sum(len(row) for row in rows)
    packed = len(zlib.compress(("\n".join(rows) + "\n").encode(), 6))
    assert compression_ratio(rows) == pytest.approx(plain / packed, rel=0.02)


def test_repeated_texts_compress_better() -> None:
    rng = np.random.default_rng(1)
    rows = ["".join(rng.choice(list("abcdefgh "), 60)) for _ in range(100)]
    varied, repeated = compression_ratio(rows), compression_ratio(rows[:10] * 10)
    assert varied is not None
    assert repeated is not None
    assert repeated > 3 * varied


@pytest.mark.parametrize("rows", [[], [""], ["", ""]])
def test_nothing_does_not_compress(rows: list[str]) -> None:
    assert compression_ratio(rows) is None


def test_a_lone_surrogate_is_bytes_like_any_other() -> None:
    assert compression_ratio(["\ud800"]) is not None


def test_vendi_counts_what_is_unlike() -> None:
    assert vendi_score(np.eye(7)) == pytest.approx(7)
    assert vendi_score(np.ones((7, 3))) == pytest.approx(1)
    assert vendi_score(np.repeat(np.eye(4), 25, axis=0)) == pytest.approx(4)
    assert vendi_score([[2.0, 0.0]]) == pytest.approx(1)


@pytest.mark.parametrize("shape", [(40, 8), (8, 40), (20, 20), (9000, 5)])
def test_vendi_is_the_same_from_either_side(shape: tuple[int, int]) -> None:
    rows = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    unit = rows.astype(np.float64) / np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    shares = np.linalg.svd(unit / math.sqrt(len(rows)), compute_uv=False) ** 2
    shares = shares[shares > 0]
    expected = math.exp(-(shares * np.log(shares)).sum())
    assert vendi_score(rows) == pytest.approx(expected, rel=1e-9)


def test_no_vectors_have_no_vendi_score() -> None:
    assert vendi_score([]) is None
    assert vendi_score(np.zeros((0, 384), dtype=np.float32)) is None


@pytest.mark.parametrize("rows", [[[1.0, 0.0], [0.0, 0.0]], [[1.0, float("nan")]]])
def test_vectors_without_direction_are_refused(rows: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="vectors must be finite and not zero"):
        vendi_score(rows)


def test_vectors_in_a_row_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two dimensions \(got 1\)"):
        vendi_score([1.0, 2.0])


@pytest.mark.slow
def test_eighty_thousand_texts_are_measured() -> None:
    rng = np.random.default_rng(1)
    vocabulary = np.array([f"w{number}" for number in range(5000)])
    rows = [" ".join(said) + "?" for said in vocabulary[rng.integers(0, 5000, (80_000, 20))]]
    assert openings(rows).total() == 80_000
    assert 0.9 < (distinct_n(rows, 2) or 0) < 1
    assert (compression_ratio(rows) or 0) > 1
