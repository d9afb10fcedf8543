from __future__ import annotations

import pytest

from inference.limits.estimate import Estimate
from inference.types import ChatRequest, Message, Reply, Usage

_LONG = ChatRequest("m", (Message("system", "s" * 40), Message("user", "u" * 360)))
_SHORT = ChatRequest("m", (Message("user", "u" * 8),), max_tokens=5)


def test_input_is_a_quarter_of_the_characters() -> None:
    assert Estimate().tokens(_LONG).input == 100


def test_output_is_what_the_model_answered_on_average_and_at_most_max_tokens() -> None:
    estimate = Estimate()
    for output in (100, 200):
        estimate.learn(Reply(usage=Usage(1, output)))
    assert estimate.tokens(_LONG).output == pytest.approx(105)
    assert estimate.tokens(_SHORT).output == 5


def test_before_the_first_answer_there_is_a_guess() -> None:
    assert Estimate().tokens(_LONG).output > 0
    assert Estimate().tokens(_SHORT).total == 7
