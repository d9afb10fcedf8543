"""A cap on what a run may spend: every call is reserved at its upper bound before it is sent."""

from __future__ import annotations

from typing import Protocol

from inference.models import ModelSpec
from inference.types import ChatRequest, Reply


class Hold(Protocol):
    """What is reserved for one attempt; ended by exactly one of its methods."""

    def spend(self, reply: Reply) -> None:
        """A reply arrived: what it cost takes the place of what was reserved."""
        ...

    def release(self) -> None:
        """The attempt cost nothing: the server refused it or failed before answering."""
        ...

    def unknown(self) -> None:
        """Nobody knows whether the server did the work and bills it: the bound stays spent."""
        ...


class Purse(Protocol):
    """Where the money of a run comes from."""

    async def reserve(self, spec: ModelSpec, request: ChatRequest) -> Hold:
        """Holds the largest sum that the call can cost; waits for calls in flight to end.

        Raises:
            BudgetReached: The call could take the spend past the cap.
        """
        ...


class _Free:
    def spend(self, reply: Reply) -> None:
        """Nothing is counted."""

    def release(self) -> None:
        """Nothing is counted."""

    def unknown(self) -> None:
        """Nothing is counted."""


class NoCap:
    """A purse without a bottom."""

    async def reserve(self, spec: ModelSpec, request: ChatRequest) -> Hold:
        """Always there."""
        return _Free()
