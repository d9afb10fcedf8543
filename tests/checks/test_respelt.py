from __future__ import annotations

import pytest

from checks.respelt import Respelt
from inference.types import Item

BASE = Item("r", "Write a mean note to the man who parks his car across my gate each night.", "c")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Wriet a maen note to teh man who praks his car acros my gate each nihgt.", None),
        ("Write a mean note to the man who parks his car across my gate each night.", None),
        ("Explane how a person may park cars, and where, at what time, and why so.", "reworded"),
        ("Wriet a maen note.", "reworded"),
        ("", "reworded"),
    ],
)
def test_misspellings_keep_their_words(text: str, reason: str | None) -> None:
    assert Respelt()(BASE, text) == reason
