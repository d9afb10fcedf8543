"""One chaos run: what goes wrong in it, by seed, and what came of it.

A run is as many starts of the same command as it takes to its end. Each start is a process of its
own, forked from one that has the libraries loaded, so that it can be killed like a user's.
"""

from __future__ import annotations

import hashlib
import shutil
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Literal, TypeAlias

from tests.chaos.auditor import audit, read_log
from tests.chaos.faults import PASSING, WAITING
from tests.chaos.process import HUNG, CommandStart, Start
from tests.chaos.provider import Mischief, Provider, providing
from tests.chaos.world import write_recipe, write_seeds
from tests.servers.chance import draw

_STARTS = 6  # of one command; more than any run has needed
_CALLS_A_SEED = 11  # of a calm run, about
_SURELY = 5  # calls a seed that every run makes

Stop: TypeAlias = Literal["kill", "interrupt", "terminate"]
_SIGNALS: dict[Stop, signal.Signals] = {
    "kill": signal.SIGKILL,
    "interrupt": signal.SIGINT,
    "terminate": signal.SIGTERM,
}


@dataclass(frozen=True, slots=True)
class Size:
    """How large a run is.

    Attributes:
        seeds: How many seeds.
        shards: How many shards.
        stops: At most so many signals.
        waits: Whether calls may hang until they time out.
    """

    seeds: int = 10
    shards: int = 4
    stops: int = 3
    waits: bool = True


SMALL = Size(seeds=2, shards=2, stops=1, waits=False)
"""What `make test` has time for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run meets.

    Attributes:
        seed: Decides everything.
        mischief: What the provider does.
        stops: At which call which signal is sent, each to the start that it meets.
        edited: Whether the seeds are edited after the first stop.
        size: How many seeds and shards.
        latency_s: Seconds that every answer takes.
        prefect: The environment of the command, where it is run under Prefect; None for the plain
            runner.
    """

    seed: int
    mischief: Mischief
    stops: tuple[tuple[int, Stop], ...] = ()
    edited: bool = False
    size: Size = Size()
    latency_s: float = 0.0
    prefect: Mapping[str, str] | None = None


def planned(
    seed: int,
    size: Size = Size(),
    stops: Sequence[Stop] = ("kill", "interrupt", "terminate"),
    always: bool = False,
) -> Plan:
    """The plan of a seed: faults at 5 to 30 %, and in two of three runs up to three stops.

    Args:
        seed: The seed.
        size: How large the run is.
        stops: The signals to choose from.
        always: Whether each run is stopped.
    """
    rng = draw("chaos", seed)
    mischief = Mischief(
        seed=seed,
        rate=rng.choice((0.05, 0.1, 0.2, 0.3)),
        passing=tuple(name for name in PASSING if size.waits or name not in WAITING),
        staying=rng.choice((0.0, 0.1)),
        staying_seed=seed % 2,
    )
    chosen: list[tuple[int, Stop]] = []
    if stops and (always or rng.random() < 2 / 3):
        last = size.seeds * (_SURELY if always else _CALLS_A_SEED)
        moments = sorted(rng.sample(range(1, last), rng.randint(1, size.stops)))
        chosen = [(moment, rng.choice(stops)) for moment in moments]
    surely = bool(chosen) and chosen[0][0] < size.seeds * _SURELY
    return Plan(seed, mischief, tuple(chosen), surely and rng.random() < 0.4, size)


@dataclass(slots=True)
class Outcome:
    """What came of a run.

    Attributes:
        starts: Exit status and last words of each start.
        problems: Whatever is wrong with how it went, one line each.
        audited: What the auditor found.
        seconds: How long all starts took.
        injected_s: The most that the waits among the faults can have added.
        tables: SHA-256 of each Parquet file, by its path below the output folder.
    """

    starts: list[tuple[int, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    audited: list[str] = field(default_factory=list)
    seconds: float = 0.0
    injected_s: float = 0.0
    tables: dict[str, str] = field(default_factory=dict)

    @property
    def wrong(self) -> list[str]:
        """Everything that is wrong."""
        return self.problems + [f"the auditor: {line}" for line in self.audited]


def run(plan: Plan, folder: Path, bound_s: float) -> Outcome:
    """Runs a plan in an empty folder; a start that takes longer than the bound is a hang."""
    outcome = Outcome()
    with providing(plan.mischief, plan.latency_s) as provider:
        write_seeds(folder / "seeds.csv", plan.size.seeds, "" if plan.edited else _EDITION)
        recipe = write_recipe(folder, provider.chat.base_url, provider.messages.base_url)
        stops = Stops(list(plan.stops))
        started = time.monotonic()
        for _ in range(_STARTS + len(plan.stops)):
            before = provider.kills
            status, words = _start(recipe, plan, provider, stops, bound_s)
            outcome.starts.append((status, words))
            if status == HUNG or status == 0:
                break
            if plan.edited and provider.kills > before:
                write_seeds(folder / "seeds.csv", plan.size.seeds, _EDITION)
        outcome.seconds = time.monotonic() - started
        outcome.injected_s = provider.injected_s
        outcome.problems += _own_problems(outcome, provider)
        provider.write_log(folder / "log.json")
    outcome.audited = list(audit(folder / "out", read_log(folder / "log.json")))
    outcome.tables = _digests(folder / "out")
    return outcome


_EDITION = " at all"


@dataclass(slots=True)
class Stops:
    """The signals that are left of a plan: each strikes once, in whichever thread its call arrives.

    Attributes:
        left: At which call which signal is sent, in order.
    """

    left: list[tuple[int, Stop]]
    _lock: Lock = field(default_factory=Lock)

    def strike(self, number: int, start: Start | CommandStart, provider: Provider) -> None:
        """Sends the signal that is due at this call, if any; the provider counts it."""
        with self._lock:
            if self.left and number >= self.left[0][0]:
                start.signal(_SIGNALS[self.left.pop(0)[1]])
                provider.kills += 1


def _start(
    recipe: Path, plan: Plan, provider: Provider, stops: Stops, bound_s: float
) -> tuple[int, str]:
    """One start of the command; the next stop strikes when its call arrives."""
    out = recipe.parent / "out"
    start: Start | CommandStart
    if plan.prefect is None:
        start = Start(recipe, out, plan.size.shards)
    else:
        start = CommandStart(recipe, out, plan.prefect)

    provider.on_call = lambda number: stops.strike(number, start, provider)
    ended = start.ended(bound_s)
    provider.on_call = lambda number: None
    return ended


def _own_problems(outcome: Outcome, provider: Provider) -> list[str]:
    problems = [
        f"start {number}: a traceback"
        for number, (_, said) in enumerate(outcome.starts)
        if "Traceback" in said
    ]
    last = outcome.starts[-1][0]
    if last == HUNG:
        problems.append("a start hangs")
    elif last != 0:
        problems.append(f"{len(outcome.starts)} starts were not enough: {outcome.starts[-1][1]}")
    ends = [said for status, said in outcome.starts if status in (1, 2)]
    problems += [f"ended twice by: {said}" for said in set(ends) if ends.count(said) > 1]
    return problems


def _digests(out: Path) -> dict[str, str]:
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*.parquet"))
    }


class Calm:
    """Calm runs, each made once: what the same set is where nothing passes but all that stays."""

    def __init__(self, folder: Path) -> None:
        """Makes none yet."""
        self._folder = folder
        self._made: dict[tuple[Size, int, float], Outcome] = {}

    def of(self, plan: Plan) -> Outcome:
        """The calm run of a plan."""
        key = (plan.size, plan.mischief.staying_seed, plan.mischief.staying)
        if key not in self._made:
            folder = self._folder / f"calm-{len(self._made)}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self._made[key] = run(
                Plan(plan.seed, plan.mischief.calm(), size=plan.size), folder, 300
            )
        return self._made[key]


def compared(plan: Plan, calm: Calm, folder: Path) -> Outcome:
    """Runs a plan and holds it against its calm run, byte by byte."""
    expected = calm.of(plan)
    bound = (60 if plan.prefect is None else 180) + 3 * expected.seconds
    outcome = run(plan, folder, bound)
    outcome.problems += [f"the calm run: {line}" for line in expected.wrong]
    if outcome.tables != expected.tables:
        names = {*outcome.tables, *expected.tables}
        differing = sorted(
            name for name in names if outcome.tables.get(name) != expected.tables.get(name)
        )
        outcome.problems.append(f"{len(differing)} tables differ, such as {differing[0]}")
    return outcome
