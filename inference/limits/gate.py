"""One model's gate: how many calls at once, and when the next may be sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from inference.models import ModelSpec
from inference.providers.base import Fault
from inference.types import ChatRequest, Reply


class Gate:
    """Shared by all shards that ask one model; lives in the engine's event loop."""

    def __init__(self, spec: ModelSpec) -> None:
        """Starts open."""
        self._slots = asyncio.Semaphore(spec.max_in_flight)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Holds one of the places for calls in flight."""
        async with self._slots:
            yield

    async def turn(self, request: ChatRequest) -> None:
        """Returns when one attempt may be sent."""

    def headers(self, headers: Mapping[str, str]) -> None:
        """Reads what an answer's headers say of the limits."""

    def answered(self, request: ChatRequest, reply: Reply, latency_s: float) -> None:
        """An attempt brought a reply after so many seconds."""

    def failed(self, request: ChatRequest, fault: Fault) -> None:
        """An attempt failed in a way that may pass."""
