"""The ledger that the first edition left is opened in place: each of its replies is read."""

from __future__ import annotations

import asyncio
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from inference.ledger import Ledger, tables
from inference.ledger_schema import dump, readable
from inference.types import ChatRequest

_FROZEN = Path(__file__).parents[1] / "golden" / "first_edition" / "out.tar.xz"
_REQUEST = ChatRequest("m", ())


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    with tarfile.open(_FROZEN) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "out" / "ledger.sqlite"


def _rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


async def _found(path: Path, keys: list[str]) -> list[bytes | None]:
    ledger = Ledger(path)
    try:
        return list(await asyncio.gather(*(ledger.get(key) for key in keys)))
    finally:
        ledger.close()


def test_each_of_its_replies_is_found_sound_and_readable(
    ledger: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = dict(_rows(ledger, "select key, reply from replies"))
    assert len(before) == 139
    for _ in range(2):
        found = asyncio.run(_found(ledger, [str(key) for key in before]))
        assert found == list(before.values())
    for key, reply in before.items():
        read = readable(bytes(reply), _REQUEST, str(key))  # type: ignore[arg-type, call-overload]  # bytes
        assert read is not None
        assert dump(read) == reply
    assert _rows(ledger, "select count(*) from replies where checksum is null") == [(0,)]
    assert caplog.records == []


def test_a_kill_while_it_is_brought_up_leaves_it_as_it_was(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _rows(ledger, "select type, name, sql from sqlite_master order by name")

    def killed(connection: object) -> None:
        raise SystemExit

    with monkeypatch.context() as midway:
        midway.setattr(tables, "_fill_checksums", killed)
        with pytest.raises(SystemExit):
            Ledger(ledger)
    assert _rows(ledger, "select type, name, sql from sqlite_master order by name") == before
    keys = [str(key) for (key,) in _rows(ledger, "select key from replies")]
    assert None not in asyncio.run(_found(ledger, keys))
