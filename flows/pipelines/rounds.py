"""Rounds: how much is still missing, how much to ask for next, and when to stop."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Ending = Literal["full", "dry", "out_of_rounds"]
_DRY_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Supply:
    """How a category stands after some rounds of asking.

    Attributes:
        wanted: Rows wanted.
        rows: Rows it has.
        calls: Calls made for it so far.
        last_calls: Calls made for it in the last round.
        last_rows: Rows that the last round added.
        per_call: Rows that one call is asked for.
    """

    wanted: int
    rows: int = 0
    calls: int = 0
    last_calls: int = 0
    last_rows: int = 0
    per_call: int = 1

    @property
    def missing(self) -> int:
        """Rows still wanted."""
        return max(0, self.wanted - self.rows)

    @property
    def dry(self) -> bool:
        """Whether asking further is vain: the last round was repeats but for 2 % of its texts."""
        asked = self.last_calls * self.per_call
        return asked > 0 and self.last_rows < _DRY_SHARE * asked

    def next_calls(self) -> int:
        """Calls for the next round: as many as would do at the rate so far.

        At most twice what a category without repeats would have taken.
        """
        if not self.missing or self.dry:
            return 0
        per_call = self.rows / self.calls if self.rows else self.per_call
        planned = math.ceil(self.missing / per_call)
        return min(planned, 2 * math.ceil(self.wanted / self.per_call))

    def after(self, rows: int, calls: int) -> Supply:
        """The same category after a round of `calls` calls that left it with `rows` rows."""
        return Supply(self.wanted, rows, self.calls + calls, calls, rows - self.rows, self.per_call)


def ending(supply: Supply) -> Ending:
    """How a category ended once no further round is made."""
    if not supply.missing:
        return "full"
    return "dry" if supply.dry else "out_of_rounds"


def missing_rows(
    accepted: Mapping[str, int], target: int, names: tuple[str, ...]
) -> dict[str, int]:
    """Rows still wanted by category; full categories are left out."""
    short = {name: target - accepted.get(name, 0) for name in names}
    return {name: count for name, count in short.items() if count > 0}
