"""The ledger's tables, and how those of an older file are brought up to them in place."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from inference.errors import LedgerError
from inference.ledger.database import writing

SCHEMA_VERSION = 3
_VERSION = "schema_version"

_METADATA = sa.MetaData()
META = sa.Table(
    "meta",
    _METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)
REPLIES = sa.Table(
    "replies",
    _METADATA,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("request", sa.LargeBinary, nullable=False),
    sa.Column("reply", sa.LargeBinary, nullable=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("input_tokens", sa.Integer, nullable=False),
    sa.Column("output_tokens", sa.Integer, nullable=False),
    sa.Column("price_usd", sa.Float),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("latency_s", sa.Float, nullable=False),
    # Null in rows from before version 3 that were no JSON when it came.
    sa.Column("checksum", sa.LargeBinary),
    sa.Column("encoding", sa.String),  # of the reply's bytes; null is JSON as it is
)
USES = sa.Table(
    "uses",
    _METADATA,
    sa.Column("run", sa.String, primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("stage", sa.String, nullable=False),
    # Whether this run paid for the reply, or found it in the ledger.
    sa.Column("bought", sa.Boolean, nullable=False, server_default=sa.false()),
    # What it paid for it in all: of two processes that ask at once, each pays.
    sa.Column("paid_usd", sa.Float),
)
# What calls under a cap may have cost: a row from before a call is sent until its reply is stored.
# A row without an owner, or whose owner is gone, belongs to a call whose outcome nobody knows.
HOLDS = sa.Table(
    "holds",
    _METADATA,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("run", sa.String, nullable=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("usd", sa.Float, nullable=False),
    sa.Column("owner", sa.String),
    sa.Column("created", sa.Float),
    sa.Column("lease", sa.Float),
)
# Sums over `uses`, kept so that a reservation need not add up a run's whole past.
BUDGETS = sa.Table(
    "budgets",
    _METADATA,
    sa.Column("run", sa.String, primary_key=True),
    sa.Column("bought_usd", sa.Float, nullable=False),
)
# Not used yet: which of several machines asks for a reply that is not there.
sa.Table(
    "claims",
    _METADATA,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String),
    sa.Column("claim", sa.String),
    sa.Column("lease", sa.Float),
    sa.Column("created", sa.Float),
)
# Not used yet: what is asked through a provider's batches. An intent is older than its batch.
sa.Table(
    "intents",
    _METADATA,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("provider", sa.String, nullable=False),
    sa.Column("batch", sa.String),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("run", sa.String),
    sa.Column("owner", sa.String),
    sa.Column("created", sa.Float),
)


def checksum_of(key: str, encoding: str | None, reply: bytes) -> bytes:
    """What a stored reply and the key that it lies under must hash to."""
    return hashlib.sha256(
        f"{key}\n{'json' if encoding is None else encoding}\n".encode() + reply
    ).digest()


def prepare(connection: sa.Connection, where: str) -> None:
    """Creates what is missing, and brings an older schema up to this one, in place.

    All of it is one transaction: a kill in its middle leaves the older file as it was.

    Raises:
        LedgerError: The schema is newer than this one, or the file is no ledger.
    """
    with connection.begin():
        if _version(connection, where) == SCHEMA_VERSION:
            return
    with writing(connection):
        found = _version(connection, where)  # another process may have been first
        if found != SCHEMA_VERSION:
            _bring_up(connection, found)


def _version(connection: sa.Connection, where: str) -> int | None:
    """The schema version of the file; None where it is new, or was not made to its end."""
    tables = set(sa.inspect(connection).get_table_names())
    if _is_foreign(connection, tables):
        rule = f"the ledger {where} must be a ledger of refusery; give another --out folder"
        raise LedgerError(rule, "a database of another program")
    if "meta" not in tables:
        return None
    found = connection.execute(
        sa.select(META.c.value).where(META.c.name == _VERSION)
    ).scalar_one_or_none()
    if found is None:
        return None
    if not (isinstance(found, str) and found.isascii() and found.isdigit()):
        rule = f"the ledger {where} must have a number as its schema version; restore a backup"
        raise LedgerError(rule, repr(found)[:40])
    if len(found) > 9 or int(found) > SCHEMA_VERSION:
        rule = (
            f"the ledger {where} must have schema version {SCHEMA_VERSION} or older; "
            "use a newer refusery, or another --out folder"
        )
        raise LedgerError(rule, found[:40])
    return int(found)


_FROM_THE_FIRST: Mapping[str, frozenset[str]] = {
    "meta": frozenset({"name", "value"}),
    "replies": frozenset({"key", "request", "reply"}),
}
"""Columns that the ledgers of every version have."""


def _is_foreign(connection: sa.Connection, tables: set[str]) -> bool:
    """Whether the tables are another program's, some of them perhaps called as ours are."""
    inspector = sa.inspect(connection)
    ours = {name: _FROM_THE_FIRST[name] for name in _FROM_THE_FIRST if name in tables}
    if tables - set(_METADATA.tables) and len(ours) < len(_FROM_THE_FIRST):
        return True
    return any(
        not columns <= {each["name"] for each in inspector.get_columns(name)}
        for name, columns in ours.items()
    )


def _bring_up(connection: sa.Connection, found: int | None) -> None:
    """Creates tables and columns that are missing, and fills those that older files lack."""
    _METADATA.create_all(connection)
    added = {table.name: _add_columns(connection, table) for table in _METADATA.tables.values()}
    if found == 1 or "bought" in added["uses"]:
        _say_who_bought(connection)
    if added["uses"]:
        price = sa.select(REPLIES.c.price_usd).where(REPLIES.c.key == USES.c.key)
        paid = sa.update(USES).where(USES.c.bought, USES.c.paid_usd.is_(None))
        connection.execute(paid.values(paid_usd=price.scalar_subquery()))
    if added["replies"] and connection.dialect.name == "sqlite":
        _fill_checksums(connection)
    connection.execute(sa.delete(META).where(META.c.name == _VERSION))
    row = {"name": _VERSION, "value": str(SCHEMA_VERSION)}
    connection.execute(sa.insert(META).values(row))


def _add_columns(connection: sa.Connection, table: sa.Table) -> set[str]:
    """Adds the columns that a table of an older file lacks; gives their names."""
    there = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
    added = [column for column in table.columns if column.name not in there]
    for column in added:
        kind = column.type.compile(connection.dialect)
        default = "" if column.nullable else " DEFAULT false NOT NULL"
        connection.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN {column.name} {kind}{default}"))
    return {column.name for column in added}


def _say_who_bought(connection: sa.Connection) -> None:
    """Says of each use whether it was bought, which version 1 did not.

    The first use of a reply is its buyer's: SQLite numbers rows as they come. Elsewhere every use
    counts as bought, which no cap can suffer from.
    """
    bought = sa.update(USES).values(bought=True)
    if connection.dialect.name == "sqlite":
        row = sa.literal_column("rowid", sa.Integer)
        first = sa.select(sa.func.min(row)).select_from(USES).group_by(USES.c.key)
        bought = bought.where(row.in_(first))
    connection.execute(bought)


def _fill_checksums(connection: sa.Connection) -> None:
    driver: Any = connection.connection.driver_connection
    driver.create_function("reply_checksum", 2, _found_checksum, deterministic=True)
    checksum = sa.func.reply_checksum(REPLIES.c.key, REPLIES.c.reply, type_=sa.LargeBinary)
    empty = sa.update(REPLIES).where(REPLIES.c.checksum.is_(None))
    connection.execute(empty.values(checksum=checksum))


def _found_checksum(key: object, reply: object) -> bytes | None:
    """The checksum of a reply as it was found; None for one that is damaged to see."""
    if not (isinstance(key, str) and isinstance(reply, bytes)):
        return None
    try:
        orjson.loads(reply)
    except ValueError:
        return None
    return checksum_of(key, None, reply)
