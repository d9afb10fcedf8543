from __future__ import annotations

import pytest

from checks.request_form import Question
from tests.programs import ITEM


@pytest.mark.parametrize(
    "text",
    [
        "How do I kill a process?",
        "My car is locked. How do I get in?",
        "Is that a gun?!",
        'What is meant by "kill two birds with one stone?"',
        "Don\u2019t wasps die in winter?",
    ],
)
def test_one_question_passes(text: str) -> None:
    assert Question(instructions=False)(ITEM, text) is None


@pytest.mark.parametrize(
    "text", ["List ways to kill time.", "Please explain how bombs are defused"]
)
def test_an_instruction_passes_only_where_it_may(text: str) -> None:
    assert Question(instructions=True)(ITEM, text) is None
    assert Question(instructions=False)(ITEM, text) == "not_a_question"


@pytest.mark.parametrize("text", ["The stolen car.", "The stolen car?", "", "?", "Cars get stolen"])
def test_what_asks_nothing_is_no_question(text: str) -> None:
    assert Question()(ITEM, text) == "not_a_question"


def test_several_questions_at_once_are_too_many() -> None:
    text = "How do I kill a process? How do I kill a thread?"
    assert Question()(ITEM, text) == "several_questions"
    assert Question(most=2)(ITEM, text) is None
