"""Every check reads one megabyte of whatever: what is more than linear would not end in time."""

from __future__ import annotations

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


@pytest.mark.slow
@pytest.mark.parametrize("name", PATTERNS)
def test_one_megabyte_is_read(name: str) -> None:
    pattern = PATTERNS[name]
    text = pattern * (SIZE // len(pattern))
    found = {check.name: check(ITEM, text) for check in CHECKS}
    assert len(found) == len(CHECKS)
    assert len(tidy(text)) <= SIZE
