"""What the chaos provider may do to a call, by name, for both protocols."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.servers import anthropic_faults, faults
from tests.servers.faults import Fault


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault.

    Attributes:
        name: Its name.
        chat: What a Chat Completions server does.
        messages: What a Messages server does.
        may_cost: Whether the call may be billed though no reply came of it.
        whole: Whether the model's own answer arrives in it, to its end.
        wait_s: The most seconds that it makes its caller wait.
    """

    name: str
    chat: Fault
    messages: Fault
    may_cost: bool = False
    whole: bool = False
    wait_s: float = 0.0

    def fault(self, protocol: str) -> Fault:
        """What the server of a protocol does."""
        return self.chat if protocol == "chat" else self.messages


def _both(
    name: str, fault: Fault, *, may_cost: bool = False, whole: bool = False, wait_s: float = 0.0
) -> Trouble:
    return Trouble(name, fault, fault, may_cost, whole, wait_s)


def _table(*troubles: Trouble) -> Mapping[str, Trouble]:
    return {trouble.name: trouble for trouble in troubles}


PASSING = _table(
    Trouble("429", faults.rate_limited(), anthropic_faults.rate_limited()),
    Trouble("429 in seconds", faults.rate_limited(1), anthropic_faults.rate_limited(1), wait_s=1.5),
    Trouble("500", faults.server_error(500), anthropic_faults.server_error(500)),
    Trouble("502", faults.server_error(502), anthropic_faults.server_error(502), may_cost=True),
    Trouble("503", faults.server_error(503), anthropic_faults.server_error(503)),
    Trouble("504", faults.server_error(504), anthropic_faults.server_error(504), may_cost=True),
    Trouble("529", faults.server_error(529), anthropic_faults.overloaded()),
    _both("bad gateway's page", faults.html(502), may_cost=True),
    _both("slow", faults.slow(0.3), whole=True, wait_s=0.3),
    _both("hang", faults.hangs(), may_cost=True, wait_s=1.5),
    _both("cut before the answer", faults.closed_before_headers(), may_cost=True),
    _both("cut in the answer", faults.closed_after_headers(), may_cost=True),
    _both("half JSON", faults.half_json(), may_cost=True),
    _both("HTML", faults.html(), may_cost=True),
)
"""Faults after which the same request is answered as if nothing had been."""

STAYING = _table(
    Trouble(
        "refused",
        faults.refusal(),
        anthropic_faults.refusal(),
    ),
)
"""What a request is answered by however often it is asked: data, and poison."""
