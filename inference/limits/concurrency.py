"""How many calls at once a server can use, found from latency alone.

Slow start: the number doubles while throughput still rises. Then hill climbing: windows a little
above and a little below the present number are compared, and it moves to where throughput grows
faster than a tenth of the effort. A server without 429 is found out so, as is one whose throughput
falls when it is crowded. What a server says (429, 503, time-outs) reduces the number at once.
"""

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


_START = 8
_STILL_RISES = 0.3  # elasticity of a doubling: throughput grew by a quarter
_FALLS = -0.5  # elasticity of a doubling that needs no second look
_WORTHWHILE = 0.1  # elasticity at which more calls in flight are no longer worth their queueing
_APART = 0.1  # of the number: how far above and below it is probed
_STEEPEST = 1.5  # larger elasticities are noise
_GAIN = 0.5
_LONGEST_STEP = 0.25
_REDUCED = 0.7
_SATURATED = 0.8  # of the allowed number must be in flight for a call to tell anything
_WEIGHT = 0.5  # of the newest elasticity in the mean that is followed
_LEAST_CALLS = 16  # in a window
_LEAST_WINDOW_S = 0.2  # of a window of hill climbing: shorter ones show the machine's hiccups


class Concurrency:
    """The number of calls that may be in flight; pure arithmetic on what the caller reports.

    Attributes:
        limit: The number now; between 1 and `most`.
        epoch: Counts changes of the number: a call tells of the number at which it was sent.
    """

    def __init__(self, most: int) -> None:
        self.limit = min(_START, most)
        self.epoch = 0
        self._most = most
        self._centre = float(self.limit)
        self._climbing = False
        self._doubted = False
        self._grows = _WORTHWHILE
        self._window = Window()
        self._began: float | None = None
        self._earlier: Window | None = None
        self._reduced_at = -1
        self._upper = False

    def answered(
        self, epoch: int, in_flight: int, latency_s: float, tokens: int, now: float
    ) -> None:
        """A call was answered.

        Args:
            epoch: The epoch in which it was sent.
            in_flight: How many calls were in flight then, itself included.
            latency_s: Seconds until its answer.
            tokens: The answer's tokens.
            now: The time.
        """
        if epoch != self.epoch or in_flight < _SATURATED * self.limit:
            return
        if self._began is None:
            self._began = now
        self._window.add(in_flight, latency_s, tokens)
        if self._is_full(now):
            window, self._window, self._began = self._window, Window(), None
            self._next(window)

    def overloaded(self, epoch: int) -> None:
        """A call failed because the server had no room; acted on once per round trip."""
        if epoch <= self._reduced_at:
            return
        self._reduced_at = self.epoch
        proven = min(self._centre, self.limit) if self._climbing else self.limit
        self._centre = max(1.0, _REDUCED * proven)
        self._climbing = self._centre >= _START
        self._doubted, self._earlier = False, None
        self._set(round(self._centre), anew=True)

    def _is_full(self, now: float) -> bool:
        least_s = _LEAST_WINDOW_S if self._climbing else 0.0
        least = max(self.limit, _LEAST_CALLS)
        return self._window.calls >= least and now - (self._began or now) >= least_s

    def _next(self, window: Window) -> None:
        if not self._climbing:
            self._double(window)
        elif self._earlier is None:
            self._earlier = window
            self._probe(not self._upper)
        else:
            self._climb(self._earlier, window)

    def _double(self, window: Window) -> None:
        rises = _STILL_RISES if self._earlier is None else elasticity(self._earlier, window)
        if rises is not None and _FALLS < rises < _STILL_RISES and not self._doubted:
            # The first round trip after a doubling opens connections: the next one tells more.
            self._doubted = True
        elif rises is not None and rises >= _STILL_RISES and self.limit < self._most:
            self._doubted, self._earlier = False, window
            self._set(min(2 * self.limit, self._most))
        else:
            self._adopt(rises)

    def _adopt(self, rises: float | None) -> None:
        """Ends slow start; where the last doubling brought nothing, half the number does."""
        halved = rises is not None and rises < _WORTHWHILE
        self._centre = self.limit / 2 if halved else float(self.limit)
        self._climbing, self._doubted, self._earlier = True, False, None
        self._grows = _WORTHWHILE
        self._probe(upper=False)

    def _climb(self, earlier: Window, window: Window) -> None:
        found = elasticity(earlier, window)
        if found is not None:
            found = max(-_STEEPEST, min(found, _STEEPEST))
            self._grows += _WEIGHT * (found - self._grows)
            step = _GAIN * (self._grows - _WORTHWHILE)
            step = max(-_LONGEST_STEP, min(step, _LONGEST_STEP))
            self._centre = max(1.0, min(self._centre * math.exp(step), float(self._most)))
        # The side that was probed last is probed first: a server that changes by itself (it warms
        # up, others leave) then adds to one comparison what it takes from the next.
        self._earlier = None
        self._probe(self._upper)

    def _probe(self, upper: bool) -> None:
        self._upper = upper
        lower = min(max(1, math.floor(self._centre * (1 - _APART))), max(1, self._most - 1))
        if upper:
            self._set(min(self._most, max(lower + 1, math.ceil(self._centre * (1 + _APART)))))
        else:
            self._set(lower)

    def _set(self, limit: int, anew: bool = False) -> None:
        if anew or limit != self.limit:
            self.epoch += 1
            self.limit = max(1, min(limit, self._most))
            self._window, self._began = Window(), None


class Fixed:
    """A number that stays as it is: a server of one's own with a few slots queues by itself."""

    epoch = 0

    def __init__(self, most: int) -> None:
        self.limit = most

    def answered(
        self, epoch: int, in_flight: int, latency_s: float, tokens: int, now: float
    ) -> None:
        """Changes nothing."""

    def overloaded(self, epoch: int) -> None:
        """Changes nothing."""
