"""What an answer's headers say is left, in the forms of all providers and of plain servers.

Only what *remains* and when it is *reset* is read. A stated `limit` is not: some servers mean a
minute by it, some a day. What does not parse is no statement.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from inference.limits.estimate import Tokens
from inference.models import PROVIDERS, Kind, LimitHeaders
from inference.providers.failures import LONGEST_HEADER, server_clock
from inference.retries import LONGEST_ASKED_WAIT_S

_COUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{0,12})?")
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|us|µs|ns|d|h|m|s))+")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|us|µs|ns|d|h|m|s)")
_UNIT_S = {"d": 86_400, "h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_EPOCH_S, _EPOCH_MS = 1e9, 1e12  # larger numbers are moments, in seconds or milliseconds

_LONGEST_PERIOD_S = 31 * 86_400.0  # no quota is reset later: a longer time is no statement

_PLAIN: tuple[LimitHeaders, ...] = (
    ("ratelimit-remaining", "ratelimit-reset", "requests"),
    ("x-ratelimit-remaining", "x-ratelimit-reset", "requests"),
)
_NAMES = (*(form for each in PROVIDERS.values() for form in each.limits), *_PLAIN)


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
        if left is not None and seconds is not None and seconds <= _LONGEST_PERIOD_S:
            yield Remaining(source, kind, left, seconds)


def _number(text: str) -> float | None:
    """A count; a negative one means no limit on some servers, so that it says nothing."""
    return float(text) if _COUNT.fullmatch(text.strip()) else None


def _seconds(text: str | None, headers: Mapping[str, str], now: float) -> float | None:
    """Seconds from now: a number, a duration such as `6m0s`, a moment in any usual form."""
    if text is None or len(text) > LONGEST_HEADER:
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
    return None if moment is None else max(0.0, moment - server_clock(headers, now))


def _moment(text: str) -> float | None:
    """An RFC 3339 time in seconds since 1970."""
    try:
        moment = datetime.fromisoformat(text)
        return None if moment.tzinfo is None else moment.timestamp()
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Mark:
    """All that was sent up to a moment: calls, and their estimated tokens."""

    calls: int = 0
    input: float = 0.0
    output: float = 0.0

    def since(self, earlier: "Mark", kind: Kind) -> float:
        """How much of one kind was sent after an earlier mark."""
        if kind == "requests":
            return self.calls - earlier.calls
        tokens = {"input": self.input - earlier.input, "output": self.output - earlier.output}
        return sum(tokens.values()) if kind == "tokens" else tokens[kind]


@dataclass(frozen=True, slots=True)
class _Statement:
    """What was left after the calls up to `mark`, until a time."""

    kind: Kind
    left: float
    mark: Mark
    until: float


class Quota:
    """The newest statement of each header, less what was sent since."""

    def __init__(self) -> None:
        """Starts without a statement: nothing is held back."""
        self.sent = Mark()
        self._statements: dict[str, _Statement] = {}

    def state(self, found: Iterable[Remaining], mark: Mark, now: float) -> None:
        """Takes an answer's headers in.

        Calls that were sent after the answered one count against what it states: the server
        may not have seen them when it measured. An answer to an earlier call says nothing new.
        After two minutes a statement is put to the test: it may be wrong, or of a whole day.

        Args:
            found: What the headers say.
            mark: What had been sent up to and with the answered call.
            now: The time.
        """
        for one in found:
            held = self._statements.get(one.source)
            if held is None or held.mark.calls <= mark.calls or held.until <= now:
                until = now + min(one.reset_s, LONGEST_ASKED_WAIT_S)
                self._statements[one.source] = _Statement(one.kind, one.left, mark, until)

    def until(self, tokens: Tokens, now: float) -> float | None:
        """Until when too little is left for one more call, or None where there is enough."""
        if not self._statements:
            return None
        for source in [name for name, held in self._statements.items() if held.until <= now]:
            del self._statements[source]
        one = Mark(self.sent.calls + 1, self.sent.input + tokens.input, self._output(tokens))
        short = (
            held.until
            for held in self._statements.values()
            if one.since(held.mark, held.kind) > held.left
        )
        return max(short, default=None)

    def take(self, tokens: Tokens) -> Mark:
        """One call is sent; what was sent up to and with it."""
        calls, sent_in = self.sent.calls + 1, self.sent.input + tokens.input
        self.sent = Mark(calls, sent_in, self._output(tokens))
        return self.sent

    def _output(self, tokens: Tokens) -> float:
        return self.sent.output + tokens.output
