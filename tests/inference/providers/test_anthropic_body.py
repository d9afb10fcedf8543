"""What a request looks like on the Messages API's wire, and how its answers are read."""

from __future__ import annotations

import json

import pytest

from inference.providers.anthropic import DEFAULT_MAX_TOKENS, body_of, read
from inference.types import ChatRequest, Finish, Message, Refusal, Usage, why_no_text
from tests.servers.messages_validation import validate

_SYSTEM, _USER = Message("system", "Be brief."), Message("user", "q")
_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "texts": {"type": "array", "items": {"type": "string", "maxLength": 9}, "minItems": 5}
        },
        "required": ["texts"],
        "additionalProperties": False,
    }
)


def _answer(**fields: object) -> dict[str, object]:
    said = {"type": "text", "text": "yes\nand more"}
    return {"content": [said], "stop_reason": "end_turn", "model": "claude", **fields}


def test_system_turns_go_to_the_system_text_and_the_rest_keeps_its_order() -> None:
    turns = (_SYSTEM, _USER, Message("assistant", "a"), Message("system", "Still."), _USER)
    body = body_of("claude", ChatRequest("m", turns))
    assert body["system"] == "Be brief.\n\nStill."
    assert [turn["role"] for turn in body["messages"]] == ["user", "assistant", "user"]


def test_an_answer_is_bounded_where_the_request_does_not_say() -> None:
    assert body_of("claude", ChatRequest("m", (_USER,)))["max_tokens"] == DEFAULT_MAX_TOKENS
    assert body_of("claude", ChatRequest("m", (_USER,), max_tokens=7))["max_tokens"] == 7


def test_a_begun_answer_is_sent_without_white_space_at_its_end() -> None:
    begun = (_USER, Message("assistant", "1. "))
    body = body_of("claude", ChatRequest("m", begun))
    assert body["messages"][-1] == {"role": "assistant", "content": "1."}
    validate(body)


def test_a_begun_answer_is_left_out_beside_a_schema_or_where_it_is_empty() -> None:
    begun = (_USER, Message("assistant", "{"))
    with_schema = ChatRequest("m", begun, json_schema=_SCHEMA)
    blank = ChatRequest("m", (_USER, Message("assistant", " ")))
    for request in (with_schema, blank):
        assert [turn["role"] for turn in body_of("claude", request)["messages"]] == ["user"]


def test_a_schema_loses_what_the_api_does_not_take_into_words() -> None:
    body = body_of("claude", ChatRequest("m", (_USER,), json_schema=_SCHEMA))
    validate(body)
    texts = body["output_config"]["format"]["schema"]["properties"]["texts"]
    assert "minItems: 5" in texts["description"]


def test_seed_sample_and_edition_are_the_callers_own() -> None:
    request = ChatRequest("m", (_USER,), seed=3, sample=2, edition="2026.11.0")
    assert set(body_of("claude", request)) == {"model", "messages", "max_tokens", "temperature"}


def test_stops_of_white_space_are_kept_to_though_the_api_refuses_them() -> None:
    request = ChatRequest("m", (_USER,), stop=("\n", "END"))
    body = body_of("claude", request)
    assert body["stop_sequences"] == ["END"]
    reply = read(_answer(stop_reason="max_tokens"), request)
    assert (reply.text, reply.finish) == ("yes", "stop")


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("tool_use", "tool_calls"),
        ("pause_turn", "other"),
        (None, "other"),
    ],
)
def test_each_stop_reason_has_its_meaning(reason: str | None, finish: Finish) -> None:
    reply = read(_answer(stop_reason=reason), ChatRequest("m", (_USER,)))
    assert (reply.finish, reply.refusal) == (finish, None)


def test_a_refusal_keeps_its_category_and_none_of_its_explanation() -> None:
    details = {"type": "refusal", "category": "bio", "explanation": "about the prompt"}
    answer = _answer(stop_reason="refusal", content=[], stop_details=details)
    reply = read(answer, ChatRequest("m", (_USER,)))
    assert reply.refusal == Refusal("model_refusal", "stop_reason", "refusal: bio")
    assert why_no_text(reply) is None
    bare = read(_answer(stop_reason="refusal"), ChatRequest("m", (_USER,)))
    assert bare.refusal == Refusal("model_refusal", "stop_reason", "refusal")


def test_thinking_is_no_part_of_the_text_and_what_is_not_text_is_told() -> None:
    thinking = {"type": "thinking", "thinking": "hm", "signature": "s"}
    request = ChatRequest("m", (_USER,))
    said = read(_answer(content=[thinking, {"type": "text", "text": "yes"}]), request)
    assert said.text == "yes"
    image = read(_answer(content=[thinking, {"type": "image", "source": {}}]), request)
    assert why_no_text(image) == "not_text"
    tool = read(_answer(content=[{"type": "tool_use"}], stop_reason="tool_use"), request)
    assert why_no_text(tool) == "tool_calls"
    assert why_no_text(read(_answer(content=[thinking]), request)) == "empty"


def test_tokens_in_hold_those_of_the_cache_and_tokens_out_the_thinking() -> None:
    fields = {
        "input_tokens": 10,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 1000,
        "output_tokens": 50,
        "output_tokens_details": {"thinking_tokens": 40},
    }
    usage = read(_answer(usage=fields), ChatRequest("m", (_USER,))).usage
    assert usage == Usage(1110, 50, 100, reasoning_tokens=40, cache_write_tokens=1000)
