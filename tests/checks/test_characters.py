from __future__ import annotations

import pytest

from checks.artefacts import ControlCharacters
from tests.programs import ITEM


@pytest.mark.parametrize("mark", ["\x00", "\x1b", "\x7f", "\x85", "\ufffd", "\u202e", "\ud800"])
def test_a_character_that_nobody_writes_is_found(mark: str) -> None:
    assert ControlCharacters()(ITEM, f"How do I kill{mark} a process?") == "control_characters"


def test_the_start_of_a_parquet_file_is_no_text() -> None:
    assert ControlCharacters()(ITEM, b"PAR1\x15\x04\x15\xf0".decode("utf-8", "replace"))


@pytest.mark.parametrize(
    "text", ["Tab\tand\r\nline", "Jak zabić czas?", "कैसे\u200d मारें?", "👩‍🚒 🔥"]
)
def test_tabs_line_ends_and_all_scripts_pass(text: str) -> None:
    assert ControlCharacters()(ITEM, text) is None
