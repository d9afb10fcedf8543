"""A pause of the whole model, and how calls are let go after it.

One call is told 429; all wait, so that the others need not be told too. Afterwards the first call
goes alone, and the number in flight may double twice a second, and grows with every answer.
"""

from __future__ import annotations

import math

LONGEST_S = 120.0
_DOUBLING_S = 0.5
_ENOUGH = 1024  # in flight after a pause: no model is asked by more at once


class Pause:
    """Times are the caller's, in seconds of one clock."""

    def __init__(self) -> None:
        """Starts open, with nothing to recover from."""
        self._until = float("-inf")
        self._since = 0.0
        self._total = 0.0
        self._recovering = False
        self._answers = 0
        self.rounds = 0
        self.mark = 0

    def begin(self, until: float, now: float) -> None:
        """Nothing is sent before `until`; two minutes at most, and never shorter than before."""
        if not self.on(now):
            self._total += max(0.0, min(self._until, now) - self._since)
            self._since = now
        self._until = max(self._until, min(until, now + LONGEST_S))
        self._recovering = True
        self._answers = 0

    def limited(self, number: int, calls: int) -> int:
        """A call was told to wait; how often in a row that happened, pauses in between.

        Args:
            number: The call's place in order of sending.
            calls: How many calls were sent so far. Those in flight now belong to this round.
        """
        if number > self.mark:
            self.rounds += 1
            self.mark = calls
        return max(self.rounds, 1)

    def answered(self, number: int) -> None:
        """A call was answered."""
        if number > self.mark:
            self.rounds = 0
            self._answers += 1

    def on(self, now: float) -> bool:
        """Whether nothing may be sent."""
        return now < self._until

    def wait_s(self, now: float) -> float:
        """Seconds until it ends; 0 or less where it has."""
        return self._until - now

    def room(self, now: float) -> float:
        """How many calls may be in flight while the model recovers; infinite once it has."""
        if not self._recovering:
            return float("inf")
        doublings = min((now - self._until) / _DOUBLING_S, 10.0)
        room = math.floor(math.pow(2.0, doublings)) + self._answers
        if room >= _ENOUGH:
            self._recovering = False
        return room

    def total_s(self, now: float) -> float:
        """Seconds of pause so far, all together."""
        return self._total + max(0.0, min(self._until, now) - self._since)
