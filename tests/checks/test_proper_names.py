"""Names that other languages write otherwise."""

from __future__ import annotations

import pytest

from checks.proper_names import is_translated, named_in


@pytest.mark.parametrize(
    ("name", "language", "text"),
    [
        ("London", "fr", "un musée à Londres"),
        ("Germany", "fr", "en Allemagne"),
        ("Helen", "fr", "la mère d'Hélène"),
        ("London", "zh", "伦敦的博物馆"),
        ("York", "zh", "纽约的卢浮宫"),
        ("Egypt", "ml", "ഈജിപ്തിലെ പിരമിഡുകൾ"),
        ("London", "ta", "லண்டனில் உள்ள"),
        ("Christmas", "en", "a savage xmas card"),
    ],
)
def test_a_name_is_found_in_the_form_of_the_language(name: str, language: str, text: str) -> None:
    assert named_in(name, text, language)


@pytest.mark.parametrize(("name", "text"), [("London", "un musée à Paris"), ("Petra", "Londres")])
def test_another_name_is_not(name: str, text: str) -> None:
    assert not named_in(name, text, "fr")


def test_peoples_and_feasts_have_words_of_their_own() -> None:
    assert is_translated("Germans")
    assert is_translated("Easter")
    assert not is_translated("Marlow")
