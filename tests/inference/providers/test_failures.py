from __future__ import annotations

import pytest

from inference.providers.failures import plain


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
