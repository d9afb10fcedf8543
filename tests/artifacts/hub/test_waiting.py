"""Whoever waits for a Hub that is out of reach is told so at once, and once."""

from __future__ import annotations

from typing import NoReturn

import pytest
from httpx2 import ConnectError
from huggingface_hub import HfApi

from artifacts.hub.client import Hub
from artifacts.hub.values import HubAnswerError, Waits


def _unreachable(api: HfApi) -> NoReturn:
    raise ConnectError("nobody listens")


def test_a_wait_is_told_when_it_begins() -> None:
    said: list[str] = []
    waited: list[tuple[float, int]] = []
    waits = Waits(sleep=lambda seconds: waited.append((seconds, len(said))), tell=said.append)
    with pytest.raises(HubAnswerError, match="out of reach"):
        Hub(HfApi(), "me/set", waits).ask(_unreachable)
    assert said == [
        "the Hub must answer; it is out of reach (got me/set); it is asked again, 6 times in all"
    ]
    assert waited[0] == (1.0, 1)  # told before the first wait
