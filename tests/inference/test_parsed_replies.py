"""What stands in a reply's text as JSON, whatever a model wrote there."""

from __future__ import annotations

import pytest

from inference.ledger_schema import finished
from inference.types import ChatRequest, Reply

ASKED = ChatRequest("m", (), json_schema="{}")


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ('{"a": 1}', {"a": 1}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ('{"reason": "ends \\ud83d"}', {"reason": "ends \ufffd"}),
        ("[" * 1000, None),
        ("[" * 1000 + "]" * 1000, None),
        ("[" * 100_000, None),
        ('{"n": ' + "9" * 5000 + "}", None),
        ("no JSON", None),
    ],
)
def test_a_text_is_parsed_in_bounds_or_not_at_all(text: str, parsed: object) -> None:
    assert finished(Reply(text), ASKED, "").parsed == parsed


def test_a_text_is_not_parsed_where_no_schema_was_asked_for() -> None:
    assert finished(Reply('{"a": 1}'), ChatRequest("m", ()), "").parsed is None
