from __future__ import annotations

import logging
import sqlite3
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from inference.vectors import VectorCache, set_keys, vector_key

ROW = np.array([0.6, 0.8], dtype=np.float32)


def count(path: Path) -> int:
    with sqlite3.connect(path) as database:
        (rows,) = database.execute("SELECT count(*) FROM vectors").fetchone()
    database.close()
    return int(rows)


@settings(deadline=None)
@given(
    vector=arrays.arrays(np.float32, 384, elements=st.floats(-1, 1, width=32)),
    text=st.text(),
    alone=st.booleans(),
)
def test_a_vector_comes_back_as_it_was_first_put(
    vector: NDArray[np.float32], text: str, alone: bool
) -> None:
    key = vector_key(text, alone)
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder) / "v.sqlite")
        cache.put({key: vector})
        cache.put({key: vector + 1})
        stored = cache.get([key])[key]
        cache.close()
    assert stored.dtype == np.float32
    assert np.array_equal(stored, vector)


def test_a_text_has_one_key_in_a_batch_and_another_alone() -> None:
    assert vector_key("How?", alone=False) != vector_key("How?", alone=True)


def test_a_text_of_a_fixed_list_has_a_key_of_that_list() -> None:
    first, second = set_keys(["How?", "Why?"])
    assert first != second
    assert {first, second}.isdisjoint(set_keys(["Why?", "How?"]))
    assert first not in (vector_key("How?", alone=False), vector_key("How?", alone=True))


def test_a_text_with_a_lone_surrogate_has_a_key() -> None:
    assert len(vector_key("\ud800", alone=False)) == 32


def test_more_keys_than_a_statement_holds_are_all_found(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v.sqlite")
    vectors = {vector_key(str(number), False): ROW * number for number in range(1201)}
    cache.put(vectors)
    found = cache.get(list(vectors))
    assert found.keys() == vectors.keys()
    assert all(np.array_equal(found[key], vectors[key]) for key in vectors)
    cache.close()


def test_a_key_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v.sqlite")
    assert cache.get([vector_key("a", False)]) == {}
    cache.close()


def test_two_caches_share_one_file(tmp_path: Path) -> None:
    one, other = VectorCache(tmp_path / "v.sqlite"), VectorCache(tmp_path / "v.sqlite")
    key = vector_key("a", False)
    one.put({key: ROW})
    other.put({key: ROW})
    assert np.array_equal(other.get([key])[key], ROW)
    one.close()
    other.close()
    assert count(tmp_path / "v.sqlite") == 1


@pytest.mark.parametrize("content", [b"no database at all, just text " * 200, b"\x00" * 8192])
def test_a_corrupt_file_is_begun_anew_with_a_warning(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "v.sqlite"
    path.write_bytes(content)
    key = vector_key("a", False)
    with caplog.at_level(logging.WARNING):
        cache = VectorCache(path)
        cache.put({key: ROW})
    assert "begun anew" in caplog.text
    assert np.array_equal(cache.get([key])[key], ROW)
    cache.close()


def test_a_file_that_is_damaged_while_open_is_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "v.sqlite"
    cache = VectorCache(path)
    keys = [vector_key(str(number), False) for number in range(400)]
    cache.put(dict.fromkeys(keys, np.ones(384, np.float32)))
    cache.close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    cache = VectorCache(path)
    with caplog.at_level(logging.WARNING):
        assert cache.get(keys) == {}
    assert "begun anew" in caplog.text
    cache.put({keys[0]: ROW})
    assert np.array_equal(cache.get(keys)[keys[0]], ROW)
    cache.close()


def test_where_no_file_can_be_written_nothing_is_kept_and_nothing_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    with caplog.at_level(logging.WARNING):
        cache = VectorCache(tmp_path / "file" / "v.sqlite")
    assert "not cached" in caplog.text
    key = vector_key("a", False)
    cache.put({key: ROW})
    assert cache.get([key]) == {}
    cache.close()
    cache.close()
