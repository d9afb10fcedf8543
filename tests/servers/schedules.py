"""Which call meets which fault: by number, by body, by hash, or while a switch is on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Event
from typing import TypeAlias

from tests.servers.chance import share
from tests.servers.counting import Call
from tests.servers.faults import Fault

Schedule: TypeAlias = Callable[[Call], Fault | None]


def never(_call: Call) -> None:
    """No fault."""


def always(fault: Fault) -> Schedule:
    """Every call meets the fault."""
    return lambda _call: fault


def on_calls(faults: Mapping[int, Fault]) -> Schedule:
    """Calls meet faults by their number in order of arrival, from 0."""
    return lambda call: faults.get(call.order)


def first_calls(number: int, fault: Fault) -> Schedule:
    """The first calls meet the fault, whatever they ask."""
    return lambda call: fault if call.order < number else None


def first_tries(number: int, fault: Fault) -> Schedule:
    """Each body meets the fault at its first tries, so that a retry succeeds."""
    return lambda call: fault if call.repeat < number else None


def containing(part: str, fault: Fault, tries: int | None = None) -> Schedule:
    """Bodies with `part` in them meet the fault; only at their first tries where they are given."""
    needle = part.encode()

    def schedule(call: Call) -> Fault | None:
        met = needle in call.canonical and (tries is None or call.repeat < tries)
        return fault if met else None

    return schedule


def seeded(rate: float, faults: Sequence[Fault], seed: int = 0, tries: int = 1) -> Schedule:
    """A share of the bodies meets one of the faults, at their first tries.

    Decided by a hash of seed, body and try, so in any order of arrival it is the same ones.
    """

    def schedule(call: Call) -> Fault | None:
        if call.repeat >= tries or share(seed, call.digest, call.repeat) >= rate:
            return None
        return faults[int(share("which", seed, call.digest, call.repeat) * len(faults))]

    return schedule


def during(switch: Event, fault: Fault) -> Schedule:
    """Every call meets the fault while the switch is set: an outage that ends."""
    return lambda _call: fault if switch.is_set() else None


def either(*schedules: Schedule) -> Schedule:
    """The first fault that any of the schedules has for a call."""

    def schedule(call: Call) -> Fault | None:
        return next((fault for one in schedules if (fault := one(call)) is not None), None)

    return schedule
