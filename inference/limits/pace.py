"""Even spacing under a limit per minute: the next call may be sent when the last one's share is up.

A limit that is used smoothly never meets its edge, whatever the server counts by: a sliding window,
a fixed one or a bucket. All is plain arithmetic on times that the caller gives.
"""

from __future__ import annotations

_MINUTE_S = 60.0
_SHARE = 0.99  # just under the limit, so that jitter on the way cannot fill a window
_LATE_S = 0.15  # of lateness that may be made up for; a sliding minute bears 0.6 s at 99 %
_LEAST_SHARE = 0.5  # of the limit, where one call is a large part of it


class Pace:
    """One limit per minute, in requests or in tokens."""

    def __init__(self, per_minute: float) -> None:
        """Starts with nothing sent."""
        self._per_minute = per_minute
        self._next = float("-inf")

    def wait_s(self, now: float) -> float:
        """Seconds until the next call may be sent; 0 or less where it may be sent now."""
        return self._next - _LATE_S - now

    def take(self, now: float, cost: float = 1.0) -> None:
        """One call is sent that uses up `cost` of the limit."""
        self._next = max(now, self._next) + self._seconds(cost)

    def correct(self, difference: float) -> None:
        """An earlier call used up this much more (or less) than was taken for it."""
        self._next += difference * _MINUTE_S / (_SHARE * self._per_minute)

    def _seconds(self, cost: float) -> float:
        # A window holds the calls that fit between its ends and one more: the one at its edge.
        edge = cost if cost > 1 else 0.0
        rate = max(_SHARE * self._per_minute - edge, _LEAST_SHARE * self._per_minute)
        return cost * _MINUTE_S / rate
