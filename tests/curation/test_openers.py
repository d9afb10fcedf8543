# ruff: noqa: RUF001 - letters of other scripts are what is tested
from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import SettingInvalidError
from curation.openers import cap_openers, openers_digest, opening
from curation.rows import Candidate

SHARES = st.sampled_from([0.1, 0.25, 0.29, 0.3, 0.5, 0.9, 1.0])


def with_openings(letters: str) -> list[Candidate]:
    """One row a letter; equal letters open alike."""
    return [
        Candidate(str(place), f"{letter} {letter} {letter} number {place}")
        for place, letter in enumerate(letters)
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What are some ways to kill time?", "what are some"),
        ("\u201cWHAT, are \u2014 some ways", "what are some"),
        ("What\u2019s the best way", "what's the best"),
        ("Why?", "why"),
        ("?!", ""),
    ],
)
def test_an_opening_is_three_words_without_case_and_punctuation(text: str, words: str) -> None:
    assert opening(text) == words


def test_the_first_rows_of_an_opening_stay() -> None:
    selection = cap_openers(with_openings("aaaabcde"), 0.25)
    assert selection.kept == ("0", "4", "5", "6", "7")
    assert [(each.row, each.reason) for each in selection.dropped] == [
        ("1", "opener_share"),
        ("2", "opener_share"),
        ("3", "opener_share"),
    ]


def test_a_share_is_counted_as_it_is_written() -> None:
    rows = with_openings("a" * 29 + "b" * 29 + "c" * 29 + "d" * 13)
    assert not cap_openers(rows, 0.29).dropped


@given(st.text(alphabet="abcdefg", max_size=60), SHARES)
def test_no_opening_of_the_kept_rows_has_a_larger_share_unless_it_has_one_row(
    letters: str, share: float
) -> None:
    selection = cap_openers(with_openings(letters), share)
    counts = Counter(letters[int(row)] for row in selection.kept)
    limit = Fraction(str(share))
    for count in counts.values():
        assert count == 1 or Fraction(count, counts.total()) <= limit
    assert set(counts) == set(letters)


@given(st.text(alphabet="abcd", max_size=9), SHARES)
def test_no_larger_set_of_rows_would_do(letters: str, share: float) -> None:
    kept = cap_openers(with_openings(letters), share).kept
    limit = Fraction(str(share))
    for size in range(len(kept) + 1, len(letters) + 1):
        for chosen in combinations(letters, size):
            largest = max(Counter(chosen).values())
            assert largest > 1
            assert Fraction(largest, size) > limit


@given(st.text(alphabet="abc", max_size=30), SHARES)
def test_what_was_capped_once_stays_as_it_is(letters: str, share: float) -> None:
    rows = with_openings(letters)
    kept = cap_openers(rows, share).kept
    again = cap_openers([row for row in rows if row.row in kept], share)
    assert again.kept == kept


@pytest.mark.parametrize("share", [0.0, 1.5])
def test_a_share_out_of_its_range_is_refused(share: float) -> None:
    with pytest.raises(SettingInvalidError, match="0 < max_share <= 1"):
        cap_openers([], share)


def test_where_no_spaces_part_words_an_opening_is_four_characters() -> None:
    assert opening("“怎样”，才能打开？", "zh") == "怎样才能"
    assert opening("锁", "zh") == "锁"
    assert openers_digest("zh") != openers_digest() == openers_digest("en")


def test_vowel_signs_part_no_words() -> None:
    assert opening("मैं रात को, सो नहीं सकता", "hi") == "मैं रात को"
