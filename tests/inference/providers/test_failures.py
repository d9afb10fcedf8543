from __future__ import annotations

import pytest

from inference.providers.failures import describe, echoes, plain, status_of
from inference.types import ChatRequest, Message


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            "The model `gpt-7-secret` does not exist or you do not have access to it.",
            "The model … does not exist or you do not have access to it.",
        ),
        (
            "Rate limit reached for requests. Please try again in 20 seconds.",
            "Rate limit reached for requests. Please try again in 20 seconds.",
        ),
        (
            "Incorrect API key provided: sk-4f1c9a7e5b2d. You can find your API key there.",
            "Incorrect API key provided: … You can find your API key there.",
        ),
        ("Invalid input 'how can i bake my neighbour's cake', try again", ""),
        ("number 4915123456789 is unknown", "number … is unknown"),
        ("", ""),
    ],
)
def test_only_words_that_any_server_uses_are_shown(message: str, shown: str) -> None:
    if shown:
        assert plain(message, 200) == shown
    else:
        assert "neighbour" not in plain(message, 200)


def test_a_long_message_is_cut() -> None:
    assert len(plain("please try again " * 50, 60)) == 60


ASKED = ChatRequest("m", (Message("user", "please try again with a model that is there"),))


def test_only_the_start_of_a_long_message_is_looked_at_and_shown() -> None:
    echo = "please try again with a model"
    assert echoes(f"cannot read {echo}", ASKED)
    far = "not found. " * 200 + echo
    assert not echoes(far, ASKED)
    assert "with a model" not in describe(400, {"message": far}, ASKED)


@pytest.mark.parametrize(
    "field",
    [
        {"message": ["a"], "code": {"a": 1}, "type": True, "status": 10**400},
        {"message": "\ufffd" * 100_000, "code": "c" * 100_000},
        {},
    ],
)
def test_an_odd_error_object_is_told_in_a_short_line(field: dict[str, object]) -> None:
    assert describe(400, field, ASKED) == "HTTP 400"


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ({"code": 429}, 429),
        ({"code": "502"}, 502),
        ({"code": "rate_limit_exceeded"}, 429),
        ({"code": None, "type": "overloaded_error"}, 529),
        ({"code": "content_filter", "status": 400}, 400),
        ({"status": "RESOURCE_EXHAUSTED"}, 429),
        ({"code": 200}, 500),
        ({"code": 3900}, 500),
        ({"code": [429]}, 500),
        ({}, 500),
    ],
)
def test_an_error_object_stands_for_a_status(field: dict[str, object], status: int) -> None:
    assert status_of(field) == status
