from __future__ import annotations

import pytest

from checks.errors import OptionInvalidError
from checks.length import Length
from tests.programs import ITEM


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u3000\u00a0"])
def test_a_text_of_only_white_space_is_dropped_as_empty(text: str) -> None:
    assert Length()(ITEM, text) == "empty"


def test_the_bounds_themselves_pass_and_one_character_more_does_not() -> None:
    check = Length(min_chars=5, max_chars=9, min_words=2)
    assert check(ITEM, "a bcd") is None
    assert check(ITEM, "a bc") == "too_short"
    assert check(ITEM, "ab cdefgh") is None
    assert check(ITEM, "ab cdefghi") == "too_long"


def test_white_space_at_the_ends_does_not_count() -> None:
    assert Length(min_chars=5, max_chars=9, min_words=1)(ITEM, "  abcde      ") is None


def test_a_text_of_too_few_words_is_too_short() -> None:
    assert Length(min_words=3)(ITEM, "Antidisestablishmentarianism indeed") == "too_short"


def test_bounds_that_no_text_can_meet_are_refused() -> None:
    with pytest.raises(OptionInvalidError, match=r"min_chars <= max_chars \(got 9\.\.5\)"):
        Length(min_chars=9, max_chars=5)
