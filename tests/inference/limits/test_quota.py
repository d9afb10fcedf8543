"""What a server says is left, less what was sent since."""

from __future__ import annotations

from inference.limits.estimate import Tokens
from inference.limits.headers import Kind, Mark, Quota, Remaining

_CALL = Tokens(10, 20)


def _said(left: float, reset_s: float, kind: Kind = "requests") -> tuple[Remaining]:
    return (Remaining(f"header-{kind}", kind, left, reset_s),)


def _sendable(quota: Quota, now: float) -> int:
    number = 0
    while number < 100 and quota.until(_CALL, now) is None:
        quota.take(_CALL)
        number += 1
    return number


def test_nothing_is_held_back_where_nothing_was_said() -> None:
    assert _sendable(Quota(), 0.0) == 100


def test_at_most_what_is_left_is_sent_until_the_reset() -> None:
    quota = Quota()
    quota.state(_said(5, 30.0), quota.take(_CALL), now=0.0)
    assert _sendable(quota, 1.0) == 5
    assert quota.until(_CALL, 29.0) == 30.0
    assert quota.until(_CALL, 30.0) is None


def test_calls_sent_after_the_answered_one_count_against_what_it_states() -> None:
    quota = Quota()
    mark = quota.take(_CALL)
    for _ in range(3):
        quota.take(_CALL)
    quota.state(_said(5, 30.0), mark, now=0.0)
    assert _sendable(quota, 1.0) == 2


def test_an_answer_to_an_earlier_call_says_nothing_new() -> None:
    quota = Quota()
    early, late = quota.take(_CALL), quota.take(_CALL)
    quota.state(_said(0, 30.0), late, now=0.0)
    quota.state(_said(50, 90.0), early, now=0.1)
    assert _sendable(quota, 1.0) == 0


def test_a_newer_answer_takes_the_place_of_an_older_one() -> None:
    quota = Quota()
    quota.state(_said(0, 30.0), quota.take(_CALL), now=0.0)
    quota.state(_said(9, 90.0), quota.take(_CALL), now=1.0)
    assert _sendable(quota, 1.0) == 9


def test_tokens_are_counted_as_they_are_estimated() -> None:
    for kind, calls in (("tokens", 3), ("input", 9), ("output", 4)):
        quota = Quota()
        quota.state(_said(99, 30.0, kind), Mark(), now=0.0)  # type: ignore[arg-type]  # literals
        assert _sendable(quota, 1.0) == calls


def test_a_reset_of_a_whole_day_is_put_to_the_test_after_two_minutes() -> None:
    quota = Quota()
    quota.state(_said(0, 86_400.0), quota.take(_CALL), now=0.0)
    assert quota.until(_CALL, 119.0) == 120.0
    assert quota.until(_CALL, 120.0) is None
