"""Whether the model that answered is the one that was asked for."""

import re
from collections.abc import Iterable

from inference.models import ModelSpec

_FILE = re.compile(r"^[/~.]|^[A-Za-z]:\\|\\|\.(?:gguf|bin|safetensors)$", re.IGNORECASE)
# gpt-4o-2024-11-20, claude-3-5-haiku-20241022 (or @…), mistral-large-2411, gemini-1.5-pro-002
_DATED = re.compile(r"[-@:_](\d{4}-\d{2}-\d{2}|\d{8}|\d{6}|\d{4}|00\d)$")
_LATEST = re.compile(r"[-@:_]latest$")

_MOST_NAMES = 64
LONGEST_NAME = 200
"""Characters of a model's name as a server gives it that are kept."""


def remember(names: set[str], served: str) -> None:
    """Adds a name to those that a model was served under; a server may invent one for each call.

    At most 64 names are kept, and of each at most 200 characters.
    """
    if len(names) < _MOST_NAMES:
        names.add(served[:LONGEST_NAME])


def is_same_model(asked: str, served: str) -> bool:
    """Whether a server's name for its model may stand for the one that was asked for.

    The same: an alias and its dated snapshot, a name with and without its owner or `models/`, a
    file's path (one's own server serves one file, under any name), and no name at all. Two
    snapshots of different dates are two models.
    """
    if not served.strip() or _FILE.search(served):
        return True
    asked_path, served_path = _parts(asked), _parts(served)
    shared = min(len(asked_path), len(served_path))
    if asked_path[-shared:-1] != served_path[-shared:-1]:
        return False
    return _is_same_name(asked_path[-1], served_path[-1])


def others(spec: ModelSpec, served: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The pairs (asked, served) of a model whose names do not go together, in order of name."""
    if spec.provider == "embedded":  # its identity is its file
        return ()
    return tuple(
        (spec.model, name) for name in sorted(served) if not is_same_model(spec.model, name)
    )


def _parts(name: str) -> list[str]:
    return name.strip().lower().removeprefix("models/").strip("/").split("/")


def _is_same_name(asked: str, served: str) -> bool:
    asked_stem, asked_date = _split(asked)
    served_stem, served_date = _split(served)
    if asked_stem != served_stem:
        return asked == served
    return not asked_date or not served_date or asked_date == served_date


def _split(name: str) -> tuple[str, str]:
    """A name without its date, and the date's digits; "" where it has none or is an alias."""
    name = _LATEST.sub("", name)
    found = _DATED.search(name)
    if found is None:
        return name, ""
    return name[: found.start()], found[1].replace("-", "")
