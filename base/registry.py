"""Tables of what may be named in a recipe: each name has one entry.

A dictionary would let a second entry of a name take the place of the first without a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from base.errors import RefuseryError

KeyT = TypeVar("KeyT", bound="str | tuple[str, ...]")
EntryT = TypeVar("EntryT")


class EntryTakenError(RefuseryError):
    """Two entries of one kind have the same name."""

    exit_code = 2


def table_of(kind: str, entries: Iterable[tuple[KeyT, EntryT]]) -> dict[KeyT, EntryT]:
    """The entries by their names, in their order.

    Args:
        kind: What they are, for the error: `check`, `style`.
        entries: Each name, of one word or of several, with its entry.

    Raises:
        EntryTakenError: Two have one name.

    Example:
        >>> table_of("colour", [("red", 1), ("blue", 2)])
        {'red': 1, 'blue': 2}
    """
    table: dict[KeyT, EntryT] = {}
    for name, entry in entries:
        if name in table:
            told = name if isinstance(name, str) else " ".join(name)
            raise EntryTakenError(f"each {kind} must have a name of its own", told)
        table[name] = entry
    return table
