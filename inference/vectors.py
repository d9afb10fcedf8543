"""Vectors on disk, by text: one SQLite file per encoder. Only a cache: it may be deleted."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

_LOG = logging.getLogger(__name__)
_AT_ONCE = 500  # texts per look-up, below SQLite's bound on variables


class VectorCache:
    """Vectors of one encoder by (text, alone); used from several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file. One that is damaged is begun anew, with a warning."""
        self._path = path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError:
            self._begin_anew()

    def get(self, texts: Sequence[str], alone: bool) -> dict[str, Vector]:
        """The vectors that are there, by text."""
        keys = {_key(text, alone): text for text in texts}
        found: dict[str, Vector] = {}
        with self._mending() as connection:
            for part in _parts(list(keys)):
                marks = ",".join("?" * len(part))
                query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"
                for key, blob in connection.execute(query, part):
                    found[keys[key]] = np.frombuffer(blob, dtype=np.float32)
        return found

    def put(self, vectors: Mapping[str, Vector], alone: bool) -> None:
        """Stores vectors by text."""
        rows = [(_key(text, alone), vector.tobytes()) for text, vector in vectors.items()]
        with self._mending() as connection, connection:
            connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _mending(self) -> Iterator[sqlite3.Connection]:
        """The connection; damage met on the way costs the cache and not the run."""
        with self._lock:
            try:
                yield self._connection
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                self._connection.close()
                self._begin_anew()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=60, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
                " WITHOUT ROWID"
            )
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def _begin_anew(self) -> None:
        _LOG.warning("the cache of embeddings %s is damaged; it is begun anew", self._path.name)
        for ending in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        self._connection = self._open()


def _key(text: str, alone: bool) -> bytes:
    return hashlib.sha256((b"1" if alone else b"0") + text.encode("utf-8", "replace")).digest()


def _parts(keys: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]
