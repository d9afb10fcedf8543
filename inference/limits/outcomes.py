"""How the latest calls of a model ended, and what that says of the calls that come.

One call in four that is turned away says something of that call: where it is said at random, or by
a limit of each call, neither waiting nor fewer calls in flight would spare the others. Nearly all
calls that are turned away say something of the model.
"""

from collections import deque

_LATELY = 32  # outcomes by which it is judged how many calls the server can bear
_TOO_MANY = 0.4  # of them without room: fewer are put up with, since fewer calls need not help
_AT_ONCE = 8  # outcomes by which it is judged whether to wait: nearly all, not most of them


class Outcomes:
    """How the latest calls ended: with room for them, or without."""

    def __init__(self) -> None:
        """None has ended."""
        self._told: deque[bool] = deque(maxlen=_AT_ONCE)  # whether each was told to wait
        self._full: deque[bool] = deque(maxlen=_LATELY)  # whether there was no room for it

    def answered(self) -> None:
        """There was room for a call."""
        self._told.append(False)
        self._full.append(False)

    def told(self) -> None:
        """A call was told to wait."""
        self._told.append(True)

    def full(self) -> None:
        """There was no room for a call."""
        self._full.append(True)

    def take_pause(self) -> bool:
        """Whether all must wait: seven of eight were told so, or most where fewer have ended.

        After a pause the next calls are judged by themselves.
        """
        told, ended = sum(self._told), len(self._told)
        if told < (_AT_ONCE - 1 if ended == _AT_ONCE else ended // 2 + 1):
            return False
        self._told.clear()
        return True

    def take_reduction(self) -> bool:
        """Whether fewer must be in flight. Calls at the new number are judged by themselves."""
        if not self._full or sum(self._full) <= _TOO_MANY * len(self._full):
            return False
        self._full.clear()
        return True
