"""A call that waits for money is none that its server fails; in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from inference.budget import Budget, Reservation, Unlimited
from inference.canonical import Identity
from inference.ledger import Entry, Purpose
from inference.model_client import ModelClient
from inference.models import ModelSpec
from inference.providers.base import TransientError
from inference.types import ChatRequest, Message, Reply
from tests.inference.limits.virtual import now, run

_WAIT_S = 200.0


class _Slow(Unlimited):
    """Money that comes after a long wait."""

    async def reserve(self, spec: ModelSpec, request: ChatRequest) -> Reservation:
        await asyncio.sleep(_WAIT_S)
        return await super().reserve(spec, request)


class _Failing:
    """Fails each request a number of times, then answers."""

    identity = Identity("openai", "m", "m")
    address = "m"
    on_headers = None

    def __init__(self, times: int) -> None:
        self._times = times
        self._failed: dict[str, int] = {}

    async def call(self, request: ChatRequest) -> Reply:
        text = request.messages[0].content
        failed = self._failed[text] = self._failed.get(text, 0) + 1
        await asyncio.sleep(1.0)
        if failed <= self._times:
            raise TransientError("server_error", "HTTP 500")
        return Reply("yes")

    async def close(self) -> None:
        """Nothing is open."""


class _Memory:
    """A ledger without a thread, which virtual time would not wait for."""

    def __init__(self) -> None:
        self._replies: dict[str, bytes] = {}

    async def get(self, key: str, purpose: Purpose | None = None) -> bytes | None:
        return self._replies.get(key)

    async def put(self, entry: Entry, purpose: Purpose | None = None) -> bytes:
        return self._replies.setdefault(entry.key, entry.reply)

    def require_sound(self) -> None:
        """It always is."""


def _client(budget: Budget, fails: int) -> ModelClient:
    spec = ModelSpec("m", "openai", "m", attempts=6, give_up_s=100.0)
    return ModelClient(spec, _Failing(fails), _Memory(), budget)  # type: ignore[arg-type]  # by shape


def test_a_wait_for_money_uses_up_no_patience() -> None:
    async def main() -> Mapping[str, object]:
        client = _client(_Slow(), fails=3)
        requests = [ChatRequest("m", (Message("user", f"q{number}"),)) for number in range(4)]
        replies = await asyncio.gather(*(client.reply(request) for request in requests))
        assert [reply.text for reply, _ in replies] == ["yes"] * 4
        assert client.circuit.error is None
        return {"ended": now()}

    assert run(main())["ended"] > 3 * _WAIT_S
