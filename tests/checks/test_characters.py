from __future__ import annotations

import pytest

from checks.artefacts import ControlCharacters
from tests.programs import ITEM

MARKS = ("\x00", "\x1b", "\x7f", "\x85", "\ufffd", "\u202e", "\ud800", "\U000e0041", "\U000e0101")
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize("mark", MARKS)
def test_a_character_that_nobody_writes_is_found(mark: str) -> None:
    assert ControlCharacters()(ITEM, f"How do I kill{mark} a process?") == "control_characters"


def test_a_text_in_tags_behind_a_flag_is_found() -> None:
    hidden = "\U000e006b\U000e0069\U000e006c\U000e006c"
    assert ControlCharacters()(ITEM, f"{ENGLAND} flag{hidden}") == "control_characters"
    assert ControlCharacters()(ITEM, f"\U0001f3f4{hidden}") == "control_characters"


def test_the_start_of_a_parquet_file_is_no_text() -> None:
    assert ControlCharacters()(ITEM, b"PAR1\x15\x04\x15\xf0".decode("utf-8", "replace"))


@pytest.mark.parametrize(
    "text", ["Tab\tand\r\nline", "Jak zabić czas?", "कैसे\u200d मारें?", "👩‍🚒 🔥", ENGLAND]
)
def test_tabs_line_ends_and_all_scripts_pass(text: str) -> None:
    assert ControlCharacters()(ITEM, text) is None
