"""Equal calls in flight become one, which belongs to none of those that wait for it."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

ResultT = TypeVar("ResultT")


@dataclass(slots=True, eq=False)
class _Call(Generic[ResultT]):
    task: asyncio.Task[ResultT]
    waiting: int = 0
    brought: bool = False


class SharedCalls(Generic[ResultT]):
    """Calls by key, each in a task of its own. All methods belong to one event loop.

    Whoever is cancelled takes a call from nobody who still waits for it; a call that nobody waits
    for any more is cancelled.
    """

    def __init__(self) -> None:
        """No call is in flight."""
        self._calls: dict[str, _Call[ResultT]] = {}

    async def result(
        self, key: str, start: Callable[[], Coroutine[Any, Any, ResultT]]
    ) -> tuple[ResultT, bool]:
        """What the call brings or raises, and whether another was given it before.

        One of those that wait is the first, also where whoever began the call has left: each call
        that was made is counted once.

        Args:
            key: Calls of one key are equal.
            start: Makes the call where none is in flight.
        """
        call = self._calls.get(key)
        if call is None:
            call = self._calls[key] = _Call(asyncio.create_task(start()))
            call.task.add_done_callback(lambda _: self._forget(key, call))
        call.waiting += 1
        try:
            result = await asyncio.shield(call.task)
            joined, call.brought = call.brought, True
            return result, joined
        finally:
            call.waiting -= 1
            if not call.waiting and not call.task.done():
                # Forgotten at once: an equal call that comes now begins anew.
                self._forget(key, call)
                call.task.cancel()

    def _forget(self, key: str, call: _Call[ResultT]) -> None:
        if self._calls.get(key) is call:
            del self._calls[key]
        if call.task.done() and not call.task.cancelled():
            call.task.exception()  # marks it as seen where nobody waits any more
