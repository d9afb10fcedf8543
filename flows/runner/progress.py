"""Who is told how far this process's runs are: set by the command, silent elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flows.runner.context import Progress

_current: Progress | None = None


@contextmanager
def shown(progress: Progress | None) -> Iterator[None]:
    """Makes `progress` the one that runs opened in this process report to.

    A flow's parameters are stored by Prefect, so that a live object cannot be one of them.
    """
    global _current
    before, _current = _current, progress
    try:
        yield
    finally:
        _current = before


def current() -> Progress | None:
    """The one that is set, or None."""
    return _current
