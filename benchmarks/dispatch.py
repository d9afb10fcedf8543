"""Calls per second: the engine with its ledger on, beside the bare openai SDK and bare aiohttp.

All three ask the same loopback server (a process of its own, 20 ms latency) with 256 calls in
flight, in turns, so that whatever else the machine does falls on all of them. The bare loop shows
what the server can give at most.

    python benchmarks/dispatch.py --calls 3000 --repeats 3
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NoReturn

import aiohttp
import openai
import orjson
import psutil

from inference.engine import Engine
from inference.ledger import Ledger
from inference.models import ModelSpec
from inference.providers.openai import OpenAIProvider
from inference.types import Call, ChatRequest, Item, Message, Program, Reply

ROOT = Path(__file__).resolve().parents[1]
IN_FLIGHT = 256
LATENCY_MS = 20
MODEL = "loopback"
MAX_TOKENS = 64
_LONGEST_S = 900

# One way of making calls: asks every text and is back when every answer is there.
Contender = Callable[[Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Timing:
    """One repeat of one contender.

    Attributes:
        rate: Calls per second.
        cpu_ms: Milliseconds of this process's CPU time per call.
        server_busy: CPU seconds of the server per second.
    """

    rate: float
    cpu_ms: float
    server_busy: float


@contextmanager
def bare_aiohttp(base_url: str) -> Iterator[Contender]:
    """A loop of posts that reads each answer as JSON."""
    with asyncio.Runner() as runner:
        session = runner.run(_session())
        headers = {"Content-Type": "application/json"}

        async def ask(text: str) -> None:
            body = orjson.dumps(
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": text}],
                    "temperature": 0.0,
                    "max_tokens": MAX_TOKENS,
                }
            )
            url = f"{base_url}/chat/completions"
            async with session.post(url, data=body, headers=headers) as response:
                answer = orjson.loads(await response.read())
            _check(text, answer["choices"][0]["message"]["content"])

        yield lambda texts: runner.run(_pump(ask, texts))
        runner.run(session.close())


@contextmanager
def openai_sdk(base_url: str) -> Iterator[Contender]:
    """The SDK as its documentation shows it, on its default transport."""
    with asyncio.Runner() as runner:
        client = openai.AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0)

        async def ask(text: str) -> None:
            answer = await client.chat.completions.create(
                model=MODEL,
                messages=[{"role": "user", "content": text}],
                temperature=0.0,
                max_tokens=MAX_TOKENS,
            )
            _check(text, answer.choices[0].message.content)

        yield lambda texts: runner.run(_pump(ask, texts))
        runner.run(client.close())


@contextmanager
def engine(base_url: str) -> Iterator[Contender]:
    """The engine with a fresh ledger: each reply is on disk before its program goes on."""
    spec = ModelSpec("loop", "openai", MODEL, base_url=base_url, max_in_flight=IN_FLIGHT)
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.sqlite")
        with Engine({spec.name: spec}, ledger, OpenAIProvider, _no_encoder) as running:

            def ask_all(texts: Sequence[str]) -> None:
                batch = running.run([_program(text) for text in texts])
                for text, answer in zip(texts, batch.results, strict=True):
                    _check(text, answer)

            yield ask_all


BARE, SDK, ENGINE = "bare aiohttp loop", "openai SDK, default transport", "engine, ledger on"
CONTENDERS = {BARE: bare_aiohttp, SDK: openai_sdk, ENGINE: engine}


@dataclass(frozen=True, slots=True)
class Echo:
    """The smallest task: asks the item's text and reads the answer as it is."""

    def request(self, item: Item, tries: int) -> ChatRequest:
        """One user turn; asked once, so `tries` is always 0."""
        return ChatRequest("loop", (Message("user", item.text),), max_tokens=MAX_TOKENS)

    def parse(self, item: Item, reply: Reply) -> str:
        """The text."""
        return reply.text


def _program(text: str) -> Program[object]:
    answer: object = yield Call(Echo(), Item(row=text, text=text, category="none"), tries=1)
    return answer


def _no_encoder(name: str) -> NoReturn:
    raise LookupError(f"nothing is embedded here (got {name})")


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))


async def _pump(ask: Callable[[str], Awaitable[None]], texts: Sequence[str]) -> None:
    waiting = iter(texts)

    async def work() -> None:
        for text in waiting:
            await ask(text)

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


def _check(asked: str, answered: object) -> None:
    if answered != asked:
        sys.exit(f"every call must be answered by its own text (got {type(answered).__name__})")


def fresh(number: int, repeat: int) -> list[str]:
    """Prompts of about eighty characters, none asked in another repeat."""
    frame = "How do gardeners in Lisbon keep note {} of round {} from the wind on a day in {}?"
    return [frame.format(place, repeat, "April" if place % 2 else "May") for place in range(number)]


@contextmanager
def loopback() -> Iterator[tuple[str, psutil.Process]]:
    """The server as a process of its own, with its address."""
    command = [sys.executable, "-m", "tests.servers.openai_server", "--behaviour", "echo"]
    limits = ["--latency-ms", str(LATENCY_MS), "--seconds", str(_LONGEST_S)]
    with subprocess.Popen([*command, *limits], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        try:
            base_url = run.stdout.readline().strip() if run.stdout else ""
            if not base_url:
                sys.exit("the loopback server must start (it printed no address)")
            yield base_url, psutil.Process(run.pid)
        finally:
            run.terminate()


def measure(contender: Contender, prompts: Sequence[str], server: psutil.Process) -> Timing:
    """Lets a contender ask all prompts, against the clock."""
    busy, cpu, wall = sum(server.cpu_times()[:2]), time.process_time(), time.perf_counter()
    contender(prompts)
    seconds = time.perf_counter() - wall
    cpu_ms = 1000 * (time.process_time() - cpu) / len(prompts)
    served = sum(server.cpu_times()[:2]) - busy
    return Timing(len(prompts) / seconds, cpu_ms, served / seconds)


def compare(calls: int, repeats: int) -> dict[str, list[Timing]]:
    """Every contender in turns; connections are opened before the clock runs."""
    found: dict[str, list[Timing]] = {name: [] for name in CONTENDERS}
    with loopback() as (base_url, server):
        for repeat in range(repeats):
            for name, start in CONTENDERS.items():
                with start(base_url) as contender:
                    contender(fresh(IN_FLIGHT, -1 - repeat))
                    found[name].append(measure(contender, fresh(calls, repeat), server))
    return found


def table(found: Mapping[str, Sequence[Timing]]) -> Iterator[str]:
    """The lines of the table, medians by contender, and the ratio."""
    yield f"{'':30} {'calls/s':>8} {'lowest-highest':>16} {'CPU ms/call':>12} {'server busy':>12}"
    for name, timings in found.items():
        rates = [timing.rate for timing in timings]
        cpu_ms = median(timing.cpu_ms for timing in timings)
        busy = median(timing.server_busy for timing in timings)
        span = f"{min(rates):,.0f}-{max(rates):,.0f}"
        yield f"{name:30} {median(rates):8,.0f} {span:>16} {cpu_ms:12.2f} {busy:12.0%}"
    engine_rate, sdk_rate = (
        median(timing.rate for timing in found[name]) for name in (ENGINE, SDK)
    )
    yield f"\nengine / SDK: {engine_rate / sdk_rate:.2f}"


def main() -> None:
    """Prints a table and the ratio."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    print(
        f"{arguments.calls:,} calls, {IN_FLIGHT} in flight, {LATENCY_MS} ms latency, "
        f"medians of {arguments.repeats} interleaved repeats\n"
    )
    for line in table(compare(arguments.calls, arguments.repeats)):
        print(line)


if __name__ == "__main__":
    main()
