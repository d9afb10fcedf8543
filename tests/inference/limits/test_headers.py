"""Rate-limit headers in the forms that servers send."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from inference.limits.headers import Remaining, read

_NOW = 1_760_000_000.0
_DATE = "Thu, 09 Oct 2025 08:53:20 GMT"  # the same moment


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("20ms", 0.02),
        ("1h2m3.5s", 3723.5),
        ("7.66s", 7.66),
        ("30", 30.0),
        ("1760000012", 12.0),
        ("1760000012000", 12.0),
        ("2025-10-09T08:53:50Z", 30.0),
        ("2025-10-09T08:53:50+00:00", 30.0),
        ("2025-10-09T08:53:10Z", 0.0),
    ],
)
def test_a_reset_is_read_in_all_its_forms(reset: str, seconds: float) -> None:
    headers = {"x-ratelimit-remaining-requests": "7", "x-ratelimit-reset-requests": reset}
    (found,) = read(headers, _NOW)
    assert found.reset_s == pytest.approx(seconds)
    assert found.left == 7


@pytest.mark.parametrize(
    ("remaining", "reset"),
    [
        ("many", "1s"),
        ("-1", "1s"),
        ("nan", "1s"),
        ("", "1s"),
        ("5", "soon"),
        ("5", ""),
        ("5", "-3"),
        ("5", "1s and a bit"),
        ("5", "2025-10-09T08:53:50"),
        ("5", "99999-10-09T08:53:50Z"),
        ("0", "99999d"),
        ("5", "9" * 5000),
        ("5", "9" * 400 + "s"),
        ("5", "²"),
        ("5", "inf"),
        ("9" * 5000, "1s"),
        ("²", "1s"),
        ("inf", "1s"),
        ("\udcff", "1s"),
        ("5", None),
        (None, "1s"),
    ],
)
def test_what_does_not_parse_is_no_statement(remaining: str | None, reset: str | None) -> None:
    named = {"ratelimit-remaining": remaining, "ratelimit-reset": reset}
    headers = {name: value for name, value in named.items() if value is not None}
    assert list(read(headers, _NOW)) == []


def test_a_limit_alone_says_nothing_as_it_may_be_a_days() -> None:
    assert list(read({"x-ratelimit-limit-requests": "14400"}, _NOW)) == []


def test_anthropics_four_kinds_are_read() -> None:
    headers = {}
    for part in ("requests", "tokens", "input-tokens", "output-tokens"):
        headers[f"anthropic-ratelimit-{part}-remaining"] = "3"
        headers[f"anthropic-ratelimit-{part}-reset"] = "2025-10-09T08:53:21Z"
    assert [found.kind for found in read(headers, _NOW)] == [
        "requests",
        "tokens",
        "input",
        "output",
    ]


def test_names_are_read_in_any_case() -> None:
    headers = CIMultiDict({"X-RateLimit-Remaining": "2", "X-RateLimit-Reset": "5"})
    assert list(read(headers, _NOW)) == [Remaining("x-ratelimit-remaining", "requests", 2, 5)]


def test_a_wrong_clock_here_does_no_harm_where_the_answer_is_dated() -> None:
    headers = {
        "date": _DATE,
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2025-10-09T08:53:30Z",
    }
    (found,) = read(headers, _NOW + 9999)
    assert found.reset_s == pytest.approx(10.0)


@pytest.mark.parametrize(
    "date", ["Fri, 31 Dec 99999 23:59:59 GMT", "9" * 5000, "Fri, 31 Dec 9999999999999 1:1:1", "²"]
)
def test_a_date_that_is_none_is_as_if_it_were_not_there(date: str) -> None:
    headers = {
        "date": date,
        "ratelimit-remaining": "0",
        "ratelimit-reset": "2025-10-09T08:53:50Z",
    }
    (found,) = read(headers, _NOW)
    assert found.reset_s == pytest.approx(30.0)
