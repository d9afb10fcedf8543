"""The ledger's database: opened durable and private, its errors said in one line."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError

from base.files import make_folders, make_private_file
from inference.errors import LedgerError

_BUSY_S = 15
_WRITES = "ledger_writes"
_LONGEST_SAID = 200
_VALUES = (OverflowError, ValueError, TypeError, sqlite3.DataError, sqlite3.IntegrityError)


def is_url(where: Path | str) -> bool:
    """Whether a ledger lies at a SQLAlchemy URL, not in a file of its own."""
    return isinstance(where, str) and "://" in where


def shown(where: Path | str) -> str:
    """The ledger's place as lines name it: of a URL without password and options."""
    if not is_url(where):
        return str(where)
    try:
        return sa.make_url(str(where)).set(query={}).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return f"{str(where).partition('://')[0]}://..."


def connect(where: Path | str) -> sa.Engine:
    """The engine for a path (SQLite, whose folder is made) or a SQLAlchemy URL.

    Raises:
        LedgerError: The file or its folder cannot be made, or the URL names no database.
    """
    with refusing(shown(where)):
        if is_url(where):
            return sa.create_engine(str(where))
        path = Path(where)
        make_folders(path.parent)
        # SQLite gives its -wal and -shm files the mode of the file itself.
        make_private_file(path, "-wal", "-shm")
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_S, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def durable(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
        connection.isolation_level = None  # transactions begin where `begin` below says so
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def writing(connection: sa.Connection) -> Iterator[sa.Connection]:
    """A transaction that writes: it holds SQLite's write lock from its first statement on.

    What it reads is then what it writes upon, whatever other processes do.
    """
    connection.execution_options(**{_WRITES: True})
    try:
        with connection.begin():
            yield connection
    finally:
        connection.execution_options(**{_WRITES: False})


@contextmanager
def refusing(where: str) -> Iterator[None]:
    """Turns whatever goes wrong in its block into the one line that says how to go on.

    Raises:
        LedgerError: Something went wrong.
    """
    try:
        yield
    except LedgerError:
        raise
    except Exception as error:
        raise refused(error, where) from error


def is_locked(error: BaseException) -> bool:
    """Whether another process was in the way, so that a later try may fare better."""
    found = getattr(error, "orig", error)
    return isinstance(found, sqlite3.OperationalError) and "locked" in str(found)


def is_of_value(error: BaseException) -> bool:
    """Whether a value cannot be stored, so that only who brought it is to blame."""
    found = getattr(error, "orig", None) or error
    unbound = isinstance(found, sqlite3.ProgrammingError | sqlite3.InterfaceError)
    return isinstance(found, _VALUES) or (unbound and "binding" in str(found))


def refused(error: BaseException, where: str) -> LedgerError:
    """Says in one line what is wrong with the file and how to go on."""
    text = _told(error)
    if is_locked(error):
        return LedgerError(
            f"the ledger {where} must not be locked; end the other process or wait for it", text
        )
    if "disk is full" in text or "No space left" in text:
        return LedgerError(
            f"the ledger {where} must have room to grow; free space and run again: every reply "
            "committed so far is kept",
            text,
        )
    if "malformed" in text or "not a database" in text:
        return unsound(where, text)
    return LedgerError(f"the ledger {where} must be a file that can be read and written", text)


def unsound(where: str, found: str) -> LedgerError:
    """Says what can be done about a file that is damaged beyond single replies."""
    return LedgerError(
        f"the ledger {where} must be a sound SQLite file; restore a backup, save what it still "
        "holds with `sqlite3 FILE .recover`, or move it away and pay again",
        found,
    )


def _told(error: BaseException) -> str:
    """The cause in a line, without the statement and the values that SQLAlchemy quotes."""
    cause = getattr(error, "orig", None) or error
    if not isinstance(error, OSError | ImportError | sqlite3.Error | DBAPIError):
        return type(cause).__name__  # its text may quote a URL or a reply
    lines = str(cause).partition(" with text ")[0].splitlines()
    return lines[0][:_LONGEST_SAID] if lines else type(cause).__name__
