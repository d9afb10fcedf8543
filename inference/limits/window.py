"""What a window of answered calls says of a server: calls per second, by Little's law."""

from __future__ import annotations

import math
from dataclasses import dataclass

_LEAST_S = 1e-6


@dataclass(slots=True)
class Window:
    """Sums over the answered calls of one window.

    Attributes:
        calls: How many calls.
        in_flight: Sum over calls of how many were in flight when each was sent, itself included.
        seconds: Sum of latencies.
        tokens: Sum of output tokens.
        tokens_seconds: Sum of the products of the two.
        tokens_squared: Sum of squares of output tokens.
    """

    calls: int = 0
    in_flight: int = 0
    seconds: float = 0.0
    tokens: int = 0
    tokens_seconds: float = 0.0
    tokens_squared: int = 0

    def add(self, in_flight: int, seconds: float, tokens: int) -> None:
        """One answered call."""
        self.calls += 1
        self.in_flight += in_flight
        self.seconds += seconds
        self.tokens += tokens
        self.tokens_seconds += tokens * seconds
        self.tokens_squared += tokens * tokens

    @property
    def concurrency(self) -> float:
        """The mean number of calls in flight."""
        return self.in_flight / self.calls

    @property
    def covariation(self) -> float:
        """Sum of products of deviations, of tokens and seconds."""
        return self.tokens_seconds - self.tokens * self.seconds / self.calls

    @property
    def variation(self) -> float:
        """Sum of squared deviations of tokens."""
        return self.tokens_squared - self.tokens * self.tokens / self.calls


def elasticity(first: Window, second: Window) -> float | None:
    """By what power of concurrency throughput grows between two windows; None where neither moved.

    1: every added call in flight is a call more per time; 0: added calls only queue; below 0: they
    are in each other's way. Throughput is concurrency / latency (Little's law). The windows'
    answers may differ in length by chance, and long ones take longer: latencies are compared at
    one length, along the common slope of seconds over tokens within the windows (analysis of
    covariance), which is 0 where length does not matter.
    """
    apart = math.log(second.concurrency / first.concurrency)
    if abs(apart) < 0.01:
        return None
    slope = _slope(first, second)
    length = (first.tokens + second.tokens) / (first.calls + second.calls)
    slower = math.log(_latency(second, slope, length) / _latency(first, slope, length))
    return 1 - slower / apart


def _slope(first: Window, second: Window) -> float:
    """Seconds per output token, within the windows; 0 where there is no such relation."""
    variation = first.variation + second.variation
    if variation <= 0:
        return 0.0
    return max(0.0, (first.covariation + second.covariation) / variation)


def _latency(window: Window, slope: float, length: float) -> float:
    """Mean latency, had the answers been `length` tokens long."""
    mean = window.seconds / window.calls
    return max(mean - slope * (window.tokens / window.calls - length), 0.1 * mean, _LEAST_S)
