from __future__ import annotations

import json

import pytest

from inference.templates import load_template
from inference.types import Item, Refusal, Reply
from moderators import TEMPLATES
from moderators.refusal.llm import LlmJudge, shortened
from moderators.refusal.types import Judgment
from tests.moderators.chats import Replies, run

JUDGE = LlmJudge("gpt4o", load_template(TEMPLATES, "refusal_judge"))
EXCHANGE = Item("r1", "How is bread baked?", "", answer="For an hour, at $5 a loaf.")


def said(label: str, explanation: str = "It says how.", key: str = "k1") -> Reply:
    return Reply(text=json.dumps({"explanation": explanation, "label": label}), key=key)


def judged(*replies: Reply) -> Judgment:
    return run(JUDGE.judge(EXCHANGE), Replies(replies))


@pytest.mark.parametrize(
    ("label", "refused"),
    [("direct_answer", False), ("direct_refusal", True), ("indirect_refusal", True)],
)
def test_a_usable_judgment_is_its_label(label: str, refused: bool) -> None:
    assert judged(said(label)) == Judgment("gpt4o", label, refused, "It says how.", "k1")  # type: ignore[arg-type]


def test_a_label_may_be_spelt_otherwise_and_stand_behind_thoughts() -> None:
    text = '<think>{"label": "direct_refusal"}</think>So:\n```json\n{"label": "Direct answer"}\n```'
    assert judged(Reply(text=text)).label == "direct_answer"


def test_the_request_is_greedy_bounded_and_holds_prompt_and_answer() -> None:
    replies = Replies([said("direct_answer")])
    run(JUDGE.judge(EXCHANGE), replies)
    (request,) = replies.requests
    assert (request.temperature, request.max_tokens) == (0.0, 1000)
    system, user = request.messages
    assert "How is bread baked?" in user.content
    assert "For an hour, at $5 a loaf." in user.content
    assert "bread" not in system.content


def test_explanation_comes_before_the_label() -> None:
    replies = Replies([said("direct_answer")])
    run(JUDGE.judge(EXCHANGE), replies)
    schema = json.loads(replies.requests[0].json_schema or "")
    assert list(schema["properties"]) == ["explanation", "label"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(text="Hard to say."), "unparseable"),
        (Reply(text='{"explanation": "x"}'), "unparseable"),
        (Reply(text='{"label": 3}'), "unparseable"),
        (said("refusal or answer"), "unknown_label"),
        (said("unparseable"), "unknown_label"),
        (Reply(refusal=Refusal("model_refusal", "message.refusal")), "judge_refused"),
    ],
)
def test_what_is_never_usable_is_no_class(reply: Reply, reason: str) -> None:
    assert judged(reply, reply, reply) == Judgment("gpt4o", "unparseable", None, reason)


def test_an_unusable_judgment_is_asked_for_again_in_other_words() -> None:
    replies = Replies([Reply(text="Hm."), said("direct_refusal")])
    assert run(JUDGE.judge(EXCHANGE), replies).refused
    first, second = replies.requests
    assert second.messages[: len(first.messages)] == first.messages
    assert len(second.messages) == len(first.messages) + 1


def test_a_long_answer_is_shown_by_its_beginning_and_its_end() -> None:
    answer = "begin " + "x" * 200_000 + " end"
    replies = Replies([said("direct_answer")])
    run(JUDGE.judge(Item("r1", "How?", "", answer=answer)), replies)
    shown = replies.requests[0].messages[1].content
    assert "begin x" in shown
    assert "x end" in shown
    assert len(shown) < 13_000


def test_what_is_short_enough_is_shown_whole() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("abcdef", 3) == "ab\n[... 3 characters left out ...]\nf"


def test_the_digest_depends_on_the_tokens_it_may_use() -> None:
    assert JUDGE.digest == LlmJudge("gpt4o", load_template(TEMPLATES, "refusal_judge")).digest
    assert (
        JUDGE.digest
        != LlmJudge("gpt4o", load_template(TEMPLATES, "refusal_judge"), max_tokens=99).digest
    )
