"""Vectors on disk, by the hash of their text: what was embedded once is not embedded again."""

import contextlib
import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from base.files import make_folders

if TYPE_CHECKING:
    from inference.types import Vectors


_LOG = logging.getLogger(__name__)
_BUSY_S = 30.0
_KEYS_AT_ONCE = 500  # SQLite bounds the placeholders of a statement
_CREATE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"


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


class VectorCache:
    """Vectors of one encoder in an SQLite file, shared by threads' turns and by processes.

    It is only a cache: a file that is corrupt is begun anew, and where none can be written (no
    space, no permission) vectors are computed again next time. Both are logged as warnings. Calls
    must not overlap.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        try:
            make_folders(path.parent)
            self._database = self._opened()
        except (sqlite3.Error, OSError) as error:
            self._mend(error)

    def get(self, keys: Sequence[bytes]) -> "dict[bytes, Vectors]":
        """The vectors that are there, by key; each of shape (dimensions,)."""
        found: dict[bytes, Vectors] = {}
        try:
            for start in range(0, len(keys), _KEYS_AT_ONCE):
                found.update(self._some(keys[start : start + _KEYS_AT_ONCE]))
        except sqlite3.Error as error:
            self._mend(error)
            return {}
        return found

    def put(self, vectors: "Mapping[bytes, Vectors]") -> None:
        """Keeps the vectors, durably for all but a loss of power."""
        if self._database is None:
            return
        rows = [(key, np.ascontiguousarray(vector).tobytes()) for key, vector in vectors.items()]
        try:
            with self._database as database:
                database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
        except sqlite3.Error as error:
            self._mend(error)

    def close(self) -> None:
        """Closes the file. Safe to call twice."""
        if self._database is not None:
            with contextlib.suppress(sqlite3.Error):
                self._database.close()
            self._database = None

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=_BUSY_S, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(_CREATE)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _some(self, keys: Sequence[bytes]) -> "Iterable[tuple[bytes, Vectors]]":
        if self._database is None:
            return ()
        marks = ", ".join("?" * len(keys))
        query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"
        rows = self._database.execute(query, list(keys)).fetchall()
        return ((key, np.frombuffer(vector, dtype=np.float32)) for key, vector in rows)

    def _mend(self, error: sqlite3.Error | OSError) -> None:
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
        except (sqlite3.Error, OSError) as again:
            _LOG.warning("embeddings are not cached: %s (%s)", again, self._path)
