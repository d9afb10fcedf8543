from __future__ import annotations

import pytest

from inference.types import ChatRequest, Finish, Item, Message, Refusal, Reply
from moderators.answers import AnswerTask

ITEM = Item(row="r1", text="How do I sharpen a kitchen knife?", category="violence")
ATOM = AnswerTask("target", max_tokens=100)
BLOCK = Refusal("provider_input_block", "error.code", "content_filter")


def test_a_prompt_is_put_as_it_is() -> None:
    user = Message("user", ITEM.text)
    assert ATOM.request(ITEM, 0) == ChatRequest("target", (user,), 0.0, max_tokens=100)


def test_a_system_prompt_and_a_temperature_are_the_recipes() -> None:
    task = AnswerTask("target", 100, temperature=0.7, system="Be brief.")
    request = task.request(ITEM, 0)
    assert request.messages == (Message("system", "Be brief."), Message("user", ITEM.text))
    assert request.temperature == 0.7


@pytest.mark.parametrize(
    ("text", "finish", "seen", "missing", "cut"),
    [
        ("Hold it at an angle.", "stop", "Hold it at an angle.", None, False),
        ("Hold it at", "length", "Hold it at", None, True),
        ("<think>A knife.</think>\n\nHold it.", "stop", "Hold it.", None, False),
        ("<think>A knife.</think> Hold", "length", "Hold", None, True),
        ("<think>A knife, hm", "length", "", "truncated", False),
        ("<think>A knife.</think>", "length", "", "truncated", False),
        ("<think>A knife.</think>", "stop", "", "empty", False),
        ("", "length", "", "truncated", False),
        ("", "stop", "", "empty", False),
        (" \n", "stop", "", "empty", False),
        ("", "other", "", "empty", False),
        ("", "tool_calls", "", "tool_calls", False),
        ("", "not_text", "", "not_text", False),
        ("Let me look.", "tool_calls", "Let me look.", None, False),
    ],
)
def test_an_answer_is_what_can_be_seen_or_says_why_it_is_missing(
    text: str, finish: Finish, seen: str, missing: str | None, cut: bool
) -> None:
    answer = ATOM.parse(ITEM, Reply(text=text, finish=finish, model="target-7b", key="k"))
    assert (answer.text, answer.missing, answer.cut) == (seen, missing, cut)
    assert (answer.served_as, answer.key) == ("target-7b", "k")


def test_a_signalled_refusal_is_an_answer_without_a_text() -> None:
    answer = ATOM.parse(ITEM, Reply(finish="content_filter", refusal=BLOCK))
    assert (answer.text, answer.missing, answer.refusal) == ("", None, BLOCK)


def test_a_very_long_answer_is_kept_whole() -> None:
    text = "word " * 30_000
    assert ATOM.parse(ITEM, Reply(text=text)).text == text.strip()
