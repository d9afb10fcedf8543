"""The nearest known name, for an error that names an unknown one."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def did_you_mean(given: object, known: Iterable[str]) -> str:
    """A hint with the nearest known name, in whichever case, or "" where none is near."""
    names = {name.casefold(): name for name in known}
    nearest = get_close_matches(str(given).casefold(), names, n=1)
    return f" (did you mean `{names[nearest[0]]}`?)" if nearest else ""


def repeated(names: Sequence[str]) -> str | None:
    """The first name that stands twice, or None."""
    return next((name for place, name in enumerate(names) if name in names[:place]), None)
