"""The chaos provider: both protocols on loopback, failing by seed, and a log of all it did.

Which call meets which fault follows from the seed, the request and the try, in whatever order
calls arrive. A fault that *passes* strikes a request's first tries alone, so that the set must come
out byte for byte as in a calm run; one that *stays* is what that request is always answered by.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

from tests.chaos.auditor import asked_of
from tests.chaos.faults import PASSING, STAYING, Trouble
from tests.chaos.world import models
from tests.servers.anthropic_server import serve_anthropic
from tests.servers.chance import share
from tests.servers.chat import Answer, Behaviour, Body, text_of
from tests.servers.counting import Call
from tests.servers.faults import Fault
from tests.servers.openai_server import Server, serve

_TRIES = 2  # at most so many calls of one request meet a fault that passes


@dataclass(frozen=True)
class Mischief:
    """What goes wrong in one run.

    Attributes:
        seed: Decides which calls meet which fault.
        rate: The share of calls that meet a fault that passes.
        passing: Names of faults that pass.
        staying: The share of requests that meet a fault that stays, always the same one.
        kinds: Names of faults that stay.
        staying_seed: Decides which requests these are.
    """

    seed: int = 0
    rate: float = 0.0
    passing: Sequence[str] = tuple(PASSING)
    staying: float = 0.0
    kinds: Sequence[str] = tuple(STAYING)
    staying_seed: int = 0

    def calm(self) -> Mischief:
        """The same without what passes."""
        return replace(self, rate=0.0)

    def drawn(self, call: Call) -> tuple[object, ...]:
        """What chance decides of a call's fault is drawn from; of one that stays, always alike."""
        stays = share("stays", self.staying_seed, call.digest) < self.staying
        return (call.digest,) if stays else (self.seed, call.digest, call.repeat)

    def of(self, call: Call) -> Trouble | None:
        """What a call meets."""
        stays = share("stays", self.staying_seed, call.digest)
        if stays < self.staying:
            return STAYING[self.kinds[int(stays / self.staying * len(self.kinds))]]
        if call.repeat >= _TRIES or share(self.seed, call.digest, call.repeat) >= self.rate:
            return None
        return PASSING[_pick(self.passing, "which", self.seed, call.digest, call.repeat)]


_MAY_COST = frozenset({408, 502, 504, 524})  # statuses after which a call may be billed


def _pick(names: Sequence[str], *parts: object) -> str:
    return names[int(share(*parts) * len(names))]


@dataclass
class Provider:
    """Two servers, one for each protocol, and what they were asked.

    Attributes:
        chat: The Chat Completions server.
        messages: The Messages server.
        mischief: What goes wrong from now on.
        on_call: Called with the number of each call as it arrives, of both together.
        kills: How many times the run was killed; for the log.
        injected_s: The most that the waits among the faults so far can have added.
    """

    chat: Server
    messages: Server
    mischief: Mischief
    on_call: Callable[[int], None] = lambda number: None
    kills: int = 0
    injected_s: float = 0.0
    _met: dict[tuple[str, int], Trouble | None] = field(default_factory=dict)
    _said: dict[str, str | None] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def schedule(self, protocol: str) -> Callable[[Call], Fault | None]:
        """The faults of one server."""

        def fault(call: Call) -> Fault | None:
            with self._lock:
                trouble = self.mischief.of(call)
                self._met[protocol, call.order] = trouble
                self.injected_s += 0.0 if trouble is None else trouble.wait_s
                number = len(self._met)
            self.on_call(number)
            return None if trouble is None else trouble.make(protocol, self.mischief.drawn(call))

        return fault

    def saying(self, behaviour: Behaviour) -> Behaviour:
        """The behaviour, whose answers are written down."""

        def say(body: Body) -> Answer:
            answer = behaviour(body)
            with self._lock:
                self._said[_asked(body)] = answer.content
            return answer

        return say

    @property
    def sent(self) -> int:
        """How many calls arrived."""
        return len(self._met)

    def write_log(self, path: Path) -> None:
        """What the auditor reads."""
        calls = [
            self._line(protocol, call)
            for protocol, server in (("chat", self.chat), ("messages", self.messages))
            for call in server.calls
        ]
        path.write_text(json.dumps({"calls": calls, "kills": self.kills}), encoding="utf-8")

    def _line(self, protocol: str, call: Call) -> dict[str, Any]:
        asked = _asked(call.body)
        trouble = self._met.get((protocol, call.order))
        altered = trouble is not None and not trouble.whole
        status = call.status
        return {
            "asked": asked,
            "said": None if altered else self._said.get(asked),
            "whole": status is not None
            and (status == 200 or altered)
            and (trouble is None or trouble.is_answer),
            "fault": "" if trouble is None else trouble.name,
            "model": call.body["model"],
            "free": status is not None and status >= 300 and status not in _MAY_COST,
        }


def _asked(body: Mapping[str, Any]) -> str:
    system = text_of({"content": body.get("system") or ""})  # in blocks where it is to be cached
    turns = [("system", system)] if system else []
    turns += [(turn["role"], text_of(turn)) for turn in body["messages"]]
    return asked_of(body["model"], turns, body.get("seed"))


@contextmanager
def providing(
    mischief: Mischief, latency_s: float = 0.0, logged: bool = True
) -> Iterator[Provider]:
    """Runs both servers until the block ends; without a log, for many thousand calls."""
    with (
        serve(models(), latency_s=latency_s) as chat,
        serve_anthropic(models(), latency_s=latency_s) as messages,
    ):
        provider = Provider(chat, messages, mischief)
        if logged:
            chat.behaviour = messages.behaviour = provider.saying(models())
        chat.faults, messages.faults = provider.schedule("chat"), provider.schedule("messages")
        yield provider
