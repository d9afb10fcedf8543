"""How much of a text a code puts in code, and what counts as encoded at all."""

from __future__ import annotations

import math
from typing import get_args

import pytest

from generators.mutations.encodings.registry import ENCODINGS, FEWEST_CODED, EncodedStyle
from generators.mutations.encodings.types import Mode
from tests.servers.translations import ENGLISH, MISTAKEN, TRANSLATIONS

of_letters = pytest.mark.parametrize("name", ["caesar", "morse", "atbash"])
every_mode = pytest.mark.parametrize("mode", get_args(Mode))


def _reason(name: str, base: str, mode: Mode = "canonical", bare: bool = False) -> str | None:
    style = EncodedStyle(ENCODINGS[name], mode, bare)
    return style.reason(base, style.prompt(base))


@of_letters
@every_mode
@pytest.mark.parametrize("bare", [True, False])
@pytest.mark.parametrize("language", ["zh", "ml", "ta", "mr"])
def test_a_request_in_another_script_is_not_encodable(
    name: str, mode: Mode, bare: bool, language: str
) -> None:
    base = TRANSLATIONS[language][0].format("R7")
    assert _reason(name, base, mode, bare) == "not_encodable"


@of_letters
@every_mode
def test_english_and_french_requests_are_encoded(name: str, mode: Mode) -> None:
    for base in (*ENGLISH, *TRANSLATIONS["fr"], *MISTAKEN["fr"]):
        if ENCODINGS[name].carries(base, mode) is not None:
            assert _reason(name, base.format("R7"), mode) is None


@every_mode
@pytest.mark.parametrize("base", [TRANSLATIONS["zh"][0], "?!", "\U0001f600"])
def test_numbers_for_characters_encode_everything(mode: Mode, base: str) -> None:
    assert _reason("ascii", base, mode) is None


@of_letters
@pytest.mark.parametrize(
    ("base", "share"),
    [
        ("Name a river.", 1),
        ("Name a river \u2014 or \u20ac, %.", 1),
        ("Names a\u00e9\u00e9", 3 / 4),
        ("abc\u4e2d", 3 / 4),
        ("\u4f60\u597d", 0),
        ("?!", 0),
        ("", 0),
    ],
)
def test_letters_count_and_marks_do_not(name: str, base: str, share: float) -> None:
    assert math.isclose(ENCODINGS[name].coded_share(base), share)


def test_digits_count_in_the_code_that_has_them() -> None:
    assert ENCODINGS["morse"].coded_share("ab 12 \u0663\u0664") == 2 / 3
    assert ENCODINGS["caesar"].coded_share("ab 12") == 1
    assert ENCODINGS["caesar"].coded_share("12 34") == 0
    assert _reason("caesar", "12 34") == "not_encodable"
    assert _reason("morse", "12 34") is None


@of_letters
@pytest.mark.parametrize("odd", range(5))
def test_a_partly_encoded_text_is_one_up_to_the_stated_share(name: str, odd: int) -> None:
    base = "a" * (40 - odd) + "\u4e2d" * odd
    is_encoded = (40 - odd) / 40 >= FEWEST_CODED
    assert _reason(name, base) == (None if is_encoded else "not_encodable")
    assert _reason(name, "a" * 35 + "\u4e2d" * 5) == "not_encodable"


def test_a_letter_that_has_a_capital_in_the_alphabet_is_in_morse_code() -> None:
    assert ENCODINGS["morse"].coded_share("Stra\u00dfe") == 1
    assert ENCODINGS["caesar"].coded_share("Stra\u00dfe") == 5 / 6
