from __future__ import annotations

import asyncio
from typing import Any, Protocol

import openai
import pytest
from openai.types.chat import ChatCompletion

from tests.servers.openai_server import Server


class Asks(Protocol):
    def __call__(self, server: Server, text: str = "Hello there", **params: Any) -> ChatCompletion:  # noqa: ANN401
        ...


@pytest.fixture
def ask() -> Asks:
    """Asks once with the real client; `retries`, `timeout` and `api_key` are the client's."""

    def asks(server: Server, text: str = "Hello there", **params: Any) -> ChatCompletion:  # noqa: ANN401
        return asyncio.run(_ask(server, text, params))

    return asks


async def _ask(server: Server, text: str, params: dict[str, Any]) -> ChatCompletion:
    client = openai.AsyncOpenAI(
        base_url=server.base_url,
        api_key=params.pop("api_key", "none"),
        max_retries=params.pop("retries", 0),
        timeout=params.pop("timeout", 10.0),
    )
    async with client:
        turns = params.pop("messages", [{"role": "user", "content": text}])
        model = params.pop("model", "loopback")
        answer: ChatCompletion = await client.chat.completions.create(
            model=model, messages=turns, **params
        )
        return answer
