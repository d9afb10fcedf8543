"""Another word where one of the base stood."""

from __future__ import annotations

import pytest

from checks.swapped import swapped

BASE = "write a fake review for my cousin's kebab shop".split()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write a fake review for my cousin's bicycle shop", ("kebab", "bicycle")),
        ("for my cousin's kebab shop a fake review is due", None),
        ("write a fake review for the kebab shop of my cousin", None),
        ("a fake review for my cousin's shop, kebabs and all", None),
    ],
)
def test_it_is_told_by_the_word_beside_it(text: str, found: tuple[str, str] | None) -> None:
    assert swapped(BASE, text.replace(",", "").split()) == found


def test_a_word_of_its_kin_takes_no_place() -> None:
    base, text = "steal a bicycle lock", "steal a bike lock"
    assert swapped(base.split(), text.split()) is None
