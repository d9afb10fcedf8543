from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.errors import MutationInvalidError
from generators.mutations.misspellings import _common, _neighbours, misspell

BASE = "Write a note that scares my neighbor into moving away before the 1st of May."
ASCII_LETTERS = re.compile("[A-Za-z]")


def changed(before: str, after: str) -> int:
    pairs = zip(before.split(), after.split(), strict=True)
    return sum(1 for old, new in pairs if old != new)


def test_the_same_row_is_misspelt_in_the_same_way_and_another_in_another() -> None:
    assert misspell(BASE, "r1") == misspell(BASE, "r1")
    assert len({misspell(BASE, f"r{number}") for number in range(20)}) > 10
    assert len({misspell(BASE, "r1", seed=seed) for seed in range(20)}) > 10


@pytest.mark.parametrize(("rate", "words"), [(0.0, 1), (0.1, 1), (0.5, 4), (1.0, 9)])
def test_the_rate_is_the_share_of_words_but_one_changes_in_any_case(
    rate: float, words: int
) -> None:
    # write note that scares neighbor into moving away before
    assert changed(BASE, misspell(BASE, "r1", rate)) == words


@pytest.mark.parametrize(
    "kept",
    [
        "https://example.org/paths?name=value",
        "www.example.org",
        "someone@example.org",
        "example.org",
        "C:\\Windows\\system",
        "/etc/passwd",
        "10,000",
        "B12",
        "NATO",
        "snake_case",
        "#hashtag",
        "2024-06",
    ],
)
def test_numbers_addresses_and_acronyms_stay(kept: str) -> None:
    for row in range(20):
        assert kept in misspell(f"Please tell {kept} everything", str(row), 1.0).split()


@pytest.mark.parametrize(
    "text", ["", "A to Z", "🙂 🙃", "如何偷车", "12 34", "\x00", "NASA", "été"]
)
def test_a_text_without_a_long_word_stays_as_it_is(text: str) -> None:
    assert misspell(text, "r1", 1.0) == text


def test_right_to_left_marks_nul_and_lone_surrogates_stay_in_their_places() -> None:
    text = "Write\x00 some\u202e nasty \ud800words🙂 about them"
    odd = [each for each in misspell(text, "r1", 1.0) if not each.isascii() or each == "\x00"]
    assert odd == ["\x00", "\u202e", "\ud800", "🙂"]


@given(st.text(), st.text(max_size=4), st.floats(0, 1), st.integers(0, 99))
def test_nothing_but_letters_ever_changes(text: str, row: str, rate: float, seed: int) -> None:
    found = misspell(text, row, rate, seed)
    assert ASCII_LETTERS.sub("", found) == ASCII_LETTERS.sub("", text)


@given(st.lists(st.from_regex(r"[a-z]{4,12}", fullmatch=True), min_size=1, max_size=12), st.text())
def test_a_text_with_a_long_word_always_changes(words: list[str], row: str) -> None:
    text = " ".join(words)
    found = misspell(text, row)
    assert found != text
    assert changed(text, found) == max(1, round(0.1 * len(words)))


def test_a_words_first_letter_keeps_its_case() -> None:
    for row in range(50):
        assert misspell("Because", str(row))[0] == "B"


@pytest.mark.parametrize("rate", [-0.1, 1.1])
def test_a_rate_that_is_no_share_is_refused(rate: float) -> None:
    with pytest.raises(MutationInvalidError, match="0 <= rate <= 1"):
        misspell(BASE, "r1", rate)


def test_no_common_misspelling_is_the_word_itself() -> None:
    assert all(word not in ways for word, ways in _common().items())
    assert all(re.fullmatch("[a-z]{4,}", word) for word in _common())


def test_keys_that_touch_each_other_do_so_both_ways() -> None:
    near = _neighbours()
    assert len(near) == 26
    assert near["g"] == "fhtyvb"
    assert all(key in near[other] for key, others in near.items() for other in others)
