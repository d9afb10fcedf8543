"""How fast a stage's calls are answered, and for how long it goes on at that speed."""

import time
from collections.abc import Callable


class Speed:
    """Counts rows; replies that the ledger had are counted apart and are no measure of speed.

    Attributes:
        rows: How many there are; None where nobody knows.
        done: Rows that ended.
        from_ledger: Those of them that found all that they asked in the ledger.
    """

    def __init__(self, rows: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        """Starts the clock."""
        self.rows = rows
        self.done = self.from_ledger = 0
        self._has_ended = False
        self._clock = clock
        self._since = clock()

    def advance(self, rows: int, from_ledger: int = 0) -> None:
        """Counts rows that ended."""
        if not self._worked:
            # While the ledger alone is read calls have not begun; they are timed from its end.
            self._since = self._clock() if from_ledger else self._since
        self.done += rows
        self.from_ledger += from_ledger

    def end(self) -> None:
        """From now on there is no speed."""
        self._has_ended = True

    @property
    def rate(self) -> float | None:
        """Rows a second of those that were worked on now; None where none was yet, or all are done.

        What ends a stage at one stroke has no speed.
        """
        seconds = self._clock() - self._since
        is_over = self._has_ended or (self.rows is not None and self.done >= self.rows)
        return None if is_over or not self._worked or seconds <= 0 else self._worked / seconds

    @property
    def left_s(self) -> float | None:
        """Seconds that the rest takes at this speed, if the ledger has nothing of it."""
        rate = self.rate
        return None if rate is None or self.rows is None else (self.rows - self.done) / rate

    @property
    def _worked(self) -> int:
        return self.done - self.from_ledger

    def __str__(self) -> str:
        """Rate and ledger in words: `12.5/s, 300 from the ledger`; "" where there is neither."""
        rate = self.rate
        said = [] if rate is None else [f"{rate:,.1f}/s"]
        if self.from_ledger:
            said.append(f"{self.from_ledger:,} from the ledger")
        return ", ".join(said)
