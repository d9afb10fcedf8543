"""Text that others wrote: read in bounds, made valid, shown without doing anything.

Models, servers and files are not trusted: their JSON may be nested without end, and their text
may hold halves of characters. What has passed here can be kept, hashed and written.
"""

import errno
import json
import os
import re
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

import orjson
import yaml

DEEPEST = 100
"""Levels of lists and objects that are read; no answer that is asked for has a tenth of them."""

_HALVES = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def valid_text(text: str) -> str:
    r"""The text, with U+FFFD for every half of a surrogate pair: it can be encoded as UTF-8.

    Example:
        >>> valid_text("ends \ud83d")
        'ends \ufffd'
    """
    return _HALVES.sub(_REPLACEMENT, text)


def read_json(data: str | bytes, deepest: int = DEEPEST) -> Any:  # noqa: ANN401 - JSON
    r"""The JSON value, its texts valid, nested no deeper than `deepest` levels.

    Raises:
        ValueError: It is no JSON or no UTF-8, it is nested deeper, or a number of it is too long.

    Example:
        >>> read_json('{"reason": "ends \\ud83d"}')
        {'reason': 'ends \ufffd'}
        >>> read_json("[" * 101 + "]" * 101)
        Traceback (most recent call last):
        ValueError: JSON must be nested at most 100 levels deep
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = _lenient(data)
    _require_shallow(value, deepest)
    return value


_LARGEST_YAML = 4_000_000
_MOST_NODES = 200_000
_NUMBER = re.compile(r"[-+]?[0-9][0-9a-fA-FxXoObB_.:]*")
_LONGEST_NUMBER = 300
_MERGE = ("<<", "tag:yaml.org,2002:merge")
# A card lists every column of every config: the parser in C is ten times as fast. What it builds
# values with calls itself level by level, which is why the depth is looked at before.
YAML_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(
    text: str,
    loader: type[yaml.SafeLoader] = YAML_LOADER,
    *,
    merges: bool = False,
    deepest: int = DEEPEST,
    most: int = _MOST_NODES,
) -> Any:  # noqa: ANN401 - YAML
    """The value of a YAML text, once it is known to stay small when it is built.

    Args:
        text: The text.
        loader: A safe one, which builds the value.
        merges: Whether merge keys (`<<`) may be used; a file of others has no need of them.
        deepest: Levels of lists and mappings that are read.
        most: Values that are read; what an alias stands for counts each time.

    Raises:
        ValueError: A bound is broken, there is a merge key, or a value is none (a 13th month).
        yaml.YAMLError: It is no YAML.

    Example:
        >>> read_yaml("{a: [1, 2]}")
        {'a': [1, 2]}
        >>> read_yaml("<<: {a: 1}")
        Traceback (most recent call last):
        ValueError: YAML must have no merge keys (<<)
    """
    if len(text) > _LARGEST_YAML:
        raise ValueError(f"YAML must have at most {_LARGEST_YAML:,} characters")
    _require_small(text, merges, deepest, most)
    return yaml.load(text, Loader=loader)


def _require_small(text: str, merges: bool, deepest: int, most: int) -> None:
    """Event by event, which builds nothing and is no deeper for a deeper text."""
    sizes: dict[str, int] = {}
    open_: list[tuple[str | None, int]] = []
    count = 0
    for event in yaml.parse(text, Loader=YAML_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            open_.append((event.anchor, count))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_.pop()
            if anchor is not None:
                sizes[anchor] = count + 1 - before
        elif isinstance(event, yaml.ScalarEvent):
            _require_plain(event, merges)
            if event.anchor is not None:
                sizes[event.anchor] = 1
        elif isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in open_):
                raise ValueError("YAML must not hold a value inside itself")
            count += sizes.get(event.anchor or "", 1) - 1
        if isinstance(event, yaml.NodeEvent):
            count += 1
        if len(open_) > deepest:
            raise ValueError(f"YAML must be nested at most {deepest} levels deep")
        if count > most:
            raise ValueError(f"YAML must have at most {most:,} values, aliases among them")


def _require_plain(event: yaml.ScalarEvent, merges: bool) -> None:
    if not merges and (event.tag == _MERGE[1] or (event.implicit[0] and event.value == _MERGE[0])):
        raise ValueError("YAML must have no merge keys (<<)")
    if len(event.value) > _LONGEST_NUMBER and _NUMBER.fullmatch(event.value):
        raise ValueError(f"a number in YAML must have at most {_LONGEST_NUMBER} digits")


def open_regular(path: Path) -> BufferedReader:
    """Opens a regular file for reading: no device and no pipe, which may never end.

    Raises:
        OSError: There is none, it is of another kind, or it cannot be read.
    """
    # Without waiting: whoever opens a pipe waits for its other end.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it must be a regular file")
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def _lenient(data: str | bytes) -> Any:  # noqa: ANN401 - JSON
    """What orjson refuses and JSON allows: halves of pairs as escapes, whole numbers over 2^64."""
    try:
        return _valid(json.loads(data, parse_constant=_no_constant))
    except RecursionError:
        raise ValueError("JSON must be nested less deeply") from None


def _no_constant(name: str) -> float:
    raise ValueError(f"JSON has no {name}")


def _valid(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return valid_text(value)
    if isinstance(value, list):
        return [_valid(part) for part in value]
    if isinstance(value, dict):
        return {valid_text(name): _valid(part) for name, part in value.items()}
    return value


def _require_shallow(value: object, deepest: int) -> None:
    """Level by level, so that the depth of a value is no depth of calls."""
    level: list[object] = [value]
    for _ in range(deepest + 1):
        deeper = [part for part in level if isinstance(part, dict | list)]
        if not deeper:
            return
        level = [
            inner
            for part in deeper
            for inner in (part.values() if isinstance(part, dict) else part)
        ]
    raise ValueError(f"JSON must be nested at most {deepest} levels deep")
