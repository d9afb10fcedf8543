"""Many thousand calls at twenty per cent faults of all kinds: how memory grows with them.

`python -m tests.chaos.memory --calls 50000` prints the resident memory as it goes, and its slope
after the warm-up. The provider is a process of its own, so that the client alone is measured.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from inference.engine import Engine
from inference.ledger import Ledger
from inference.models import ModelSpec
from inference.providers.opening import provide
from inference.types import Call, ChatRequest, Failed, Item, Message, Program, Reply
from tests.chaos.faults import PASSING
from tests.chaos.provider import Mischief, providing

_AT_ONCE = 2500
_PAGE_MB = 4096 / 1e6
_MODELS = {"chat": "target-1", "messages": "target-2"}


@dataclass(frozen=True)
class _Ask:
    """One short question; the answer as it is."""

    model: str

    def request(self, item: Item, tries: int) -> ChatRequest:
        return ChatRequest(self.model, (Message("user", item.text),), max_tokens=50)

    def parse(self, item: Item, reply: Reply) -> str:
        return reply.text[:10]


def _provider(connection: Connection, seed: int, rate: float) -> None:
    names = tuple(name for name in PASSING if name != "hang")  # each would wait for its time-out
    with providing(Mischief(seed, rate, names), logged=False) as provider:
        connection.send((provider.chat.base_url, provider.messages.base_url))
        connection.recv()


def _programs(first: int, count: int) -> Iterator[Program[object]]:
    def one(number: int) -> Program[object]:
        name = ("chat", "messages")[number % 2]
        return (yield Call(_Ask(name), Item(str(number), f"question {number}", "none")))

    return (one(number) for number in range(first, first + count))


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE_MB


def slope(points: Sequence[tuple[int, float]]) -> float:
    """MB per 1,000 calls, by least squares."""
    middle = sum(calls for calls, _ in points) / len(points)
    mean = sum(megabytes for _, megabytes in points) / len(points)
    over = sum((calls - middle) * (megabytes - mean) for calls, megabytes in points)
    return 1000 * over / sum((calls - middle) ** 2 for calls, _ in points)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a soak came to.

    Attributes:
        points: (calls so far, MB of resident memory).
        failed: Rows for which no reply could be had.
    """

    points: tuple[tuple[int, float], ...]
    failed: int

    @property
    def slope(self) -> float:
        """MB per 1,000 calls after the first fifth."""
        return slope(self.points[len(self.points) // 5 :])


def measure(calls: int, rate: float, out: Path) -> Measured:
    """Makes so many calls of one engine, half of them by each protocol."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=_provider, args=(there, 1, rate), daemon=True)
    server.start()
    addresses = dict(zip(_MODELS, here.recv(), strict=True))
    specs = {
        name: ModelSpec(
            name,
            "openai" if name == "chat" else "anthropic",
            model,
            base_url=addresses[name],
            timeout_s=5.0,
            attempts=12,
        )
        for name, model in _MODELS.items()
    }
    points: list[tuple[int, float]] = []
    failed = 0
    with Engine(specs, Ledger(out / "ledger.sqlite"), provide, _no_encoder) as engine:
        for first in range(0, calls, _AT_ONCE):
            batch = engine.run(_programs(first, min(_AT_ONCE, calls - first)))
            failed += sum(isinstance(result, Failed) for result in batch.results)
            points.append((min(first + _AT_ONCE, calls), _resident_mb()))
            sys.stdout.write(f"{points[-1][0]} calls: {points[-1][1]:.0f} MB\n")
            sys.stdout.flush()
    here.send("stop")
    server.join(30)
    return Measured(tuple(points), failed)


def _no_encoder(name: str) -> object:
    raise LookupError(name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures; the exit status is 1 where memory grows by a megabyte per 1,000 calls or more."""
    parser = argparse.ArgumentParser(prog="tests.chaos.memory", description=__doc__)
    parser.add_argument("--calls", type=int, default=50_000)
    parser.add_argument("--rate", type=float, default=0.2)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="chaos-") as scratch:
        found = measure(given.calls, given.rate, Path(scratch))
    sys.stdout.write(f"{found.slope:.2f} MB per 1,000 calls; {found.failed} rows failed\n")
    return 1 if found.slope >= 1 else 0


if __name__ == "__main__":
    raise SystemExit(main())
