from __future__ import annotations

from inference.limits.rate_limiter import Backoff


def test_a_pause_is_never_shortened_and_never_longer_than_two_minutes() -> None:
    backoff = Backoff()
    backoff.begin(50.0, now=0.0)
    backoff.begin(10.0, now=1.0)
    assert backoff.wait_s(1.0) == 49.0
    backoff.begin(86_400.0, now=2.0)
    assert backoff.wait_s(2.0) == 120.0


def test_after_it_calls_are_let_go_one_by_one_at_first() -> None:
    backoff = Backoff()
    assert backoff.room(0.0) > 1000
    backoff.begin(10.0, now=0.0)
    rooms = [backoff.room(10.0 + seconds) for seconds in (0.0, 0.5, 1.0, 2.0, 60.0)]
    assert rooms == [1, 2, 4, 16, 1024]
    assert backoff.room(60.0) > 1024


def test_answers_make_room_faster() -> None:
    backoff = Backoff()
    backoff.begin(10.0, now=0.0)
    for number in range(3):
        backoff.answered(number + 1)
    assert backoff.room(10.0) == 4


def test_calls_that_were_in_flight_together_are_one_round() -> None:
    backoff = Backoff()
    rounds = [backoff.limited(number, calls=8) for number in (1, 2, 8)]
    assert rounds == [1, 1, 1]
    assert backoff.limited(9, calls=9) == 2
    backoff.answered(3)
    assert backoff.limited(10, calls=10) == 3
    backoff.answered(11)
    assert backoff.limited(12, calls=12) == 1


def test_paused_time_adds_up_without_being_counted_twice() -> None:
    backoff = Backoff()
    assert backoff.total_s(5.0) == 0
    backoff.begin(20.0, now=10.0)
    backoff.begin(30.0, now=15.0)
    assert [backoff.total_s(now) for now in (12.0, 30.0, 99.0)] == [2, 20, 20]
    backoff.begin(110.0, now=100.0)
    assert backoff.total_s(200.0) == 30
