from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.servers.counting import Call, Calls
from tests.servers.faults import closed_before_headers, html, server_error
from tests.servers.schedules import (
    containing,
    either,
    first_calls,
    first_tries,
    never,
    on_calls,
    seeded,
)

BROKEN = server_error()


def arrivals(*bodies: bytes) -> list[Call]:
    calls = Calls()
    return [calls.arrive(body) for body in bodies]


def test_faults_can_be_given_to_calls_by_number() -> None:
    schedule = on_calls({1: BROKEN})
    assert [schedule(call) for call in arrivals(b"a", b"b", b"c")] == [None, BROKEN, None]


def test_the_first_calls_can_fail_whatever_they_ask() -> None:
    schedule = first_calls(2, BROKEN)
    assert [schedule(call) for call in arrivals(b"a", b"b", b"c")] == [BROKEN, BROKEN, None]


def test_each_body_can_fail_at_its_first_try_alone() -> None:
    schedule = first_tries(1, BROKEN)
    assert [schedule(call) for call in arrivals(b"a", b"b", b"a")] == [BROKEN, BROKEN, None]


def test_bodies_with_a_marker_can_fail() -> None:
    schedule = containing("bad", BROKEN)
    assert [schedule(call) for call in arrivals(b"bad a", b"good", b"bad a")] == [
        BROKEN,
        None,
        BROKEN,
    ]


def test_bodies_with_a_marker_can_fail_at_their_first_try_alone() -> None:
    schedule = containing("bad", BROKEN, tries=1)
    assert [schedule(call) for call in arrivals(b"bad a", b"bad a")] == [BROKEN, None]


def test_the_first_fault_of_several_schedules_counts() -> None:
    schedule = either(never, first_calls(1, html()), first_calls(2, BROKEN))
    assert [schedule(call) for call in arrivals(b"a", b"b", b"c")] == [html(), BROKEN, None]


def test_seeded_faults_fall_on_about_the_share_that_is_asked_for() -> None:
    schedule = seeded(0.3, [BROKEN, closed_before_headers()], seed=1)
    found = [schedule(call) for call in arrivals(*(b"%d" % n for n in range(1000)))]
    assert 250 < sum(fault is not None for fault in found) < 350
    assert BROKEN in found
    assert closed_before_headers() in found


def test_seeded_faults_let_the_second_try_through() -> None:
    schedule = seeded(1.0, [BROKEN])
    assert [schedule(call) for call in arrivals(b"a", b"a")] == [BROKEN, None]


@given(order=st.permutations([b"%d" % n for n in range(12)]))
def test_seeded_faults_fall_on_the_same_bodies_in_any_order(order: list[bytes]) -> None:
    schedule = seeded(0.5, [BROKEN], seed=3)
    hit = {call.canonical for call in arrivals(*order) if schedule(call)}
    calm = {call.canonical for call in arrivals(*sorted(order)) if schedule(call)}
    assert hit == calm
