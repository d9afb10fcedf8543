"""What a server says is left: at most so many more calls or tokens until it is reset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inference.limits.estimate import Tokens
from inference.limits.headers import Kind, Remaining
from inference.limits.pause import LONGEST_S


@dataclass(frozen=True, slots=True)
class Mark:
    """All that was sent up to a moment: calls, and their estimated tokens."""

    calls: int = 0
    input: float = 0.0
    output: float = 0.0

    def since(self, earlier: Mark, kind: Kind) -> float:
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
                until = now + min(one.reset_s, LONGEST_S)
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
