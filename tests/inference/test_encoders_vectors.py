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

from inference.vectors import VectorCache, held_vectors, set_keys, vector_key

ROW = np.array([0.6, 0.8], dtype=np.float32)


def unit(number: int) -> NDArray[np.float32]:
    return np.array([np.cos(number), np.sin(number)], dtype=np.float32)


def count(path: Path) -> int:
    with sqlite3.connect(path) as database:
        (rows,) = database.execute("SELECT count(*) FROM vectors").fetchone()
    database.close()
    return int(rows)


@settings(deadline=None, max_examples=20)
@given(
    vector=arrays.arrays(np.float32, 384, elements=st.floats(-1, 1, width=32)),
    text=st.text(),
    alone=st.booleans(),
)
def test_a_vector_comes_back_as_it_was_first_put(
    vector: NDArray[np.float32], text: str, alone: bool
) -> None:
    length = np.linalg.norm(vector)
    vector = vector / length if length > 1e-3 else np.eye(1, 384, dtype=np.float32)[0]
    key = vector_key(text, alone)
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder) / "v.sqlite")
        cache.put({key: vector})
        cache.put({key: -vector})
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
    vectors = {vector_key(str(number), False): unit(number) for number in range(1201)}
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
    cache.put(dict.fromkeys(keys, np.eye(1, 384, dtype=np.float32)[0]))
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


OLD = "CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"


def changed(path: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(path) as database:
        database.execute(statement, values)
    database.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE vectors SET vector = x'00000000' || substr(vector, 5)",
        "UPDATE vectors SET vector = substr(vector, 1, 5)",
        "UPDATE vectors SET vector = substr(vector, 1, 4)",
        "UPDATE vectors SET vector = zeroblob(8)",
        "UPDATE vectors SET vector = x'0000c07f0000c07f'",
        "UPDATE vectors SET vector = x''",
        "UPDATE vectors SET vector = NULL",
        "UPDATE vectors SET vector = 'text'",
        "UPDATE vectors SET vector = 7",
        "UPDATE vectors SET checksum = NULL",
        "UPDATE vectors SET vector = (SELECT vector FROM vectors ORDER BY key DESC LIMIT 1)",
    ],
)
def test_a_damaged_vector_counts_as_absent_is_said_once_and_replaced(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "v.sqlite"
    keys = sorted(vector_key(str(number), False) for number in range(2))
    rows = {keys[0]: unit(1), keys[1]: unit(2)}
    cache = VectorCache(path)
    cache.put(rows)
    cache.close()
    changed(path, f"{damage} WHERE key = ?", keys[0])
    with caplog.at_level(logging.WARNING):
        cache = VectorCache(path)
        assert cache.get(keys).keys() == {keys[1]}
        cache.put(rows)
        assert all(np.array_equal(cache.get(keys)[key], rows[key]) for key in keys)
        cache.close()
    assert [each.getMessage() for each in caplog.records] == [
        f"1 cached embeddings were damaged and counted as absent: {path}"
    ]


def test_a_vector_that_was_swapped_for_another_texts_counts_as_absent(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    one, other = vector_key("a", False), vector_key("b", False)
    cache = VectorCache(path)
    cache.put({one: unit(1), other: unit(2)})
    cache.close()
    changed(path, "DELETE FROM vectors WHERE key = ?", one)
    changed(path, "UPDATE vectors SET key = ?", one)
    cache = VectorCache(path)
    assert cache.get([one, other]) == {}
    cache.close()


def test_a_file_without_checksums_is_opened_in_place_and_what_is_no_vector_left_out(
    tmp_path: Path,
) -> None:
    path = tmp_path / "v.sqlite"
    keys = [vector_key(str(number), False) for number in range(3)]
    changed(path, OLD)
    for key, data in zip(keys, (unit(1).tobytes(), bytes(8), b"\xff" * 8), strict=True):
        changed(path, "INSERT INTO vectors VALUES (?, ?)", key, data)
    for _ in range(2):
        cache = VectorCache(path)
        found = cache.get(keys)
        assert found.keys() == {keys[0]}
        assert np.array_equal(found[keys[0]], unit(1))
        cache.close()
    changed(path, "UPDATE vectors SET vector = ?", unit(2).tobytes())
    cache = VectorCache(path)
    assert cache.get(keys) == {}
    cache.close()


def test_its_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "out" / "embeddings" / "v.sqlite"
    cache = VectorCache(path)
    cache.put({vector_key("a", False): ROW})
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert modes.keys() >= {"v.sqlite", "v.sqlite-wal"}
    assert [each.stat().st_mode & 0o777 for each in (path.parent, path.parents[1])] == [0o700] * 2
    cache.close()


@settings(deadline=None, max_examples=15)
@given(place=st.integers(0, 2**20), bit=st.integers(0, 7))
def test_a_bit_flipped_anywhere_gives_the_vector_that_was_put_or_none(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    path = tmp_path_factory.mktemp("flipped") / "v.sqlite"
    rows = {vector_key(str(number), False): unit(number) for number in range(40)}
    cache = VectorCache(path)
    cache.put(rows)
    cache.close()
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= 1 << bit
    path.write_bytes(data)
    cache = VectorCache(path)
    assert all(np.array_equal(found, rows[key]) for key, found in cache.get(list(rows)).items())
    cache.close()


def test_a_cache_is_read_without_being_touched(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    assert held_vectors(path, [b"a"]) == {}
    assert not path.exists()
    cache = VectorCache(path)
    cache.put({b"a": unit(1)})
    assert np.array_equal(held_vectors(path, [b"a", b"b"])[b"a"], unit(1))  # somebody has it open
    cache.close()
    before = (sorted(tmp_path.iterdir()), path.read_bytes())
    assert held_vectors(path, [b"a", b"b"]).keys() == {b"a"}
    assert before == (sorted(tmp_path.iterdir()), path.read_bytes())
    path.write_bytes(b"no database" * 100)
    assert held_vectors(path, [b"a"]) == {}
    assert path.read_bytes().startswith(b"no database")
