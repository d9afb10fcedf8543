"""What the server was asked, in order of arrival."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from threading import Condition
from typing import Any

import orjson

_SETTLE_S = 5.0


@dataclass(frozen=True, slots=True)
class Call:
    """One chat request that arrived.

    Attributes:
        order: Its place in order of arrival, from 0.
        canonical: Its body as JSON with sorted keys, or as it came where it is no JSON.
        digest: SHA-256 of the canonical body in hex.
        repeat: How many calls with the same body had arrived before.
        status: The HTTP status of its answer, or None while (or where) no whole answer was
            written out. What was written may still be lost on its way to a killed client.
    """

    order: int
    canonical: bytes
    digest: str
    repeat: int
    status: int | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The request as JSON."""
        body: dict[str, Any] = orjson.loads(self.canonical)
        return body

    @property
    def answered(self) -> bool:
        """Whether a whole answer was written out."""
        return self.status is not None


class Calls:
    """A thread-safe record of calls; written by the server's loop, read by the test.

    Who reads waits until no answer is half written: a client that has its answer finds its call
    recorded as answered.
    """

    def __init__(self) -> None:
        """Starts empty."""
        self._settled = Condition()
        self._sending: set[int] = set()
        self._calls: list[Call] = []
        self._arrived: Counter[str] = Counter()
        self._in_flight = 0
        self._peak = 0

    def arrive(self, canonical: bytes) -> Call:
        """Records an arrival."""
        digest = hashlib.sha256(canonical).hexdigest()
        with self._settled:
            call = Call(len(self._calls), canonical, digest, self._arrived[digest])
            self._calls.append(call)
            self._arrived[digest] += 1
            self._in_flight += 1
            self._peak = max(self._peak, self._in_flight)
        return call

    def send(self, call: Call) -> None:
        """Records that an answer is about to be written out."""
        with self._settled:
            self._sending.add(call.order)

    def leave(self, call: Call, status: int | None) -> None:
        """Records how a call ended."""
        with self._settled:
            self._in_flight -= 1
            self._sending.discard(call.order)
            if status is not None:
                self._calls[call.order] = replace(call, status=status)
            if not self._sending:
                self._settled.notify_all()

    def all(self) -> list[Call]:
        """Every call so far, in order of arrival."""
        with self._settled:
            self._wait()
            return list(self._calls)

    def counts(self, status: int | None = None) -> Counter[str]:
        """How often each distinct body arrived, or was answered with `status`."""
        with self._settled:
            if status is None:
                return self._arrived.copy()
            self._wait()
            return Counter(call.digest for call in self._calls if call.status == status)

    @property
    def peak(self) -> int:
        """The largest number of calls that were in flight at once."""
        with self._settled:
            return self._peak

    def _wait(self) -> None:
        self._settled.wait_for(lambda: not self._sending, _SETTLE_S)
