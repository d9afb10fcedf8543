"""Which of the latest calls of a model were turned away, and what that says of those that come.

One call in four that is turned away says something of that call: where it is said at random, or by
a limit of each call, neither waiting nor fewer calls in flight would spare the others. Nearly all
calls that are turned away say something of the model.

Calls are counted in order of sending. Being turned away is quick and an answer is slow: those that
arrive first would say that none is answered.
"""

_AT_ONCE = 8  # calls in a row by which it is judged whether to wait: nearly all, not most of them
_FEW = 3  # of which all must be
_LATELY = 32  # calls in a row by which it is judged how many the server can bear
_TOO_MANY = 17  # of them without room: fewer are put up with, since fewer calls need not help


class Outcomes:
    """The numbers of the calls that were turned away lately; calls are numbered from 1."""

    def __init__(self) -> None:
        """None was sent."""
        self._told: set[int] = set()
        self._full: set[int] = set()
        self._since = 0

    def told(self, number: int, sent: int) -> bool:
        """A call was told to wait; whether all must.

        They must where seven of the eight that were sent last were told so, or all but one, or
        all, where fewer were sent since all waited.

        Args:
            number: The call's place in order of sending.
            sent: How many calls were sent so far.
        """
        if number <= self._since:
            return False
        self._told = {each for each in self._told if each > number - _AT_ONCE} | {number}
        beside = min(number - self._since, _AT_ONCE)
        if len(self._told) < (beside - 1 if beside > _FEW else beside):
            return False
        self._told.clear()
        self._since = sent
        return True

    def full(self, number: int) -> bool:
        """A call found no room; whether fewer must be in flight.

        They must where that is so of seventeen of 32. Those that are sent afterwards are judged by
        themselves.
        """
        self._full = {each for each in self._full if each > number - _LATELY} | {number}
        if len(self._full) < _TOO_MANY:
            return False
        self._full.clear()
        return True
