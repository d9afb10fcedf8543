"""Vectors on disk, by the hash of their text: what was embedded once is not embedded again."""

import contextlib
import hashlib
import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from base.files import make_folders, make_private_file

if TYPE_CHECKING:
    from inference.types import Vectors


_LOG = logging.getLogger(__name__)
_BUSY_S = 30.0
_KEYS_AT_ONCE = 500  # SQLite bounds the placeholders of a statement
_BROKEN = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises: of a damaged file it may quote names that are no text any more."""

_CREATE = """
CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB, checksum BLOB) WITHOUT ROWID
"""
_EDITION = 1  # files before it have no checksums
_UNIT = 1e-3  # how far a length may be from 1: rounding of half-precision models included


def vector_key(text: str, alone: bool) -> bytes:
    """The key of a text's vector; one computed alone has a key of its own."""
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"alone:" + data if alone else b"batch:" + data).digest()


def set_keys(texts: Sequence[str]) -> list[bytes]:
    """The keys of texts that are computed together: each depends on all of them, in order."""
    whole = hashlib.sha256()
    for text in texts:
        whole.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    start = b"set:" + whole.digest()
    return [
        hashlib.sha256(start + text.encode("utf-8", "surrogatepass")).digest() for text in texts
    ]


def held_vectors(path: Path, keys: Sequence[bytes]) -> "dict[bytes, Vectors]":
    """The vectors that a cache's file has, by key; nothing of it is changed or made.

    Args:
        path: The file, there or not; of one that cannot be read there are none.
        keys: Which are wanted.
    """
    if not path.is_file():
        return {}
    try:
        # Where nobody has it open it is read as it lies: to join in would leave files beside it.
        is_open = path.with_name(f"{path.name}-wal").exists()
        where = f"{path.resolve().as_uri()}?{'mode=ro' if is_open else 'immutable=1'}"
        with contextlib.closing(sqlite3.connect(where, timeout=_BUSY_S, uri=True)) as database:
            found = ((key, _sound(key, *rest)) for key, *rest in _rows(database, keys))
            return {key: vector for key, vector in found if vector is not None}
    except _BROKEN:
        return {}


class VectorCache:
    """Vectors of one encoder in an SQLite file, shared by threads' turns and by processes.

    It is only a cache: a vector that is not the one that was put, or that is no unit vector, counts
    as absent; a file that is corrupt is begun anew; and where none can be written (no space, no
    permission) vectors are computed again next time. All of it is logged as warnings. Calls must
    not overlap.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._damaged: set[bytes] = set()
        self._lost = 0
        try:
            make_folders(path.parent)
            self._database = self._opened()
        except (*_BROKEN, OSError) as error:
            self._mend(error)

    def get(self, keys: Sequence[bytes]) -> "dict[bytes, Vectors]":
        """The vectors that are there, by key; each of shape (dimensions,)."""
        found: dict[bytes, Vectors] = {}
        try:
            found.update(self._sound_ones(keys))
        except _BROKEN as error:
            self._mend(error)
            return {}
        return found

    def put(self, vectors: "Mapping[bytes, Vectors]") -> None:
        """Keeps the vectors, durably for all but a loss of power.

        One that is there already is left as it is, unless it was found damaged.
        """
        if self._database is None:
            return
        rows = []
        for key, vector in vectors.items():
            data = np.ascontiguousarray(vector, np.float32).tobytes()
            rows.append((key, data, _checksum(key, data)))
        damaged = [(key,) for key in vectors if key in self._damaged]
        try:
            with self._database as database:
                database.executemany("DELETE FROM vectors WHERE key = ?", damaged)
                database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", rows)
        except _BROKEN as error:
            self._mend(error)
        self._damaged.difference_update(vectors)

    def close(self) -> None:
        """Closes the file. Safe to call twice."""
        if self._lost:
            rule = "%d cached embeddings were damaged and counted as absent: %s"
            _LOG.warning(rule, self._lost, self._path)
            self._lost = 0
        if self._database is not None:
            with contextlib.suppress(*_BROKEN):
                self._database.close()
            self._database = None

    def _opened(self) -> sqlite3.Connection:
        make_private_file(self._path, "-wal", "-shm")
        database = sqlite3.connect(self._path, timeout=_BUSY_S, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            if _edition(database) != _EDITION:
                _bring_up(database)
        except _BROKEN:
            database.close()
            raise
        return database

    def _sound_ones(self, keys: Sequence[bytes]) -> "Iterator[tuple[bytes, Vectors]]":
        if self._database is None:
            return
        for key, data, checksum in _rows(self._database, keys):
            vector = _sound(key, data, checksum)
            if vector is None:
                self._damaged.add(key)
                self._lost += 1
            else:
                yield key, vector

    def _mend(self, error: sqlite3.Error | UnicodeDecodeError | OSError) -> None:
        """Begins a corrupt file anew; goes on without one for any other trouble."""
        self.close()
        # OperationalError: locked, full, unreadable. The file may be sound, and others may use it.
        if isinstance(error, OSError | sqlite3.OperationalError):
            _LOG.warning("embeddings are not cached: %s (%s)", error, self._path)
            return
        _LOG.warning("embedding cache was corrupt and is begun anew: %s", self._path)
        try:
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            self._database = self._opened()
        except (*_BROKEN, OSError) as again:
            _LOG.warning("embeddings are not cached: %s (%s)", again, self._path)


def _rows(
    database: sqlite3.Connection, keys: Sequence[bytes]
) -> Iterator[tuple[bytes, object, object]]:
    """Key, vector and checksum as they lie in the file."""
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = keys[start : start + _KEYS_AT_ONCE]
        query = (
            "SELECT key, CAST(vector AS BLOB), CAST(checksum AS BLOB) FROM vectors "
            f"WHERE key IN ({', '.join('?' * len(some))})"
        )
        yield from database.execute(query, list(some)).fetchall()


def _sound(key: bytes, data: object, checksum: object) -> "Vectors | None":
    """The vector that was put at a key; None where what lies there is another."""
    sound = checksum is not None and checksum == _checksum(key, data)
    return _unit_vector(data) if sound else None


def _checksum(key: object, data: object) -> bytes | None:
    if not isinstance(key, bytes) or not isinstance(data, bytes):
        return None
    return hashlib.sha256(key + data).digest()


def _unit_vector(data: object) -> "Vectors | None":
    """The vector in a blob; None for anything but the numbers of a unit vector."""
    if not isinstance(data, bytes) or not data or len(data) % 4:
        return None
    vector = np.frombuffer(data, dtype=np.float32)
    # Written so that it is false where a number is none.
    return vector if abs(float(np.vdot(vector, vector)) - 1) <= _UNIT else None


def _edition(database: sqlite3.Connection) -> int:
    (edition,) = database.execute("PRAGMA user_version").fetchone()
    return int(edition)


def _bring_up(database: sqlite3.Connection) -> None:
    """Makes the table; gives the vectors of an older file the checksums that it lacks.

    Computing them all again may take hours. All of it is one transaction, safe to be killed in.
    """
    database.create_function("vector_checksum", 2, _found_checksum, deterministic=True)
    with database:
        database.execute("BEGIN IMMEDIATE")
        if _edition(database) == _EDITION:
            return  # another process was first
        database.execute(_CREATE)
        columns = [name for _, name, *_ in database.execute("PRAGMA table_info(vectors)")]
        if "checksum" not in columns:
            database.execute("ALTER TABLE vectors ADD COLUMN checksum BLOB")
            database.execute("UPDATE vectors SET checksum = vector_checksum(key, vector)")
        database.execute(f"PRAGMA user_version = {_EDITION}")


def _found_checksum(key: object, data: object) -> bytes | None:
    """The checksum of a vector as it was found; None where it is damaged to see."""
    return None if _unit_vector(data) is None else _checksum(key, data)
