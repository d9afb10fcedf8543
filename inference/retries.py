"""When a call is tried again, how long it waits, and when a model is given up.

Three cases. Retried here: what may pass, that is no connection, a time-out, 408, 409, 425, 429,
5xx, and an answer that is none (half JSON, no choices). Put once more and no oftener, by
`ModelClient._answered`: a request that its server refuses (400, 403, 404, 413, 422), as long as it
may be the request's own fault. Never retried: what ends its model (a refused key, no credit), and
any reply that arrived (the engine asks for an unusable answer anew, changed).
"""

import random
from dataclasses import dataclass
from urllib.parse import urlsplit

from inference.errors import (
    CircuitOpenError,
    InferenceError,
    RequestRefusedError,
    ServerUnreachableError,
)
from inference.models import ModelSpec, is_own_server
from inference.providers.base import PermanentError, TransientError
from inference.providers.failures import mended_by

LONGEST_ASKED_WAIT_S = 120.0
"""Seconds for which a server is left alone because it asks for it, or says that nothing is left."""

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_WAIT_AMID_ANSWERS_S = 4.0
_PATIENCE = 3  # times the attempts, of a call that fails while others are answered
_DIFFERENT_REFUSED = 5  # requests, and none answered: the model is at fault
_FORBIDDEN_IN_A_ROW = 10  # different requests, whatever was answered before
_FORBIDDEN = 403
_LOST_CALLS_IN_A_ROW = 3
_PACED_FAILURES = 3


def wait_s(
    failure: TransientError, failures: int, draw: float, longest_s: float = _LONGEST_WAIT_S
) -> float:
    """Seconds to wait after failure number `failures` (1 first).

    Args:
        failure: What went wrong; a server's own Retry-After is kept to, up to two minutes.
        failures: How many attempts of this call failed so far.
        draw: A number from [0, 1): the jitter that keeps calls from returning together.
        longest_s: The longest wait where the server asks for none.
    """
    if failure.retry_after_s is not None:
        return min(failure.retry_after_s, LONGEST_ASKED_WAIT_S) + _FIRST_WAIT_S * draw
    longest = min(_FIRST_WAIT_S * 2.0 ** (failures - 1), longest_s)
    return longest * (0.5 + 0.5 * draw)


@dataclass(slots=True)
class Attempts:
    """One call's failures so far; says whether another attempt is worth making."""

    spec: ModelSpec
    started: float
    failures: int = 0
    faults: int = 0
    _answers: int = 0

    def sent(self, now: float, waited_s: float) -> None:
        """An attempt is sent; its call's time runs from the first one.

        Args:
            now: The time.
            waited_s: Seconds for which it waited for pace and room: that is no failing.
        """
        self.started = self.started + waited_s if self.failures else now

    def paced(self, waited_s: float) -> None:
        """It waited so many seconds for its place or for money: that is no failing."""
        self.started += waited_s

    def next_wait(self, failure: TransientError, now: float, answers: int = 0) -> float | None:
        """Seconds until the next attempt, or None where the call is given up.

        A server that says 429 works and will have room: only time (`give_up_s`) ends that wait,
        not the number of attempts. One that answers others meanwhile works too: of a server that
        fails three times in ten, six attempts are too few for one row in 1,400.

        Args:
            failure: What went wrong.
            now: The time.
            answers: How many calls of the model were answered so far.
        """
        self.failures += 1
        if failure.reason != "rate_limited":
            self.faults += 1
        answers_others = answers > self._answers
        self._answers = answers
        # Where a whole model is to wait for longer, its rate limiter sees to that.
        works = answers_others or failure.reason == "rate_limited"
        longest_s = _WAIT_AMID_ANSWERS_S if works else _LONGEST_WAIT_S
        wait = wait_s(failure, self.failures, random.random(), longest_s)
        allowed = self.spec.attempts * (_PATIENCE if answers_others else 1)
        if self.faults >= allowed or now + wait - self.started > self.spec.give_up_s:
            return None
        return wait


class Circuit:
    """One model's circuit: opens when the provider keeps failing, and then stays open.

    It opens at once on what no other request can mend (a refused key, no credit), after five
    different requests were refused and none was answered, after ten that were forbidden (403) one
    after the other, after three calls in a row that used up their attempts,
    and after `give_up_s` seconds in which attempts failed and none succeeded, also where the server
    asked for a longer pause. Time in which calls waited for money is not counted.

    Attributes:
        error: Why it is open, or None while it is closed.
        successes: How many calls were answered.
        last: The last failure in words, for the line that ends a run; "" where there was none.
    """

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._give_up_s = spec.give_up_s
        self._failing_since: float | None = None
        self._failure: TransientError | None = None
        self._refused: set[int] = set()
        self._forbidden: dict[int, int] = {}  # at both ends of each stretch of them: how long it is
        self._waited_until = float("-inf")
        self._lost = 0
        self._known = False
        self.successes = 0
        self.error: InferenceError | None = None
        self.last = ""

    def success(self) -> None:
        """A reply arrived."""
        self.successes += 1
        self._failing_since = None
        self._lost = 0

    def known(self) -> None:
        """A reply of it was found in the ledger: its server did answer once."""
        self._known = True

    @property
    def undecided(self) -> bool:
        """Whether nobody can say yet if a refusal is the model's or one request's."""
        return self.error is None and not self._answered

    @property
    def _answered(self) -> bool:
        return self._known or self.successes > 0

    def failure(self, failure: TransientError, now: float) -> None:
        """An attempt failed in a way that may pass."""
        self.last = str(failure)
        self._failure = failure
        if self._failing_since is None:
            self._failing_since = now
        self.check(now)

    def waited(self, since: float, now: float) -> None:
        """A call waited for money since then: nothing can be said of the server for that time.

        Of calls that wait at the same time, the time counts once.
        """
        if self._failing_since is not None:
            since = max(since, self._waited_until, self._failing_since)
            self._failing_since += max(0.0, now - since)
        self._waited_until = now

    def check(self, now: float) -> None:
        """Opens where the time without a success is over, also while nothing is sent."""
        if self._failure is not None and self.patience_s(now) <= 0:
            seconds = now - (self._failing_since or now)
            self._open(self._failure, f"no call of it succeeded for {seconds:.0f} s")

    def patience_s(self, now: float) -> float:
        """Seconds until `check` opens it; infinite where nothing fails."""
        if self._failing_since is None:
            return float("inf")
        return self._failing_since + self._give_up_s - now

    def allow_for(self, spacing_s: float) -> None:
        """Calls go out only every so many seconds: a few of them must fail before it opens."""
        self._give_up_s = max(self._give_up_s, _PACED_FAILURES * spacing_s)

    def lost(self, failure: TransientError) -> None:
        """A call used up its attempts. One alone may be at fault itself; three are not."""
        self._lost += 1
        if self._lost >= _LOST_CALLS_IN_A_ROW and self._failing_since is not None:
            self._open(failure, f"{_LOST_CALLS_IN_A_ROW} calls in a row were given up")

    def refused(self, refused: PermanentError, number: int) -> None:
        """A request was refused for good.

        Args:
            refused: How.
            number: The request's place in the order in which they were asked for, those that the
                ledger answers among them. One that is put again counts once.
        """
        self.last = str(refused)
        if self.error is not None:
            return
        if refused.ends_model is not None:
            self.error = refused.ends_model
            return
        if number in self._refused:
            return
        self._refused.add(number)
        in_a_row = self._stretch(number) if refused.status == _FORBIDDEN else 0
        if len(self._refused) >= _DIFFERENT_REFUSED and not self._answered:
            rule = (
                f"the server of model `{self._spec.name}` must take the recipe's requests; it "
                f"refused the first {_DIFFERENT_REFUSED} different ones"
            )
            if key := mended_by(refused.parameter):
                rule += f"; `models.{self._spec.name}` may be given `{key}`"
            self.error = refused.suspects or RequestRefusedError(rule, refused)
        elif in_a_row >= _FORBIDDEN_IN_A_ROW:
            self.error = refused.suspects

    def _stretch(self, number: int) -> int:
        """How many requests in a row are forbidden with this one; no other stands among them.

        By the order of rows and not of arrival: a firewall is quicker than a model, and on a resume
        only rows that were refused are asked again.
        """
        before, after = self._forbidden.get(number - 1, 0), self._forbidden.get(number + 1, 0)
        length = before + 1 + after
        self._forbidden[number] = self._forbidden[number - before] = length
        self._forbidden[number + after] = length
        return length

    def only_refused(self, refused: PermanentError) -> None:
        """Nothing else is asked of the model, and it has answered nothing yet."""
        if self.undecided and refused.suspects is not None:
            self.error = refused.suspects

    def _open(self, failure: TransientError, found: str) -> None:
        if self.error is None and failure.reason == "connection" and not failure.sent:
            self.error = _unreachable(self._spec, failure)
        elif self.error is None:
            rule = (
                f"model `{self._spec.name}` must answer, but {found}; run the same command again "
                "to go on"
            )
            self.error = CircuitOpenError(rule, failure)


def _unreachable(spec: ModelSpec, failure: TransientError) -> ServerUnreachableError:
    """The line for a server that no connection comes about to; of an address no path is shown."""
    address = urlsplit(spec.address)
    where = f" at {address.scheme}://{address.netloc.rpartition('@')[2]}" if address.netloc else ""
    mend = "start it" if is_own_server(spec.address) else "wait until it can be"
    return ServerUnreachableError(
        f"model `{spec.name}`{where} cannot be reached ({failure.detail or failure.reason}); what "
        f"was answered is kept: {mend} and run the same command again"
    )
