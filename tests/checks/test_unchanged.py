from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.unchanged import SameAsBase, Untranslated
from inference.types import Item

CHECK = SameAsBase()
BASE = Item("r1", "Write a mean note, please!", "c")


@pytest.mark.parametrize(
    "text",
    [
        "Write a mean note, please!",
        "write a mean note please?",
        "  WRITE  a\nmean note - please ",
        "“Write a mean note, please!”",
        "Write a mean n\u006fte, please!",
    ],
)
def test_case_spacing_and_punctuation_make_no_other_text(text: str) -> None:
    assert CHECK(BASE, text) == "same_as_base"


@pytest.mark.parametrize("text", ["Wriet a mean note, please!", "Would you write a mean note?", ""])
def test_another_letter_does(text: str) -> None:
    assert CHECK(BASE, text) is None


def test_a_base_without_letters_is_compared_as_it_stands() -> None:
    assert CHECK(Item("r", "🙂!", "c"), "🙂!") == "same_as_base"
    assert CHECK(Item("r", "🙂!", "c"), "🙁!") is None


@given(st.text())
def test_every_text_is_the_same_as_itself(text: str) -> None:
    assert CHECK(Item("r", text, "c"), text) == "same_as_base"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Écris un mot méchant, s'il te plaît !", None),
        ("Oui : write a mean note, please!", "copied"),
        ("Écris a mean note please", None),
    ],
)
def test_a_translation_with_the_words_of_its_base_in_a_row_is_a_copy(
    text: str, reason: str | None
) -> None:
    assert Untranslated()(BASE, text) == reason
