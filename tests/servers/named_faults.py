"""What can go wrong with an answer, by name: a table for tests that inject faults by seed.

`fault("short_body", seed)` is a fault like any other (`schedules.always(fault(...))`), for servers
of both protocols. Each row says what is to come of it, so that a test need not know the names.
"""

from __future__ import annotations

import email.utils
import functools
import gzip
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

import orjson

from tests.servers import faults
from tests.servers.chance import draw
from tests.servers.faults import Alter, Fault, Payload, Wire

Outcome: TypeAlias = Literal["passes", "answer", "refused"]
"""Asked again within the run; an answer, with whatever it says; no answer to this request."""
Make: TypeAlias = Callable[[Random], Fault]
Headers: TypeAlias = Iterable[tuple[str, bytes]]

_BOMB_MB = 60


@dataclass(frozen=True, slots=True)
class Named:
    """One row of the table.

    Attributes:
        make: The fault; what chance decides of it (a status, an odd value) comes from a generator.
        outcome: What is to come of it.
    """

    make: Make
    outcome: Outcome


def fault(name: str, *seed: object) -> Fault:
    """The fault of a name; equal seeds give equal faults."""
    return NAMED[name].make(draw(name, *seed))


def names(*outcomes: Outcome) -> tuple[str, ...]:
    """The names of the faults with one of the outcomes; all of them where none is given."""
    return tuple(name for name, row in NAMED.items() if not outcomes or row.outcome in outcomes)


def http(status: int, body: bytes, headers: Headers = (), length: int | None = None) -> bytes:
    """An HTTP answer on the wire.

    Args:
        status: The status.
        body: The body.
        headers: Headers beside type and length; a later one of the same name stands beside it.
        length: The length that it states, where that is not the body's.
    """
    lines = [f"HTTP/1.1 {status} Any".encode(), b"content-type: application/json"]
    lines += [name.encode() + b": " + value for name, value in headers]
    stated = len(body) if length is None else length
    lines += [b"content-length: %d" % stated, b"connection: close", b"", body]
    return b"\r\n".join(lines)


def error(status: int, message: str = "The server had an error.", **fields: object) -> bytes:
    """An error's JSON in a form that holds for both protocols."""
    kinds = {400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error"}
    kind = kinds.get(status, "api_error")
    told = {"type": kind, "message": message, **fields}
    return orjson.dumps({"type": "error", "error": told})


def failing(status: int, headers: Headers = (), body: bytes | None = None) -> Wire:
    """An HTTP failure."""
    told = error(status) if body is None else body
    return Wire(lambda _answer: http(status, told, headers), status)


def answered(write: Callable[[bytes], bytes], headers: Headers = ()) -> Wire:
    """HTTP 200 with the model's answer, rewritten."""
    return Wire(lambda answer: http(200, write(answer), headers), 200)


def _packed(status: int, coding: str = "gzip") -> Wire:
    told = error(status)
    body = gzip.compress(told) if coding == "gzip" else zlib.compress(told)
    return failing(status, [("content-encoding", coding.encode())], body)


def _said(change: Callable[[str], object]) -> Alter:
    """The answer with another text."""

    def altered(payload: Payload) -> Payload:
        if "choices" not in payload:
            whole = "".join(block.get("text", "") for block in payload["content"])
            return {**payload, "content": [{"type": "text", "text": change(whole)}]}
        choice = payload["choices"][0]
        if "message" not in choice:
            return {**payload, "choices": [{**choice, "text": change(choice["text"])}]}
        message = {**choice["message"], "content": change(choice["message"]["content"] or "")}
        return {**payload, "choices": [{**choice, "message": message}]}

    return Alter(altered)


def _counted(value: object) -> Alter:
    """The answer with a count of tokens in both directions."""
    counts = ("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens")
    return Alter(lambda payload: {**payload, "usage": dict.fromkeys(counts, value)})


def _with(**fields: object) -> Alter:
    return Alter(lambda payload: {**payload, **fields})


def _without(*gone: str) -> Alter:
    return Alter(lambda payload: {key: payload[key] for key in payload if key not in gone})


def _ended(reason: str) -> Alter:
    """Half an answer that its server gave up on; in the Messages API an error in its place."""

    def altered(payload: Payload) -> Payload:
        if "choices" not in payload:
            return {"type": "error", "error": {"type": "api_error", "message": reason}}
        return {**payload, "choices": [{**payload["choices"][0], "finish_reason": reason}]}

    return Alter(altered)


def _more_choices(payload: Payload) -> Payload:
    if "choices" not in payload:
        return payload
    return {**payload, "choices": [*payload["choices"], *payload["choices"]]}


@functools.cache
def _bomb() -> bytes:
    """60 MB in 270 kB."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    parts = [packer.compress(b'{"choices": ["')]
    parts += [packer.compress(b" " * 1_000_000) for _ in range(_BOMB_MB)]
    return b"".join([*parts, packer.flush()])


def _chunked(answer: bytes) -> bytes:
    """The first half of an answer in chunks, and no last chunk."""
    half = answer[: len(answer) // 2]
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    return head + b"%x\r\n%s\r\n" % (len(half), half)


_ODD_WAITS = (
    b"soon",
    b"-3",
    b"nan",
    b"inf",
    b"9" * 5000,
    b"\xb2",
    b"Fri, 31 Dec 99999 23:59:59 GMT",
    b"Fri, 31 Dec 999999999999 23:59:59 GMT",
)
_ODD_DATES = (b"Fri, 31 Dec 99999 23:59:59 GMT", b"yesterday", b"\xff\xfe", b"9" * 400)
_ODD_COUNTS = (-1, -(2**40), 2**53, 2**63, 2**64, 10**30, 1.5, 1e300, "12", True, [3], {})
_PAGE = b"<!doctype html><html><title>Attention required</title><body>Blocked</body></html>"


def _odd_wait(chance: Random) -> Fault:
    name = chance.choice(("retry-after", "retry-after-ms"))
    return failing(429, [(name, chance.choice(_ODD_WAITS))])


def _odd_date(chance: Random) -> Fault:
    reset = ("anthropic-ratelimit-requests-reset", b"2026-11-30T08:53:21Z")
    left = ("anthropic-ratelimit-requests-remaining", b"7")
    return failing(503, [("date", chance.choice(_ODD_DATES)), reset, left])


def _wait_as_date(_chance: Random) -> Fault:
    return Wire(
        lambda _: http(
            429, error(429), [("retry-after", email.utils.formatdate(usegmt=True).encode())]
        ),
        429,
    )


def _error_in_200(chance: Random) -> Fault:
    code = chance.choice((429, 500, 502, 503, 529, "429", "rate_limit_exceeded", None))
    told = error(500, "Provider returned error", code=code)
    return answered(lambda _answer: told)


def _redirect(chance: Random) -> Fault:
    return failing(chance.choice((301, 302, 303, 307, 308)), [("location", b"http://127.0.0.1:9/")])


def _cut_utf8(answer: bytes) -> bytes:
    return answer.replace(b'"', b'"\xff\xfe', 3)


_GZIP = [("content-encoding", b"gzip")]

NAMED: Mapping[str, Named] = {
    # Failures that pass, in words.
    "429": Named(lambda _: failing(429), "passes"),
    "429_seconds": Named(lambda _: failing(429, [("retry-after", b"1")]), "passes"),
    "429_milliseconds": Named(lambda _: failing(429, [("retry-after-ms", b"20")]), "passes"),
    "429_date": Named(_wait_as_date, "passes"),
    "429_odd_wait": Named(_odd_wait, "passes"),
    "5xx": Named(lambda c: failing(c.choice((500, 502, 503, 504, 520, 524, 529))), "passes"),
    "5xx_page": Named(lambda c: failing(c.choice((502, 503, 504)), (), _PAGE), "passes"),
    "5xx_empty": Named(lambda c: failing(c.choice((500, 502, 503)), (), b""), "passes"),
    "odd_date": Named(_odd_date, "passes"),
    "packed_failure": Named(
        lambda c: _packed(c.choice((429, 500, 503)), c.choice(("gzip", "deflate"))), "passes"
    ),
    "misnamed_packing": Named(lambda _: failing(503, _GZIP, b"plain"), "passes"),
    "unknown_packing": Named(lambda _: failing(500, [("content-encoding", b"zz")]), "passes"),
    "header_not_ascii": Named(
        lambda c: failing(c.choice((429, 500)), [("x-told", b"d\xe9j\xe0 \xff \xe2\x82\xac")]),
        "passes",
    ),
    # Connections.
    "closed_before": Named(lambda _: faults.closed_before_headers(), "passes"),
    "closed_after": Named(lambda _: faults.closed_after_headers(), "passes"),
    "short_body": Named(
        lambda _: Wire(lambda answer: http(200, answer[:-20], length=len(answer))), "passes"
    ),
    "short_chunks": Named(lambda _: Wire(_chunked), "passes"),
    "no_http": Named(lambda _: Wire(lambda _: b"\x16\x03\x01 nothing\r\n\r\n"), "passes"),
    "drip": Named(
        lambda _: Wire(lambda answer: http(200, answer), 200, pieces=8, every_s=0.02), "answer"
    ),
    "hang": Named(lambda _: faults.hangs(), "passes"),
    # Successes that are no answer.
    "page": Named(lambda _: answered(lambda _: _PAGE), "passes"),
    "half_json": Named(lambda _: answered(lambda answer: answer[: len(answer) // 2]), "passes"),
    "no_body": Named(lambda _: answered(lambda _: b""), "passes"),
    "json_list": Named(lambda _: answered(lambda answer: b"[%s]" % answer), "passes"),
    "wrong_schema": Named(lambda _: _said(lambda text: {"said": text}), "passes"),
    "no_choices": Named(lambda _: _with(choices=[], content=None), "passes"),
    "error_in_200": Named(_error_in_200, "passes"),
    "ended_by_error": Named(lambda c: _ended(c.choice(("error", "abort"))), "passes"),
    "invalid_utf8": Named(lambda _: answered(_cut_utf8), "passes"),
    "deep_json": Named(
        lambda c: answered(lambda _: b"[" * c.choice((101, 1000, 100_000))), "passes"
    ),
    "half_packed": Named(
        lambda _: answered(lambda answer: gzip.compress(answer)[:-9], _GZIP), "passes"
    ),
    # Answers, with something odd about them.
    "packed": Named(lambda _: answered(gzip.compress, _GZIP), "answer"),
    "odd_usage": Named(lambda c: _counted(c.choice(_ODD_COUNTS)), "answer"),
    "no_usage": Named(lambda _: _without("usage"), "answer"),
    "half_character": Named(lambda _: _said(lambda text: f"{text} \ud83d"), "answer"),
    "deep_text": Named(lambda _: _said(lambda text: f"{text}{'[' * 1000}"), "answer"),
    "null_character": Named(lambda _: _said(lambda text: f"{text}\x00"), "answer"),
    "white_space_loop": Named(lambda _: _said(lambda text: text + " " * 20_000), "answer"),
    "newline_loop": Named(lambda _: _said(lambda text: text + "\n" * 20_000), "answer"),
    "wrong_model": Named(lambda c: _with(model=f"another-{c.randrange(10**9)}"), "answer"),
    "long_model": Named(lambda _: _with(model="m" * 100_000), "answer"),
    "more_choices": Named(lambda _: Alter(_more_choices), "answer"),
    "no_text": Named(lambda _: _said(lambda _: ""), "answer"),
    # This request is not answered, however often it is put.
    "firewall": Named(lambda _: failing(403, (), _PAGE), "refused"),
    "redirect": Named(_redirect, "refused"),
    "bomb": Named(lambda _: answered(lambda _: _bomb(), _GZIP), "refused"),
    "bad_request": Named(lambda c: failing(c.choice((400, 413, 422))), "refused"),
}
