"""The ledger knows how many replies it has committed, and says so when some are gone."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from inference.ledger import Entry, Ledger

_ROOT = Path(__file__).parents[2]


def _put(ledger: Ledger, keys: range) -> None:
    async def put() -> None:
        entries = (Entry(str(key), b"", b"{}", "m", "", 1, 1, None, 0.1) for key in keys)
        await asyncio.gather(*(ledger.put(entry) for entry in entries))

    asyncio.run(put())


def _marked(path: Path) -> int:
    return int(path.with_name("ledger.sqlite.count").read_text())


def _filled(path: Path, keys: range) -> None:
    ledger = Ledger(path)
    _put(ledger, keys)
    ledger.close()


def _opened(path: Path) -> Ledger:
    ledger = Ledger(path)
    ledger.close()
    return ledger


def test_the_mark_follows_what_two_ledgers_of_one_file_commit(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    one, other = Ledger(path), Ledger(path)
    _put(one, range(10))
    assert _marked(path) == 10
    _put(other, range(5, 25))
    assert _marked(path) == 25
    _put(one, range(25))
    assert _marked(path) == 25
    one.close()
    other.close()


def test_a_restored_older_copy_is_said_once_with_what_is_gone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    _put(ledger, range(10))
    ledger.close()
    shutil.copy(path, tmp_path / "copy")
    ledger = Ledger(path)
    _put(ledger, range(17))
    ledger.close()
    shutil.copy(tmp_path / "copy", path)
    assert caplog.records == []
    _opened(path)
    assert [each.getMessage() for each in caplog.records] == [
        f"the ledger {path} has lost 7 of 17 replies that were committed (its -wal file was taken "
        "away, or an older copy restored): put a newer copy back and run again, or go on, and they "
        "are paid for again"
    ]
    _opened(path)
    assert len(caplog.records) == 1


@pytest.mark.slow
def test_a_lost_wal_file_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    _put(ledger, range(3))
    ledger.close()
    program = (
        "import os, signal, sys; from tests.inference import test_ledger_mark as test; "
        "test._put(test.Ledger(test.Path(sys.argv[1])), range(40)); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(path)], cwd=_ROOT, env=os.environ, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert path.with_name("ledger.sqlite-wal").stat().st_size > 0
    path.with_name("ledger.sqlite-wal").unlink()
    path.with_name("ledger.sqlite-shm").unlink()
    assert _opened(path)
    assert "has lost 37 of 40 replies" in caplog.text


def test_a_ledger_that_is_gone_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    _put(ledger, range(3))
    ledger.close()
    path.unlink()
    _opened(path)
    assert "has lost 3 of 3 replies that were committed (it is new)" in caplog.text


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x00" * 21, b"-5", b"3" * 3])
def test_a_mark_that_lags_or_is_none_says_nothing_and_is_mended(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    _put(ledger, range(400))
    ledger.close()
    path.with_name("ledger.sqlite.count").write_bytes(content)
    _opened(path)
    assert caplog.records == []
    assert _marked(path) == 400


def test_a_mark_that_cannot_be_written_says_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "ledger.sqlite"
    path.with_name("ledger.sqlite.count").mkdir()
    ledger = Ledger(path)
    _put(ledger, range(3))
    ledger.close()
    assert caplog.records == []


def test_a_vacuum_takes_no_replies(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    _put(ledger, range(30))
    ledger.close()
    with sqlite3.connect(path) as other:
        other.execute("vacuum")
    other.close()
    _opened(path)
    assert caplog.records == []


def test_replies_that_were_deleted_from_the_middle_are_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "ledger.sqlite"
    _filled(path, range(9))
    other = sqlite3.connect(path)
    other.execute("delete from replies where rowid in (2, 3, 5)")
    other.commit()
    other.close()
    Ledger(path).close()
    assert "has lost 3 of 9 replies that were committed (they were deleted)" in caplog.text
    caplog.clear()
    _filled(path, range(12))
    Ledger(path).close()
    assert caplog.text == ""
    vacuum = sqlite3.connect(path)
    vacuum.execute("vacuum")
    vacuum.close()
    Ledger(path).close()
    assert caplog.text == ""
