"""Asks a model one tiny question: the only part of planning that costs anything."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from inference.models import ModelSpec
from inference.types import ChatRequest, Message

MAX_TOKENS = 16
"""Longest answer; some servers refuse to be asked for fewer."""

QUESTION = "Say OK."


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a question.

    Attributes:
        failed: Why there was no answer, or None where there was one.
        served_as: The model's name as the server gave it, where it gave one.
        usd: What the question cost, or None where nobody knows.
    """

    failed: str | None
    served_as: str = ""
    usd: float | None = 0.0


def ask_model(spec: ModelSpec) -> Asked:
    """Puts one question to a model in the way of a run: greedy, once, with a short answer."""
    return asyncio.run(_ask(spec))


async def _ask(spec: ModelSpec) -> Asked:
    from inference.errors import InferenceError
    from inference.providers.base import Fault, Refused
    from inference.providers.opening import provide

    request = ChatRequest(
        spec.name, (Message("user", QUESTION),), temperature=0.0, max_tokens=MAX_TOKENS
    )
    try:
        provider = provide(spec)
        try:
            reply = await provider.call(request)
        finally:
            await provider.close()
    except (InferenceError, Fault, Refused) as error:
        return Asked(str(error))
    return Asked(None, reply.model, reply.price_usd)
