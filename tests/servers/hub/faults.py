"""What goes wrong at a Hub on demand: at which call, the how manieth, and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.servers.hub.repos import Repo

Kind = Literal["status", "cut_before", "cut_after", "moved"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        call: The call, by its name in `writing.call_of`.
        kind: `status` answers with a status instead; `cut_before` ends the connection before
            anything is done and `cut_after` once it is; `moved` has somebody else act first.
        status: The status.
        retry_after: The header `Retry-After`; None leaves it out.
        first: The first such call that it strikes, from 1.
        times: How many it strikes; 0 for all from there on.
        act: What somebody else does, for `moved`.
    """

    call: str
    kind: Kind
    status: int = 503
    retry_after: int | None = None
    first: int = 1
    times: int = 1
    act: Callable[[dict[tuple[str, str], Repo]], None] | None = None

    def strikes(self, number: int) -> bool:
        """Whether it strikes the call of this number."""
        return self.first <= number and (not self.times or number < self.first + self.times)


@dataclass(slots=True)
class Faults:
    """The faults of a Hub, and how often each call came.

    Attributes:
        planned: The faults.
        struck: Those that struck, in order.
    """

    planned: list[Fault] = field(default_factory=list)
    struck: list[Fault] = field(default_factory=list)
    _seen: Counter[str] = field(default_factory=Counter)

    def next(self, call: str) -> Fault | None:
        """Counts a call; the fault that strikes it."""
        self._seen[call] += 1
        found = next(
            (each for each in self.planned if each.call == call and each.strikes(self._seen[call])),
            None,
        )
        if found is not None:
            self.struck.append(found)
        return found
