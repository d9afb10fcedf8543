from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from artifacts.schemas import CHECKS
from artifacts.tables import Limit, cuts, row_bytes

SIZES = st.lists(st.integers(0, 50), max_size=60)


@given(SIZES, st.integers(1, 10), st.integers(1, 100))
def test_pieces_cover_all_rows_in_order_and_keep_to_the_limit(
    sizes: list[int], rows: int, held: int
) -> None:
    pieces = list(cuts(sizes, Limit(rows, held)))
    assert [n for start, length in pieces for n in range(start, start + length)] == list(
        range(len(sizes))
    )
    for start, length in pieces:
        assert 1 <= length <= rows
        assert length == 1 or sum(sizes[start : start + length]) <= held


@given(SIZES, st.integers(1, 10), st.integers(1, 100))
def test_no_piece_could_have_taken_the_next_row(sizes: list[int], rows: int, held: int) -> None:
    for start, length in list(cuts(sizes, Limit(rows, held)))[:-1]:
        full = sum(sizes[start : start + length + 1]) > held
        assert length == rows or full


def test_a_row_is_as_large_as_its_texts_and_lists_whatever_the_buffers() -> None:
    schema = pl.Schema({"text": pl.String(), "checks": CHECKS, "safe": pl.Int32()})
    rows = [
        {"text": "é" * 10, "checks": [{"name": "drift", "value": 1.0}], "safe": 1},
        {"text": None, "checks": None, "safe": None},
    ]
    frame = pl.DataFrame(rows, schema)
    assert row_bytes(frame) == [20 + 128 + 8, 8]
    assert row_bytes(pl.concat([frame] * 3)[2:4]) == row_bytes(frame)
    assert row_bytes(frame.clear()) == []
