"""What the dialects share in reading answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from base.digests import Json
from inference.types import Unusable

UNPARSEABLE = "unparseable"
CONTRADICTORY = "contradictory"
_OPEN, _CLOSE = "<think>", "</think>"


def thoughts_part() -> Json:
    """What `without_thoughts` depends on, for a digest."""
    return [_OPEN, _CLOSE]


def without_thoughts(text: str) -> str:
    """The answer without the think block before it, and without white space around it.

    Raises:
        Unusable: `unfinished_thoughts` where the block does not end.
    """
    _, closed, answer = text.rpartition(_CLOSE)
    if not closed:
        answer = text
    if _OPEN in answer:
        raise Unusable("unfinished_thoughts")
    return answer.strip()


def fields(text: str, names: Iterable[str]) -> dict[str, str]:
    """The values of an answer made of lines `Name: value`; names are read in lower case.

    Raises:
        Unusable: `unparseable` where a line has another form, or a name stands twice.
    """
    known = {name.casefold() for name in names}
    found: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        name, colon, value = line.partition(":")
        name = name.strip().casefold()
        if not colon or name not in known or name in found:
            raise Unusable(UNPARSEABLE)
        found[name] = value.strip()
    return found


def yes_or_no(value: str | None) -> bool | None:
    """True for yes, False for no in any case, else None."""
    return {"yes": True, "no": False}.get((value or "").casefold())


def mapped(table: Mapping[str, str | None], native: Iterable[str]) -> str | None:
    """The first native category's counterpart that there is, or None."""
    return next((table[name] for name in native if table.get(name) is not None), None)


def told(label: str, native: Iterable[str]) -> str:
    """A guard's own label, with its own categories where it names some."""
    names = ", ".join(native)
    return f"{label}: {names}" if names else label
