from __future__ import annotations

import email.utils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.errors import InferenceError, KeyRefusedError
from inference.models import ModelSpec
from inference.providers.base import PermanentError, TransientError
from inference.providers.failures import retry_after
from inference.retries import Attempts, Circuit, wait_s

_SPEC = ModelSpec("m", "openai", "m", attempts=3, give_up_s=100.0)
_ERROR = TransientError("server_error")


@given(failures=st.integers(1, 60), draw=st.floats(0, 1, exclude_max=True))
def test_waits_grow_with_jitter_and_never_pass_half_a_minute(failures: int, draw: float) -> None:
    wait = wait_s(_ERROR, failures, draw)
    longest = min(0.5 * 2.0 ** (failures - 1), 30.0)
    assert longest / 2 <= wait <= longest


def test_a_servers_own_wait_is_kept_to_but_not_for_ever() -> None:
    assert wait_s(TransientError("rate_limited", retry_after_s=7), 1, 0.0) == 7
    assert wait_s(TransientError("rate_limited", retry_after_s=86_400), 1, 0.0) == 120


def test_a_call_ends_after_its_attempts() -> None:
    attempts = Attempts(_SPEC, started=0.0)
    waits = [attempts.next_wait(_ERROR, now=0.0) for _ in range(3)]
    assert waits[:2] != [None, None]
    assert waits[2] is None


def test_rate_limits_are_waited_for_by_time_and_not_by_number() -> None:
    attempts = Attempts(_SPEC, started=0.0)
    limited = TransientError("rate_limited", retry_after_s=1)
    assert all(attempts.next_wait(limited, now=float(n)) is not None for n in range(50))
    assert attempts.next_wait(limited, now=99.5) is None


def test_a_calls_time_runs_from_its_first_attempt_and_not_while_it_waits_for_its_pace() -> None:
    attempts = Attempts(_SPEC, started=0.0)
    limited = TransientError("rate_limited", retry_after_s=1)
    attempts.sent(now=1000.0, waited_s=1000.0)
    assert attempts.next_wait(limited, now=1001.0) is not None
    attempts.sent(now=1500.0, waited_s=450.0)
    assert attempts.next_wait(limited, now=1501.0) is not None
    attempts.sent(now=1600.0, waited_s=0.0)
    assert attempts.next_wait(limited, now=1600.0) is None


def test_a_circuit_opens_while_nothing_is_sent_and_waits_longer_for_slow_paces() -> None:
    circuit = Circuit(_SPEC)
    circuit.check(now=9999.0)
    assert circuit.patience_s(9999.0) == float("inf")
    circuit.failure(_ERROR, now=0.0)
    circuit.allow_for(60.0)
    circuit.check(now=179.0)
    assert circuit.error is None
    assert circuit.patience_s(179.0) == 1.0
    circuit.check(now=180.0)
    assert circuit.error is not None


def test_a_circuit_opens_after_a_time_without_success() -> None:
    circuit = Circuit(_SPEC)
    circuit.failure(_ERROR, now=0.0)
    circuit.failure(_ERROR, now=99.0)
    assert circuit.error is None
    circuit.success()
    circuit.failure(_ERROR, now=150.0)
    assert circuit.error is None
    circuit.failure(_ERROR, now=250.0)
    assert circuit.error is not None


def test_time_in_which_calls_wait_for_money_is_no_time_without_success() -> None:
    circuit = Circuit(_SPEC)
    circuit.waited(0.0, now=50.0)
    circuit.failure(_ERROR, now=100.0)
    circuit.waited(90.0, now=150.0)  # 50 s of it since the failure
    circuit.waited(120.0, now=160.0)  # 10 s more: the others are counted
    assert circuit.patience_s(160.0) == 100.0
    circuit.failure(_ERROR, now=259.0)
    assert circuit.error is None
    circuit.failure(_ERROR, now=260.0)
    assert circuit.error is not None


def test_three_calls_lost_in_a_row_open_the_circuit_and_fewer_do_not() -> None:
    circuit = Circuit(_SPEC)
    circuit.failure(_ERROR, now=0.0)
    circuit.lost(_ERROR)
    circuit.lost(_ERROR)
    circuit.success()
    circuit.failure(_ERROR, now=2.0)
    circuit.lost(_ERROR)
    circuit.lost(_ERROR)
    assert circuit.error is None
    circuit.lost(_ERROR)
    assert circuit.error is not None


def test_bad_requests_open_the_circuit_only_where_nothing_ever_succeeded() -> None:
    lucky = Circuit(_SPEC)
    lucky.success()
    unlucky = Circuit(_SPEC)
    for circuit in (lucky, unlucky):
        for number in range(20):
            circuit.refused(_refused(400), number)
    assert lucky.error is None
    assert unlucky.error is not None


def _refused(status: int, suspects: InferenceError | None = None) -> PermanentError:
    return PermanentError("refused", f"HTTP {status}", status=status, suspects=suspects)


def test_one_request_that_is_refused_again_and_again_is_one_refusal() -> None:
    circuit = Circuit(_SPEC)
    for _ in range(20):
        circuit.refused(_refused(400), 99)
    assert circuit.error is None
    for other in range(4):
        circuit.refused(_refused(422), other)
    assert circuit.error is not None
    assert "first 5 different" in str(circuit.error)


def test_a_reply_in_the_ledger_shows_that_a_model_did_answer_once() -> None:
    circuit = Circuit(_SPEC)
    assert circuit.undecided
    circuit.known()
    assert not circuit.undecided
    for number in range(20):
        circuit.refused(_refused(400), number)
    assert circuit.error is None


def test_ten_requests_forbidden_one_after_the_other_are_a_refused_key() -> None:
    refused = KeyRefusedError("the key must be accepted")
    circuit = Circuit(_SPEC)
    circuit.success()
    for number in range(60):
        if number % 10 != 9:  # those are answered, sooner or later
            circuit.refused(_refused(403, refused), number)
    assert circuit.error is None
    for number in reversed(range(70, 80)):
        assert circuit.error is None
        circuit.refused(_refused(403, refused), number)
        circuit.refused(_refused(403, refused), number)
    assert circuit.error is refused


def test_a_model_that_answers_others_is_asked_more_patiently() -> None:
    patient, alone = (Attempts(_SPEC, started=0.0) for _ in range(2))
    waits = [patient.next_wait(_ERROR, now=0.0, answers=number) for number in range(1, 9)]
    assert None not in waits
    assert max(wait for wait in waits if wait) <= 4
    assert patient.next_wait(_ERROR, now=0.0, answers=9) is None
    assert [alone.next_wait(_ERROR, now=0.0, answers=1) for _ in range(3)][-1] is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "-3"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT"}, 90.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Fri, 31 Dec 99999 23:59:59 GMT"}, None),
        ({"retry-after": "Fri, 31 Dec 999999999999 23:59:59 GMT"}, None),
        ({"retry-after": "9" * 5000}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "²"}, None),
        ({"retry-after-ms": "²", "retry-after": "2"}, 2.0),
        ({"retry-after-ms": "9" * 5000}, None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, now=10.0) == seconds


@pytest.mark.parametrize("ahead_s", [-300, 0, 300])
def test_a_date_to_wait_for_is_of_the_servers_own_clock(ahead_s: int) -> None:
    theirs = 1_000_000 + ahead_s
    headers = {
        "date": email.utils.formatdate(theirs, usegmt=True),
        "retry-after": email.utils.formatdate(theirs + 5, usegmt=True),
    }
    assert retry_after(headers, now=1_000_000.0) == 5.0
