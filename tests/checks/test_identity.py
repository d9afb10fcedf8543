from __future__ import annotations

import hashlib
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from checks.identity import content_id, normalise, root_key, row_key


def test_a_composed_and_a_decomposed_accent_are_the_same_text() -> None:
    assert normalise("Cafe\u0301") == "Caf\u00e9"
    assert content_id("Cafe\u0301") == content_id("Caf\u00e9")


def test_white_space_is_collapsed_and_case_is_kept() -> None:
    assert normalise("  How\u00a0do \t I\nkill  a Process?  ") == "How do I kill a Process?"
    assert content_id("How do I?") != content_id("how do i?")


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.text())
def test_an_identity_has_sixteen_hexadecimal_characters(text: str) -> None:
    identity = content_id(text)
    assert len(identity) == 16
    assert set(identity) <= set("0123456789abcdef")


def test_an_identity_can_be_recomputed_from_its_description() -> None:
    expected = hashlib.sha256(b'["Caf\\u00e9?", "slang"]').hexdigest()[:16]
    assert content_id("Café? ", "slang") == expected


def test_a_style_makes_another_prompt_of_the_same_text() -> None:
    assert content_id("How do I?", "slang") != content_id("How do I?")


@given(st.lists(st.text(), min_size=3, max_size=3), st.lists(st.text(), min_size=3, max_size=3))
def test_different_parts_never_make_the_same_key(one: list[str], other: list[str]) -> None:
    assert (row_key(*one) == row_key(*other)) == (one == other)


def test_parts_cannot_run_into_each_other() -> None:
    assert row_key("ab", "c", "0.0") != row_key("a", "bc", "0.0")
    assert row_key("a", 'b", "c', "d") != row_key("a", "b", 'c", "d')


def test_a_line_number_and_its_digits_are_one_position() -> None:
    assert root_key("seeds.csv", 17) == root_key("seeds.csv", "17")
    assert root_key("seeds.csv", 17) != root_key("seeds.csv", 18)
