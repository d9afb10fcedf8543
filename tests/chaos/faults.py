"""What the chaos provider may do to a call, by name, for both protocols."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tests.servers import anthropic_faults, faults
from tests.servers.faults import Fault
from tests.servers.named_faults import fault, names

Make: TypeAlias = Callable[[str, tuple[object, ...]], Fault]
"""The fault for a protocol (`chat` or `messages`) and what chance is drawn from."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of fault.

    Attributes:
        name: Its name.
        make: The fault.
        whole: Whether what the model said arrives as it was said.
        is_answer: Whether an answer arrives at all.
        wait_s: The most seconds that it makes its caller wait.
    """

    name: str
    make: Make
    whole: bool = False
    is_answer: bool = False
    wait_s: float = 0.0


_WHOLE = frozenset({"drip", "packed", "more_choices"})
_WAITS_S = {"hang": 3.0, "drip": 0.2, "429_seconds": 1.5, "429_date": 1.5}


def _named(name: str, is_answer: bool) -> Trouble:
    whole = name in _WHOLE
    return Trouble(
        name,
        lambda _protocol, drawn: fault(name, *drawn),
        whole,
        is_answer or whole,
        _WAITS_S.get(name, 0.0),
    )


def _of_protocols(name: str, chat: Fault, messages: Fault) -> Trouble:
    return Trouble(
        name, lambda protocol, _: chat if protocol == "chat" else messages, is_answer=True
    )


def _table(*troubles: Trouble) -> Mapping[str, Trouble]:
    return {trouble.name: trouble for trouble in troubles}


PASSING = _table(
    Trouble("slow", lambda _protocol, _drawn: faults.slow(0.3), True, True, 0.3),
    *(_named(name, is_answer=False) for name in names("passes")),
    *(_named(name, is_answer=True) for name in sorted(_WHOLE)),
)
"""Faults after which the same request is answered as if nothing had been."""

STAYING = _table(
    _of_protocols("refusal", faults.refusal(), anthropic_faults.refusal()),
    _of_protocols("filter", faults.azure_input_block(), anthropic_faults.output_blocked()),
    *(_named(name, is_answer=True) for name in names("answer") if name not in _WHOLE),
    *(_named(name, is_answer=False) for name in names("refused")),
)
"""What a request is answered by however often it is asked: data, poison, and no answer at all."""

WAITING = frozenset({"hang", "429_seconds", "429_date"})
"""Faults that make a run wait for seconds."""
