from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.servers.behaviours import conforming, echo
from tests.servers.openai_server import serve

if TYPE_CHECKING:
    from tests.test_servers.conftest import Asks


def schema(name: str = "answer", strict: bool = True, **fields: object) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": name, "strict": strict, **fields}}


OPEN = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
CLOSED = {**OPEN, "additionalProperties": False}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"extra_body": {"top_k": 5}}, "unknown_parameter"),
        ({"temperature": "hot"}, "invalid_type"),
        ({"temperature": True}, "invalid_type"),
        ({"temperature": 3}, "decimal_above_max_value"),
        ({"max_tokens": 0}, "integer_below_min_value"),
        ({"max_tokens": 5, "max_completion_tokens": 5}, "invalid_parameter_combination"),
        ({"top_logprobs": 5}, "invalid_parameter_combination"),
        ({"logprobs": True, "top_logprobs": 21}, "integer_above_max_value"),
        ({"n": 2}, "integer_above_max_value"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "array_above_max_length"),
        ({"messages": []}, "empty_array"),
        ({"messages": [{"role": "oracle", "content": "x"}]}, "invalid_value"),
        ({"messages": [{"role": "user", "content": 5}]}, "invalid_type"),
        ({"extra_body": {"messages": None}}, "invalid_type"),
        ({"response_format": {"type": "yaml"}}, "invalid_value"),
        ({"response_format": schema(name="no spaces", schema=CLOSED)}, "invalid_value"),
        ({"response_format": schema(schema={"type": "strin"})}, "invalid_json_schema"),
        ({"response_format": schema(schema={"type": "array"})}, "invalid_json_schema"),
        ({"response_format": schema(schema=OPEN)}, "invalid_json_schema"),
        (
            {"response_format": schema(schema={**CLOSED, "required": []})},
            "invalid_json_schema",
        ),
    ],
)
def test_a_request_that_the_api_would_refuse_is_refused_with_its_code(
    ask: Asks, params: dict[str, Any], code: str
) -> None:
    with serve(echo) as server:
        with pytest.raises(openai.BadRequestError) as caught:
            ask(server, **params)
        assert caught.value.code == code
        assert caught.value.type == "invalid_request_error"
        assert server.calls[0].status == 400


@pytest.mark.parametrize(
    "params",
    [
        {"temperature": 0, "top_p": 1, "seed": -5, "max_completion_tokens": 1},
        {"temperature": None, "stop": "END", "user": "someone"},
        {"response_format": {"type": "text"}},
        {"response_format": {"type": "json_object"}},
        {"response_format": schema(schema=CLOSED)},
        {"response_format": schema(strict=False, schema=OPEN)},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "in parts"}]}]},
    ],
)
def test_a_request_that_the_api_takes_is_taken(ask: Asks, params: dict[str, Any]) -> None:
    with serve(conforming) as server:
        assert ask(server, **params).choices


def test_a_server_may_take_parameters_of_its_own(ask: Asks) -> None:
    with serve(echo, extra={"top_k"}) as server:
        assert ask(server, extra_body={"top_k": 5}).choices


@pytest.mark.parametrize("missing", ["model", "messages"])
def test_a_missing_parameter_is_named(ask: Asks, missing: str) -> None:
    async def post() -> None:
        body = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
        del body[missing]
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="none") as client:
            await client.post("/chat/completions", cast_to=object, body=body)

    with serve(echo) as server, pytest.raises(openai.BadRequestError) as caught:
        asyncio.run(post())
    assert (caught.value.param, caught.value.code) == (missing, "missing_required_parameter")
