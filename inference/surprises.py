"""What rows met that nobody foresaw: counted by its kind and place, and nothing of what it says.

An exception's message may quote a row; where it was raised never does.
"""

import traceback
from collections import Counter
from pathlib import Path


class Surprises:
    """Counts exceptions by their kind and the place that they came from.

    Example:
        >>> found = Surprises()
        >>> found.note(KeyError("a prompt"))
        >>> found.counts()
        {'KeyError at an unknown place': 1}
    """

    def __init__(self) -> None:
        """Nothing has been met."""
        self._counts: Counter[str] = Counter()

    def note(self, error: BaseException) -> None:
        """Counts one."""
        self._counts[f"{type(error).__name__} at {_place(error)}"] += 1

    def counts(self) -> dict[str, int]:
        """How often each was met, in the order in which they were met first."""
        return dict(self._counts)


def _place(error: BaseException) -> str:
    """File and line where an exception came from; nothing of what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "an unknown place"
    last = frames[-1]
    return f"{'/'.join(Path(last.filename).parts[-2:])}:{last.lineno}"
