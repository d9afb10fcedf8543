"""Equal calls in flight are one; whoever leaves takes it from nobody who stays."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from inference.errors import InferenceError
from inference.shared_calls import SharedCalls
from inference.types import Program
from tests.inference.tasks import asking, engine_for
from tests.servers.behaviours import echo
from tests.servers.openai_server import serve


class _Slow:
    """A call that ends when it is told to."""

    def __init__(self) -> None:
        self.started = 0
        self.cancelled = 0
        self.end = asyncio.Event()

    async def __call__(self) -> str:
        self.started += 1
        try:
            await self.end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return "reply"


@pytest.mark.parametrize("leaves", [0, 1])
def test_one_that_is_cancelled_leaves_the_call_to_the_other(leaves: int) -> None:
    async def main() -> None:
        calls, slow = SharedCalls[str](), _Slow()
        waiting = [asyncio.ensure_future(calls.result("key", slow)) for _ in range(2)]
        await asyncio.sleep(0)
        waiting[leaves].cancel()
        await asyncio.sleep(0)
        slow.end.set()
        reply, _ = await waiting[1 - leaves]
        assert reply == "reply"
        assert (slow.started, slow.cancelled) == (1, 0)

    asyncio.run(main())


def test_a_call_that_nobody_waits_for_any_more_is_cancelled_and_begun_anew() -> None:
    async def main() -> None:
        calls, slow = SharedCalls[str](), _Slow()
        first = asyncio.ensure_future(calls.result("key", slow))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        again = asyncio.ensure_future(calls.result("key", slow))
        await asyncio.sleep(0)
        slow.end.set()
        assert await again == ("reply", False)
        assert (slow.started, slow.cancelled) == (2, 1)

    asyncio.run(main())


def test_one_of_those_who_stay_is_the_first_where_the_first_has_left() -> None:
    async def main() -> None:
        calls, slow = SharedCalls[str](), _Slow()
        leaves, *stay = [asyncio.ensure_future(calls.result("key", slow)) for _ in range(3)]
        await asyncio.sleep(0)
        leaves.cancel()
        slow.end.set()
        assert await asyncio.gather(*stay) == [("reply", False), ("reply", True)]
        assert slow.started == 1

    asyncio.run(main())


def test_an_error_reaches_all_who_wait() -> None:
    async def fails() -> str:
        await asyncio.sleep(0)
        raise LookupError

    async def main() -> None:
        calls = SharedCalls[str]()
        both = (calls.result("key", fails) for _ in range(2))
        found = await asyncio.gather(*both, return_exceptions=True)
        assert [type(each) for each in found] == [LookupError, LookupError]

    asyncio.run(main())


@pytest.mark.parametrize("first", ["ends", "stays"])
def test_one_shards_end_is_not_anothers(tmp_path: Path, first: str) -> None:
    def ends() -> Program[object]:
        raise InferenceError("this shard must end", "for a reason of its own")
        yield []

    found: dict[str, object] = {}
    begun = threading.Event()

    def shard(name: str) -> None:
        try:
            programs = [asking("the same")] + ([ends()] if name == "ends" else [])
            found[name] = engine.run(programs).results
        except InferenceError as error:
            found[name] = error

    with (
        serve(echo, latency_s=0.5) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        names = [first, "stays" if first == "ends" else "ends"]
        threads = [threading.Thread(target=shard, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
            begun.wait(0.1)
        for thread in threads:
            thread.join(60)
    assert found["stays"] == ("the same",)
    assert isinstance(found["ends"], InferenceError)
