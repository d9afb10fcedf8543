"""Whether limits hold: a minute's share used, a server that slows down, one that only says 429.

Every server is on loopback (`tests/servers/limits.py`), in a thread of this process; the engine
runs with its ledger on. About twelve minutes in all; a part alone by its name:

    python benchmarks/limits.py
    python benchmarks/limits.py --only slowing
"""

from __future__ import annotations

import argparse
import asyncio
import email.utils
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import mean
from typing import NoReturn

from inference.engine import Engine
from inference.errors import CircuitOpenError
from inference.ledger import Ledger
from inference.models import ModelSpec
from inference.providers.openai import OpenAIProvider
from inference.types import Call, ChatRequest, Failed, Item, Message, Program, Reply
from tests.servers import faults
from tests.servers.behaviours import echo
from tests.servers.chance import share
from tests.servers.counting import Call as Arrival
from tests.servers.limits import Always429, Bucket, Door, Queueing, Sliding, Thrashing
from tests.servers.openai_server import Server, serve

IN_FLIGHT = 64
LATENCY_S = 0.3
FIXED = (2, 4, 8, 12, 16, 24, 32, 48, 64)
_LEDGER = "ledger.sqlite"


@dataclass(frozen=True, slots=True)
class Question:
    """The smallest task: asks the item's text and reads the answer as it is."""

    def request(self, item: Item, tries: int) -> ChatRequest:
        """One user turn."""
        return ChatRequest("m", (Message("user", item.text),), max_tokens=16)

    def parse(self, item: Item, reply: Reply) -> str:
        """The text."""
        return reply.text


def _program(text: str) -> Program[object]:
    answer: object = yield Call(Question(), Item(row=text, text=text, category="none"), tries=1)
    return answer


def _no_encoder(name: str) -> NoReturn:
    raise LookupError(f"nothing is embedded here (got {name})")


@contextmanager
def asked(server: Server, **settings: object) -> Iterator[Engine]:
    """An engine with a fresh ledger that asks the server."""
    common = {"model": "loopback", "base_url": server.base_url, "max_in_flight": IN_FLIGHT}
    fields = {"provider": "openai", **common, **settings}
    spec = ModelSpec("m", **fields)  # type: ignore[arg-type]  # fields by name
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / _LEDGER)
        with Engine({"m": spec}, ledger, OpenAIProvider, _no_encoder) as engine:
            yield engine


def during(engine: Engine, seconds: float, look: Callable[[], None]) -> None:
    """Asks without end for so many seconds, then looks, then lets the calls in flight end."""
    stop = threading.Event()

    def programs() -> Iterator[Program[object]]:
        for number in count():
            if stop.is_set():
                return
            yield _program(f"question {number}")

    def ask() -> None:
        engine.run(programs())

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(seconds)
    look()
    stop.set()
    line = engine._clients["m"]
    line.circuit.error = CircuitOpenError("enough is measured: what waits is let go")
    engine._loop.call_soon_threadsafe(line.limiter._pump)
    asking.join()


def per_minute(door: Door, allowed: int, seconds: float, rpm: int | None) -> str:
    """Share of what the server allows that was used, and share of answers that were 429."""
    with serve(echo, latency_s=LATENCY_S, door=door) as server, asked(server, rpm=rpm) as engine:
        found: list[int] = []

        def look() -> None:
            statuses = [call.status for call in server.calls if call.answered]
            found.extend((statuses.count(200), statuses.count(429)))

        during(engine, seconds, look)
    answered, refused = found
    used = answered / (allowed * (seconds - LATENCY_S) / 60)
    return f"{used:6.1%} used, {refused / (answered + refused):6.2%} of answers 429 ({refused})"


def limits() -> Iterator[str]:
    """The cases of a limit per minute."""
    cases: list[tuple[str, Door, int, float, int | None]] = [
        ("500/min, sliding minute, rpm: 500", Sliding(500), 500, 75, 500),
        ("500/min, bucket, rpm: 500", Bucket(500), 500, 75, 500),
        ("3,000/min, sliding 20 s, rpm: 3000", Sliding(1000, 20), 3000, 30, 3000),
        ("3,000/min, bucket, rpm: 3000", Bucket(1000, 20), 3000, 30, 3000),
        ("3,000/min, sliding 20 s, no rpm, headers", Sliding(1000, 20, tells=True), 3000, 60, None),
        ("3,000/min, bucket, no rpm, headers", Bucket(1000, 20, tells=True), 3000, 60, None),
        ("3,000/min, sliding 20 s, no rpm, 429 alone", Sliding(1000, 20), 3000, 60, None),
    ]
    for name, door, allowed, seconds, rpm in cases:
        yield f"{name:44} {per_minute(door, allowed, seconds, rpm)}"


def throughput(door: Door, fixed: int | None, seconds: float, warm_s: float) -> float:
    """Answers per second after the warm-up."""
    # The limiter of an embedded model keeps its number; the provider is OpenAI's all the same.
    settings: dict[str, object] = (
        {} if fixed is None else {"provider": "embedded", "max_in_flight": fixed}
    )
    with serve(echo, door=door) as server, asked(server, **settings) as engine:
        warm: list[int] = []
        timer = threading.Timer(warm_s, lambda: warm.append(sum(server.counts(200).values())))
        timer.start()
        found: list[int] = []
        during(engine, seconds + warm_s, lambda: found.append(sum(server.counts(200).values())))
        timer.join()
    return (found[0] - warm[0]) / seconds


def slowing() -> Iterator[str]:
    """Adaptive concurrency beside every fixed one, on servers that never say 429."""
    makers: dict[str, Callable[[], Door]] = {
        "queueing, 16 workers": lambda: Queueing(16, 0.2),
        "thrashing beyond 16": lambda: Thrashing(16, 0.2),
    }
    for name, make in makers.items():
        scan = {fixed: throughput(make(), fixed, 4, 2) for fixed in FIXED}
        best = max(scan, key=lambda fixed: scan[fixed])
        rates = [throughput(make(), None, 20, warm_s) for warm_s in (0, 10)]
        table = " ".join(f"{fixed}:{rate:.0f}" for fixed, rate in scan.items())
        yield f"{name}: fixed {table} calls/s"
        yield (
            f"{'':4}adaptive {rates[0]:.0f} calls/s from its start ({rates[0] / scan[best]:.0%} of "
            f"{best} fixed), {rates[1]:.0f} after 10 s ({rates[1] / scan[best]:.0%})"
        )


def for_ever() -> Iterator[str]:
    """Servers that say nothing but 429."""
    for wait_s in (None, 1.0, 3600.0):
        with (
            serve(echo, door=Always429(wait_s)) as server,
            asked(server, give_up_s=8.0) as engine,
        ):
            began = time.monotonic()
            engine.run(_program(f"question {number}") for number in range(1000))
            seconds = time.monotonic() - began
            sent = len(server.calls)
            trouble = engine.troubles()["m"]
        yield f"Retry-After {wait_s}: ended after {seconds:.1f} s, {sent} calls sent"
        yield f"{'':4}{trouble}"


def unladen() -> Iterator[str]:
    """What the rate limiter itself costs, where nothing limits anything."""
    with serve(echo) as server, asked(server, max_in_flight=256) as engine:
        engine.run([_program("warm")])
        line = engine._clients["m"]
        request = ChatRequest("m", (Message("user", "a question of forty characters, or so"),))

        async def permits(number: int) -> float:
            began = time.perf_counter()
            for _ in range(number):
                async with line.limiter.permit(request):
                    pass
            return (time.perf_counter() - began) / number

        costs = [
            asyncio.run_coroutine_threadsafe(permits(2000), engine._loop).result() for _ in range(5)
        ]
    yield f"a permit of an open limiter: {1e6 * mean(costs):.1f} microseconds"


def at_random(
    rate: float, fault: Callable[[], faults.Fault]
) -> Callable[[Arrival], faults.Fault | None]:
    """A share of all attempts, decided by a hash: retries meet it as often as first tries."""
    return lambda call: fault() if share("random", call.digest, call.repeat) < rate else None


def _seconds(rows: int, schedule: Callable[[Arrival], faults.Fault | None]) -> tuple[float, int]:
    """How long a table of so many rows takes, and how many of them failed."""
    with (
        serve(echo, latency_s=LATENCY_S, faults=schedule) as server,
        asked(server, give_up_s=120.0) as engine,
    ):
        began = time.monotonic()
        batch = engine.run(_program(f"question {number}") for number in range(rows))
        return time.monotonic() - began, sum(isinstance(each, Failed) for each in batch.results)


def _until(seconds: float) -> faults.Instead:
    until = email.utils.formatdate(time.time() + seconds, usegmt=True)
    return faults.api_error(429, "Too many.", headers={"Retry-After": until})


def refusing() -> Iterator[str]:
    """Servers that turn calls away at random, beside the calm one, in one run: the ratio counts."""
    rows = 2500
    cases: dict[str, tuple[float, Callable[[], faults.Fault]]] = {
        "25 % 429 without a hint": (0.25, faults.rate_limited),
        "25 % 429, Retry-After 1 s": (0.25, lambda: faults.rate_limited(seconds=1)),
        "10 % 429, Retry-After 2 s": (0.10, lambda: faults.rate_limited(seconds=2)),
        "10 % 429, Retry-After a date": (0.10, lambda: _until(2)),
        "20 % 529": (0.20, lambda: faults.api_error(529, "Overloaded.")),
        "30 % 500": (0.30, faults.server_error),
    }
    calm, _ = _seconds(rows, lambda call: None)
    yield f"calm: {rows} rows in {calm:.1f} s"
    for name, (rate, fault) in cases.items():
        seconds, failed = _seconds(rows, at_random(rate, fault))
        times = f"{seconds / calm:4.1f} times the calm run"
        yield f"{name:30} {seconds:6.1f} s, {times}, {failed} failed"


PARTS = {
    "refusing": refusing,
    "limits": limits,
    "slowing": slowing,
    "forever": for_ever,
    "unladen": unladen,
}


def main() -> None:
    """Prints every part's lines as they come."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", choices=sorted(PARTS), help="one part")
    arguments = parser.parse_args()
    for name, part in PARTS.items():
        if arguments.only in (None, name):
            print(f"\n{name}")
            for line in part():
                print(line, flush=True)


if __name__ == "__main__":
    main()
