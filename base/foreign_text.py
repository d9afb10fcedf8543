"""Text that others wrote: read in bounds, made valid, shown without doing anything.

Models, servers and files are not trusted: their JSON may be nested without end, and their text
may hold halves of characters. What has passed here can be kept, hashed and written, and what a
terminal is given does nothing there; `base.formats` has the same for pages, cards and spreadsheets.
"""

import errno
import json
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator
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


def read_json(data: str | bytes, deepest: int = DEEPEST, *, constants: bool = False) -> Any:  # noqa: ANN401 - JSON
    r"""The JSON value, its texts valid, nested no deeper than `deepest` levels.

    Args:
        data: The text.
        deepest: Levels of lists and objects that are read.
        constants: Whether NaN and infinities, which Python's servers write, are read as null.

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
        value = _lenient(data, (lambda _: None) if constants else _no_constant)
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
    known: dict[str, tuple[int, int]] = {}  # by anchor: how many values, and levels below it
    open_: list[tuple[str | None, int]] = []
    lowest: list[int] = []  # of each open one, the deepest level that it reached so far
    count = 0
    for event in yaml.parse(text, Loader=YAML_LOADER):
        level = len(open_)
        if isinstance(event, yaml.CollectionStartEvent):
            level += 1
            open_.append((event.anchor, count))
            lowest.append(level)
        elif isinstance(event, yaml.CollectionEndEvent):
            (anchor, before), level = open_.pop(), lowest.pop()
            if anchor is not None:
                known[anchor] = (count + 1 - before, level - len(open_))
        elif isinstance(event, yaml.ScalarEvent):
            _require_plain(event, merges)
            if event.anchor is not None:
                known[event.anchor] = (1, 0)
        elif isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in open_):
                raise ValueError("YAML must not hold a value inside itself")
            size, levels = known.get(event.anchor or "", (1, 0))
            count += size - 1
            level += levels
        if isinstance(event, yaml.NodeEvent):
            count += 1
        if lowest:
            lowest[-1] = max(lowest[-1], level)
        if level > deepest:
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


def read_regular(path: Path, most: int) -> bytes:
    """The bytes of a regular file that has at most `most` of them.

    Raises:
        OSError: There is none, it is of another kind or larger, or it cannot be read.
    """
    with open_regular(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it must have at most {most:,} bytes")
    return data


def _lenient(data: str | bytes, constant: Callable[[str], Any]) -> Any:  # noqa: ANN401 - JSON
    """What orjson refuses and JSON allows: halves of pairs as escapes, whole numbers over 2^64."""
    try:
        return _valid(json.loads(data, parse_constant=constant))
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


# What Unicode has readers draw as nothing (Default_Ignorable_Code_Point), and the anchors of
# annotations: zero-width signs, marks and controls of direction, fillers, selectors, tags.
_NEVER = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
_SOMETIMES = "\u180b-\u180f\u200c\u200d\ufe0e\ufe0f"
# The flags of England, Scotland and Wales are the tags that emoji have; no other can hide there.
_FLAGS = (
    "\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067"
    "|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f"
)
_INVISIBLE = re.compile(f"(?P<flag>{_FLAGS})|(?P<never>[{_NEVER}]+)|[{_SOMETIMES}]")
_NON_JOINER, _JOINER = "\u200c", "\u200d"
_PICTURE = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe"
    "\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_KEY = re.compile("[0-9#*]")
_ENCLOSING_KEY = "\u20e3"
# Arabic, Syriac, N'Ko, Mandaic and their extensions, Adlam, Rohingya: letters have joining forms.
_CURSIVE = re.compile(
    "[\u0600-\u077f\u07c0-\u07ff\u0840-\u08ff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010d00-\U00010d3f\U0001e900-\U0001e95f]"
)
# The scripts of India, Sri Lanka, Tibet, Burma, Cambodia and their neighbours; Mongolian.
_CONJUNCT = re.compile(
    "[\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1a20-\u1aaf\u1b00-\u1bff\u1cd0-\u1cff"
    "\ua800-\ua82f\ua840-\ua87f\ua8e0-\ua8ff\ua980-\ua9ff\uaa60-\uaa7f\uabc0-\uabff"
    "\U00011000-\U00011fff]"
)
_MONGOLIAN = re.compile("[\u1820-\u18aa]")
_VIRAMA = 9  # the combining class of the signs that take a consonant's vowel away


INVISIBLE = (_INVISIBLE, _PICTURE, _KEY, _CURSIVE, _CONJUNCT, _MONGOLIAN)
"""The patterns that `without_invisible` depends on, for a digest."""


def without_invisible(text: str) -> str:
    r"""The text without what cannot be seen in it, and with U+FFFD for halves of characters.

    Tags, selectors, marks and controls of direction and zero-width signs go. What writing needs
    stays: U+200C and U+200D between letters of scripts that use them and where a virama asks for
    them, U+200D and selectors in emoji, the tags of three flags, Mongolian's own selectors.

    Example:
        >>> without_invisible("ki\u200bll\U000e0041 a\u202e process")
        'kill a process'
    """
    parts = _parted(valid_text(text))
    return "".join(part for part, is_meant in parts if is_meant is not False)


def _parted(text: str) -> Iterator[tuple[str, bool | None]]:
    """The text in parts: what can be seen (None), invisible signs that are meant or are not."""
    end, before = 0, ""
    for found in _INVISIBLE.finditer(text):
        seen, sign = text[end : found.start()], found.group()
        end = found.end()
        if seen:
            yield seen, None
        before = (before + seen[-2:])[-2:]
        is_meant = found.lastgroup == "flag" or (
            found.lastgroup is None and _is_meant(sign, before, text[end : end + 1])
        )
        yield sign, is_meant
        before += sign if is_meant else ""
    if end < len(text):
        yield text[end:], None


def _is_meant(sign: str, before: str, after: str) -> bool:
    """Whether writing needs the invisible sign between what is kept before and what follows."""
    last = before[-1:]
    if sign in (_NON_JOINER, _JOINER):
        joined = last and unicodedata.combining(last) == _VIRAMA
        return bool(joined) or _joins(sign, before, after)
    if sign in "\ufe0e\ufe0f":
        is_key = _KEY.match(last) is not None and after == _ENCLOSING_KEY
        return is_key or _PICTURE.match(last) is not None
    return "\u180b" <= sign <= "\u180f" and _MONGOLIAN.match(last) is not None


def _joins(sign: str, before: str, after: str) -> bool:
    last = before[-1:]
    if _is_letter(last, _CURSIVE) or _is_letter(after, _CURSIVE):
        # A joiner gives a letter at a word's edge its joining form; a non-joiner parts two.
        both = _is_letter(last, _CURSIVE) and _is_letter(after, _CURSIVE)
        return both or sign == _JOINER
    if _is_letter(last, _CONJUNCT):
        return _is_letter(after, _CONJUNCT)
    pictured = last if last not in ("\ufe0e", "\ufe0f") else before[:1]
    drawn = _PICTURE.match(pictured) and _PICTURE.match(after)
    return sign == _JOINER and drawn is not None


def _is_letter(sign: str, script: re.Pattern[str]) -> bool:
    """Whether it is a letter of the script, or a mark on one."""
    return script.match(sign) is not None and unicodedata.category(sign)[0] in "LM"


_MOST_MARKS = 30  # on one letter, as in Unicode's stream-safe text (UAX 15)
_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MOST_MARKS + 1},}}")


def stream_safe(text: str) -> str:
    """The text with at most thirty marks on a letter, so that normalising it is linear."""
    return _MARKS.sub(_fewer_marks, text)


def _fewer_marks(found: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for sign in found.group():
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= _MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


LONGEST_SHOWN = 2_000
"""Characters of one value that a terminal is given."""


def terminal_text(text: str, longest: int = LONGEST_SHOWN) -> str:
    r"""The text as one line that does nothing to a terminal: what is no plain sign is an escape.

    Escapes are ESC and all control codes, line ends, marks that turn the direction, tags and what
    else cannot be seen where no writing needs it, and halves of characters.

    Args:
        text: Any text.
        longest: Characters that are shown of it; an ellipsis stands for the rest.

    Example:
        >>> print(terminal_text("a\x1b]0;title\x07 \u202e b"))
        a\x1b]0;title\x07 \u202e b
    """
    kept = text if len(text) <= longest else f"{text[:longest]}\u2026"
    parts = _parted(kept)
    return "".join(part if meant else _escaped(part, meant is None) for part, meant in parts)


def _escaped(part: str, is_seen: bool) -> str:
    if is_seen and part.isprintable():
        return part
    return "".join(sign if is_seen and _is_plain(sign) else _escape(sign) for sign in part)


def _is_plain(sign: str) -> bool:
    return sign.isprintable() or unicodedata.category(sign) == "Zs"


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape").decode()


def terminal_json(text: str) -> str:
    r"""JSON that does nothing to a terminal and says the same: its texts have escapes.

    Example:
        >>> print(terminal_json('{"a": "\u202e"}'))
        {"a": "\u202e"}
    """
    return "".join(
        sign
        if sign == "\n" or (sign.isprintable() and not _INVISIBLE.match(sign))
        else _json_escape(sign)
        for sign in text
    )


def _json_escape(sign: str) -> str:
    units = sign.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))
