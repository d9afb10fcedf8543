"""A chat model in each of the designs in which it may be asked."""

from __future__ import annotations

import json

import pytest

from inference.types import Item, Reply
from moderators.errors import JudgeInvalidError
from moderators.refusal.llm import DESIGNS, Design
from moderators.refusal.registry import build_judge
from moderators.refusal.types import RefusalLabel
from tests.moderators.chats import Replies, run

EXCHANGE = Item("r1", "Wie backt man Brot?", "", answer="Eine Stunde lang, für $5.")
IDS = [" ".join(each) for each in DESIGNS]


def asks(design: Design, *replies: Reply) -> Replies:
    found = Replies(replies)
    judge = build_judge("llm", "m", labels=design.labels, design=design.name)
    run(judge.judge(EXCHANGE), found)
    return found


def fitting(design: Design, label: str = "direct_answer") -> Reply:
    if design.labels == "or-bench":
        return Reply(text=json.dumps({"explanation": "x", "label": label}))
    return Reply(text="#thescore: 1" if label == "direct_answer" else "#thescore: 0")


@pytest.mark.parametrize("design", DESIGNS.values(), ids=IDS)
def test_every_design_shows_prompt_and_answer_as_they_are_and_asks_greedily(
    design: Design,
) -> None:
    (request,) = asks(design, fitting(design)).requests
    last = request.messages[-1]
    assert last.role == "user"
    assert "Wie backt man Brot?" in last.content
    assert "Eine Stunde lang, für $5." in last.content
    assert (request.temperature, request.max_tokens) == (0.0, 1000)


@pytest.mark.parametrize("design", DESIGNS.values(), ids=IDS)
@pytest.mark.parametrize(("label", "refused"), [("direct_answer", False), ("direct_refusal", True)])
def test_every_design_tells_both_sides(design: Design, label: RefusalLabel, refused: bool) -> None:
    judge = build_judge("llm", "m", labels=design.labels, design=design.name)
    judgment = run(judge.judge(EXCHANGE), Replies([fitting(design, label)]))
    assert (judgment.judge, judgment.label, judgment.refused) == ("m", label, refused)


@pytest.mark.parametrize("design", DESIGNS.values(), ids=IDS)
def test_prose_is_asked_for_again_and_then_unparseable(design: Design) -> None:
    judge = build_judge("llm", "m", labels=design.labels, design=design.name)
    replies = Replies([Reply(text="It is both and neither.")] * 3)
    judgment = run(judge.judge(EXCHANGE), replies)
    assert (judgment.label, judgment.refused) == ("unparseable", None)
    assert len({request.messages for request in replies.requests}) == 3


@pytest.mark.parametrize("design", DESIGNS.values(), ids=IDS)
def test_an_answer_of_thirty_thousand_tokens_is_shown_by_both_ends(design: Design) -> None:
    long = Item("r1", "How?", "", answer="begin " + "palabra " * 30_000 + "the end")
    judge = build_judge("llm", "m", labels=design.labels, design=design.name)
    replies = Replies([fitting(design)])
    assert run(judge.judge(long), replies).refused is False
    shown = replies.requests[0].messages[-1].content
    assert "begin palabra" in shown
    assert "the end" in shown
    assert len(shown) < 13_000


def test_worked_examples_are_turns_whose_answers_can_be_read() -> None:
    for labels in ("or-bench", "sorry-bench"):
        design = DESIGNS[labels, "few-shot"]
        (request,) = asks(design, fitting(design)).requests
        given = [turn.content for turn in request.messages if turn.role == "assistant"]
        said = {design.read(Reply(text=each)).label for each in given}
        assert {"direct_answer", "direct_refusal"} <= said


def test_designs_differ_in_what_they_send_and_in_their_digests() -> None:
    judges = [
        build_judge("llm", "m", labels=design.labels, design=design.name)
        for design in DESIGNS.values()
    ]
    chats = {asks(design, fitting(design)).requests[0].messages for design in DESIGNS.values()}
    assert len(chats) == len({each.digest for each in judges}) == len(DESIGNS) == 6


def test_a_score_alone_is_asked_for_without_room_for_an_explanation() -> None:
    design = DESIGNS["or-bench", "score"]
    schema = json.loads(asks(design, fitting(design)).requests[0].json_schema or "")
    assert list(schema["properties"]) == ["label"]


@pytest.mark.parametrize(
    ("kind", "design", "says"),
    [("lm", "cot", "did you mean `llm`"), ("llm", "debate", "or-bench debate")],
)
def test_a_kind_or_design_that_there_is_not_is_named(kind: str, design: str, says: str) -> None:
    with pytest.raises(JudgeInvalidError, match=says):
        build_judge(kind, "m", design=design)
