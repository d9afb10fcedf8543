"""Any bytes where a file is wanted: a value, or one of the project's own errors in one line."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from base.errors import RefuseryError
from tests.fuzz.files import (
    CELLS,
    FILES,
    STORED,
    headers,
    ledger_row,
    read_all_headers,
    whole,
)
from tests.fuzz.hostile import require_storable, spoilt, texts

_FEW = settings(max_examples=5, suppress_health_check=list(HealthCheck))


def read_file(kind: str, data: bytes) -> None:
    """Has a file read; what it is refused by is one line, and one of ours."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            FILES[kind](Path(folder), data)
        except RefuseryError as error:
            assert "\n" not in str(error), kind


@pytest.mark.parametrize("kind", FILES)
def test_any_file_is_read_or_refused(kind: str) -> None:
    @_FEW
    @example(b"")
    @example(b"\xff\xfe\x00[" * 300)
    @example(b"[" * 5_000)
    @example(b'{"a":' * 5_000)
    @given(spoilt(whole(kind)))
    def check(data: bytes) -> None:
        read_file(kind, data)

    check()


@_FEW
@example(["Fri, 31 Dec 99999 00:00:00 GMT", "\u00b2", "Fri, 31 Dec 10000 23:59:59 GMT"])
@example(["9" * 400, "9" * 5_000, "x", "9" * 400, "-1", "9" * 400 + "s", "nan", "inf", "1e999h"])
@example(
    ["nan", "inf", "", "1", "2", "0001-01-01T00:00:00Z", "3", "4", "9999-12-31T23:59:59-23:00"]
)
@given(st.lists(texts(), max_size=14))
def test_any_header_is_a_statement_or_none(said: list[str]) -> None:
    read_all_headers(headers(said))


@_FEW
@given(texts())
def test_any_cell_is_read_or_refused(text: str) -> None:
    for read in CELLS.values():
        with contextlib.suppress(RefuseryError):
            read(text)


@_FEW
@example(b"[" * 5_000)
@example(json.dumps(STORED | {"text": None}).encode())
@example(json.dumps(STORED | {"usage": {"input_tokens": 2**64}}).encode())
@example(json.dumps(STORED | {"refusal": {"kind": "x"}}).encode())
@example(json.dumps(STORED | {"logprobs": [["a"]]}).encode())
@given(spoilt(json.dumps(STORED).encode()))
def test_a_damaged_reply_of_the_ledger_counts_as_absent(stored: bytes) -> None:
    require_storable(ledger_row(stored))
