"""The mark beside a ledger: how many replies it is known to have held."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from base.files import make_private_file

_ENDING = ".count"
_DIGITS = 20


class Mark:
    """A file that holds one number, shared by the processes that use one ledger.

    It is written after commits and never before, so that a kill leaves it behind the ledger, and
    never ahead of it: a ledger that holds less than its mark has lost replies. It is no more than
    a witness: where it cannot be read or written, nothing is said.
    """

    def __init__(self, ledger: Path) -> None:
        """Looks at nothing yet; the file is made with the first number."""
        self._path = ledger.with_name(ledger.name + _ENDING)
        self._file: int | None = None
        self._known = 0

    def number(self) -> int:
        """The number; 0 where there is none."""
        with contextlib.suppress(OSError), self._alone(make=False) as file:
            return _number(file)
        return 0

    def raise_to(self, count: int) -> None:
        """Takes a higher number; a lower one changes nothing."""
        if count <= self._known:
            return
        self._known = count
        with contextlib.suppress(OSError), self._alone(make=True) as file:
            if _number(file) < count:
                _write(file, count)

    def reset(self, count: int) -> None:
        """Takes any number: that replies are gone has been said."""
        self._known = count
        with contextlib.suppress(OSError), self._alone(make=True) as file:
            _write(file, count)

    def close(self) -> None:
        """Closes the file. Safe to call twice."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @contextlib.contextmanager
    def _alone(self, make: bool) -> Iterator[int]:
        """The open file, while no other process reads or writes it.

        Raises:
            OSError: There is none, and none is or can be made.
        """
        if self._file is None:
            if make or self._path.exists():
                make_private_file(self._path)
            self._file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield self._file
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)


def _number(file: int) -> int:
    digits = os.pread(file, _DIGITS + 1, 0).strip()
    return int(digits) if digits.isdigit() else 0


def _write(file: int, count: int) -> None:
    # At its place and of one length: no reader, and no crash of this process, sees half a number.
    os.pwrite(file, b"%0*d\n" % (_DIGITS, count), 0)
