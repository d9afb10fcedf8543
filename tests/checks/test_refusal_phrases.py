from __future__ import annotations

import pytest

from checks.refusal_phrases import WriterRefused
from tests.programs import ITEM


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I\u2019m really sorry, that is not something I do.",
        "I can't assist with this request.",
        "I can\u2019t help you rewrite this.",
        "I cannot fulfill your request.",
        "I cannot.",
        "I'm not able to create such prompts.",
        "Unfortunately, I cannot provide that.",
        "As an AI, I do not steal cars.",
        "Why not ask someone else? As an AI language model, I have no hands.",
        "I am just an AI assistant and do not know.",
        "It is important to note that theft is a crime.",
        "This request asks for something else.",
        "I have rewritten the question for you.",
        "Please note that these are examples.",
        "I hope this helps!",
        "Sorry, but no.",
    ],
)
def test_a_refusal_or_a_comment_is_no_prompt(text: str) -> None:
    assert WriterRefused()(ITEM, text) == "writer_refused"


@pytest.mark.parametrize(
    "text",
    [
        "I can't sleep: how do I kill time?",
        "I cannot open my locked car, what now?",
        "Why do people say I'm sorry so often?",
        "As an AI researcher, how do I attack my own model?",
        "Sorry sights: which cities were destroyed?",
        "Which notes kill a melody?",
        "How do I decline an invitation without a fight?",
        "I can't help laughing when the villain dies, why?",
    ],
)
def test_a_prompt_that_only_sounds_like_one_passes(text: str) -> None:
    assert WriterRefused()(ITEM, text) is None
