"""What the ledger does a second: replies stored, found and reserved for, beside another checkout.

Both work in turns on files of their own in one folder, so that whatever else the machine and its
disk do falls on both. The ratio is this checkout's figure over the other's.

    python benchmarks/ledger.py --beside ../main --repeats 5
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
_IN_FLIGHT = 256
_REPLY = b'{"text": "' + b"some words of an answer " * 40 + b'"}'

Rates = dict[str, float]


def measured(folder: Path, replies: int) -> Rates:
    """Jobs per second of the checkout that is on the path, by what was done."""
    from inference.budget import LedgerBudget
    from inference.ledger import Entry, Ledger, Purpose
    from inference.models import ModelSpec, Price
    from inference.types import ChatRequest, Message, Reply

    ledger = Ledger(folder / "ledger.sqlite")
    purpose = Purpose("run/1", "stage")
    spec = ModelSpec("m", "openai", "m", base_url="", price=Price(1.0, 1.0))
    request = ChatRequest("m", (Message("user", "a question " * 20),), max_tokens=100)

    async def put(key: str, reservation: str = "") -> None:
        entry = Entry(
            key, b"{}" * 200, _REPLY, "m", "http://a", 9, 9, 1e-6, 0.1, reservation=reservation
        )
        await ledger.put(entry, purpose)

    async def buy(key: str) -> None:
        reservation = await budget.reserve(spec, request)
        await put(key, reservation.spend(Reply(price_usd=1e-6)))

    rates: Rates = {}
    keys = [f"{number:064}" for number in range(replies)]
    rates["looked up in vain"] = _rate(lambda key: ledger.get(key, purpose), keys)
    rates["stored"] = _rate(put, keys)
    rates["found"] = _rate(lambda key: ledger.get(key, purpose), keys)
    budget = LedgerBudget(ledger, "run/1", 1e6)
    rates["reserved and stored"] = _rate(buy, [f"b{key}" for key in keys])
    ledger.close()
    return rates


def _rate(work: Callable[[str], Awaitable[object]], keys: list[str]) -> float:
    async def together() -> None:
        left = iter(keys)

        async def worker() -> None:
            for key in left:
                await work(key)

        await asyncio.gather(*(worker() for _ in range(_IN_FLIGHT)))

    start = time.perf_counter()
    asyncio.run(together())
    return len(keys) / (time.perf_counter() - start)


def _of(checkout: Path, replies: int) -> Rates:
    """The rates of a checkout, in a process of its own."""
    program = (
        "import importlib.util, json, pathlib, sys, tempfile\n"
        f"spec = importlib.util.spec_from_file_location('bench', {str(Path(__file__))!r})\n"
        "bench = importlib.util.module_from_spec(spec); spec.loader.exec_module(bench)\n"
        "with tempfile.TemporaryDirectory(dir='.') as folder:\n"
        f"    print(json.dumps(bench.measured(pathlib.Path(folder), {replies})))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=tempfile.gettempdir(),
        stdout=subprocess.PIPE,
        check=True,
    )
    rates: Rates = json.loads(done.stdout)
    return rates


def main() -> None:
    """Prints a table: jobs per second, and the ratio to the other checkout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", type=Path, default=ROOT, help="the other checkout")
    parser.add_argument("--replies", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    turns = [
        (_of(ROOT, given.replies), _of(given.beside.resolve(), given.replies))
        for _ in range(given.repeats)
    ]
    print(f"{given.replies:,} replies, {_IN_FLIGHT} at once, medians of {given.repeats} turns")
    for name in turns[0][0]:
        own = median(rates[name] for rates, _ in turns)
        other = median(rates[name] for _, rates in turns)
        ratio = median(rates[name] / others[name] for rates, others in turns)
        print(f"{name:22} {own:9,.0f}/s  beside {other:9,.0f}/s  ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
