"""The Messages double, asked through the real SDK."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest

from tests.servers import anthropic_faults as faults
from tests.servers.anthropic_server import AnthropicServer, serve_anthropic
from tests.servers.behaviours import Router, conforming, echo
from tests.servers.chat import Answer
from tests.servers.schedules import always

_TURNS: Any = [{"role": "user", "content": "hello there"}]


def _client(server: AnthropicServer, key: str = "k") -> anthropic.Anthropic:
    return anthropic.Anthropic(
        api_key=key, base_url=server.base_url.removesuffix("/v1"), max_retries=0
    )


def _ask(server: AnthropicServer, **fields: Any) -> anthropic.types.Message:  # noqa: ANN401 - any field
    with _client(server) as client:
        body: dict[str, Any] = {"model": "m", "max_tokens": 50, "messages": _TURNS} | fields
        message: anthropic.types.Message = client.messages.create(**body)
        return message


def test_the_sdk_reads_an_answer() -> None:
    with serve_anthropic(echo) as server:
        message = _ask(server, system="Be brief.")
    assert message.content[0].to_dict() == {"type": "text", "text": "hello there"}
    assert (message.stop_reason, message.model) == ("end_turn", "m")
    assert message.usage.output_tokens == 2


def test_it_cuts_at_the_largest_number_of_tokens() -> None:
    with serve_anthropic(echo) as server:
        message = _ask(server, max_tokens=1)
    assert message.stop_reason == "max_tokens"


def test_a_behaviour_that_declines_stops_with_a_refusal() -> None:
    with serve_anthropic(lambda body: Answer(None, refusal="No.")) as server:
        message = _ask(server)
    assert (message.stop_reason, message.content) == ("refusal", [])
    assert message.stop_details is not None
    assert message.stop_details.type == "refusal"


def test_it_keeps_a_schema() -> None:
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "required": ["n"],
        "additionalProperties": False,
    }
    with serve_anthropic(conforming) as server:
        message = _ask(server, output_config={"format": {"type": "json_schema", "schema": schema}})
    assert '{"n":' in str(message.content[0].to_dict()["text"])


_TOO_LOOSE = {"type": "object", "properties": {}}
_TOO_STRICT = {"type": "array", "items": {"type": "string"}, "minItems": 5}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"extra_body": {"seed": 3}}, "seed: Extra inputs"),
        ({"extra_body": {"temperature": 1.5}}, "temperature: range"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"messages": []}, "at least one message"),
        ({"messages": [{"role": "system", "content": "x"}]}, "Unexpected role"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "first message"),
        ({"messages": [{"role": "user", "content": " "}]}, "non-whitespace"),
        ({"messages": [*_TURNS, {"role": "assistant", "content": "x "}]}, "trailing whitespace"),
        ({"stop_sequences": ["\n"]}, "non-whitespace"),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": _TOO_LOOSE}}},
            "additionalProperties",
        ),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": _TOO_STRICT}}},
            "minItems",
        ),
    ],
)
def test_what_the_api_would_refuse_is_refused(fields: dict[str, Any], message: str) -> None:
    with serve_anthropic(echo) as server, pytest.raises(anthropic.BadRequestError, match=message):
        _ask(server, **fields)


def test_turns_of_one_role_may_follow_each_other() -> None:
    with serve_anthropic(echo) as server:
        assert _ask(server, messages=[*_TURNS, *_TURNS]).stop_reason == "end_turn"


def test_a_wrong_key_and_an_unknown_model_have_their_own_errors() -> None:
    with serve_anthropic(Router({"m": echo}), key="right") as server:
        with pytest.raises(anthropic.AuthenticationError) as caught:
            _ask(server)
        assert caught.value.type == "authentication_error"
        with _client(server, "right") as client, pytest.raises(anthropic.NotFoundError):
            client.messages.create(model="other", max_tokens=9, messages=_TURNS)


def test_limits_stand_in_the_headers() -> None:
    limits = {"anthropic-ratelimit-requests-remaining": "7"}
    with serve_anthropic(echo, headers=limits) as server, _client(server) as client:
        raw = client.messages.with_raw_response.create(model="m", max_tokens=9, messages=_TURNS)
    assert raw.headers["anthropic-ratelimit-requests-remaining"] == "7"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.overloaded(), anthropic.InternalServerError),
        (faults.rate_limited(2), anthropic.RateLimitError),
        (faults.too_large(), anthropic.APIStatusError),
    ],
)
def test_faults_reach_the_sdk_as_its_own_errors(
    fault: Any,  # noqa: ANN401 - any fault
    error: type[anthropic.APIStatusError],
) -> None:
    with serve_anthropic(echo, faults=always(fault)) as server, pytest.raises(error):
        _ask(server)


def test_it_lists_its_models() -> None:
    with serve_anthropic(Router({"a": echo, "b": echo})) as server, _client(server) as client:
        assert [model.id for model in client.models.list()] == ["a", "b"]
