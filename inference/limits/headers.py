"""What an answer's headers say is left, in the forms of OpenAI, Anthropic and plain servers.

Only what *remains* and when it is *reset* is read. A stated `limit` is not: some servers mean a
minute by it, some a day. What does not parse is no statement.
"""

from __future__ import annotations

import email.utils
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["requests", "tokens", "input", "output"]

_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|us|µs|ns|d|h|m|s))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|us|µs|ns|d|h|m|s)")
_UNIT_S = {"d": 86_400, "h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_EPOCH_S, _EPOCH_MS = 1e9, 1e12  # larger numbers are moments, in seconds or milliseconds

_NAMES: tuple[tuple[str, str, Kind], ...] = (
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", "requests"),
    ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens", "tokens"),
    ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset", "requests"),
    ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset", "tokens"),
    (
        "anthropic-ratelimit-input-tokens-remaining",
        "anthropic-ratelimit-input-tokens-reset",
        "input",
    ),
    (
        "anthropic-ratelimit-output-tokens-remaining",
        "anthropic-ratelimit-output-tokens-reset",
        "output",
    ),
    ("ratelimit-remaining", "ratelimit-reset", "requests"),
    ("x-ratelimit-remaining", "x-ratelimit-reset", "requests"),
)


@dataclass(frozen=True, slots=True)
class Remaining:
    """One statement of an answer.

    Attributes:
        source: The header that made it.
        kind: What is counted.
        left: How much of it is left.
        reset_s: Seconds until it is reset.
    """

    source: str
    kind: Kind
    left: float
    reset_s: float


def read(headers: Mapping[str, str], now: float) -> Iterator[Remaining]:
    """Every statement that parses.

    Args:
        headers: The answer's headers; names in any case, or in lower case for a plain mapping.
        now: The wall clock in seconds since 1970, where the answer does not give its own date.
    """
    for source, reset, kind in _NAMES:
        stated = headers.get(source)
        if stated is None:
            continue
        left = _number(stated)
        seconds = _seconds(headers.get(reset), headers, now)
        if left is not None and seconds is not None:
            yield Remaining(source, kind, left, seconds)


def _number(text: str) -> float | None:
    """A count; a negative one means no limit on some servers, so that it says nothing."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _seconds(text: str | None, headers: Mapping[str, str], now: float) -> float | None:
    """Seconds from now: a number, a duration such as `6m0s`, a moment in any usual form."""
    if text is None:
        return None
    text = text.strip()
    if _DURATION.fullmatch(text):
        return sum(float(number) * _UNIT_S[unit] for number, unit in _PART.findall(text))
    value = _number(text)
    if value is None:
        moment = _moment(text)
    elif value >= _EPOCH_S:
        moment = value / 1000 if value >= _EPOCH_MS else value
    else:
        return value
    return None if moment is None else max(0.0, moment - _date(headers, now))


def _moment(text: str) -> float | None:
    """An RFC 3339 time in seconds since 1970."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.timestamp()


def _date(headers: Mapping[str, str], now: float) -> float:
    """The server's own clock, so that a wrong one here does no harm."""
    parsed = email.utils.parsedate_tz(headers.get("date", ""))
    return now if parsed is None else float(email.utils.mktime_tz(parsed))
