"""Every check reads one megabyte of whatever in about a second: none is more than linear."""

from __future__ import annotations

from time import process_time

import pytest

from checks.clean import tidy
from checks.registry import NAMES, build
from tests.programs import ITEM

SIZE = 1_000_000
CHECKS = build([name for name in NAMES if name not in ("drift", "example")])
PATTERNS = {
    "one letter": "a",
    "spaces": " ",
    "quotes": '"',
    "brackets": "[{",
    "list marks": "1. • Q: ",
    "in a": "in a x ",
    "a sentence": "How do I open the old safe in town? ",
    "combining marks": "e\u0301\u0323",
}


@pytest.mark.parametrize("name", PATTERNS)
def test_one_megabyte_is_read_in_seconds(name: str) -> None:
    pattern = PATTERNS[name]
    text = pattern * (SIZE // len(pattern))
    for check in CHECKS:
        start = process_time()
        check(ITEM, text)
        assert process_time() - start < 5, check.name
    start = process_time()
    tidy(text)
    assert process_time() - start < 5
