"""The ledger's tables and the stored form of a reply; how an older file is brought up."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from base.files import make_folders
from inference.errors import LedgerError
from inference.types import ChatRequest, Refusal, Reply, TokenLogprobs, Usage


def dump(reply: Reply) -> bytes:
    """A chat reply as JSON. `parsed` and `key` follow from the text and the request."""
    return orjson.dumps(
        {
            "text": reply.text,
            "finish": reply.finish,
            "refusal": reply.refusal,
            "usage": reply.usage,
            "price_usd": reply.price_usd,
            "model": reply.model,
            "logprobs": [(token.token, token.logprob, token.top) for token in reply.logprobs],
        }
    )


def load(stored: bytes, request: ChatRequest, key: str) -> Reply:
    """The reply that `dump` wrote, as it was first seen for `request`."""
    fields: dict[str, Any] = orjson.loads(stored)
    reply = Reply(
        text=fields["text"],
        finish=fields["finish"],
        refusal=None if fields["refusal"] is None else Refusal(**fields["refusal"]),
        usage=Usage(**fields["usage"]),
        price_usd=fields["price_usd"],
        model=fields["model"],
        logprobs=tuple(
            TokenLogprobs(token, logprob, tuple((text, value) for text, value in top))
            for token, logprob, top in fields["logprobs"]
        ),
    )
    return finished(reply, request, key)


def finished(reply: Reply, request: ChatRequest, key: str) -> Reply:
    """The reply with its ledger key, and its text parsed where a schema was asked for."""
    return replace(reply, key=key, parsed=_parsed(reply.text) if request.json_schema else None)


def _parsed(text: str) -> Any:  # noqa: ANN401 - JSON
    """The JSON value in `text`, with or without a Markdown fence around it; None if there is none.

    Servers that ignore `response_format` often fence what they answer.
    """
    body = text.strip()
    if body.startswith("```"):
        body = body.removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


SCHEMA_VERSION = 2
_BUSY_S = 15
_VERSION = "schema_version"

_METADATA = sa.MetaData()
_META = sa.Table(
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
)
USES = sa.Table(
    "uses",
    _METADATA,
    sa.Column("run", sa.String, primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("stage", sa.String, nullable=False),
    # Whether this run paid for the reply, or found it in the ledger.
    sa.Column("bought", sa.Boolean, nullable=False, server_default=sa.false()),
)
# What calls under a cap may have cost: a row from before a call is sent until its reply is stored.
# Rows that stay belong to calls whose outcome nobody knows.
HOLDS = sa.Table(
    "holds",
    _METADATA,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("run", sa.String, nullable=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("usd", sa.Float, nullable=False),
)


def connect(where: Path | str) -> sa.Engine:
    """The engine for a path (SQLite, whose folder is made) or a SQLAlchemy URL.

    Raises:
        LedgerError: The file's folder cannot be made.
    """
    if isinstance(where, str) and "://" in where:
        return sa.create_engine(where)
    path = Path(where)
    try:
        make_folders(path.parent)
    except OSError as error:
        raise refused(error, str(path)) from error
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_S, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def durable(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


def prepare(connection: sa.Connection, where: str) -> None:
    """Creates what is missing, and brings an older schema up to this one, in place.

    Raises:
        LedgerError: The schema is newer than this one.
    """
    with connection.begin():
        _METADATA.create_all(connection)
        found = connection.execute(
            sa.select(_META.c.value).where(_META.c.name == _VERSION)
        ).scalar_one_or_none()
        if found is None:
            row = {"name": _VERSION, "value": str(SCHEMA_VERSION)}
            connection.execute(sa.insert(_META).values(row))
        elif int(found) > SCHEMA_VERSION:
            rule = (
                f"the ledger {where} must have schema version {SCHEMA_VERSION} or older; "
                "use a newer refusery, or another --out folder"
            )
            raise LedgerError(rule, found)
        elif int(found) < SCHEMA_VERSION:
            _from_1(connection)


def _from_1(connection: sa.Connection) -> None:
    """Says of each use whether it was bought; safe to be killed in, and run again.

    Version 1 did not say. The first use of a reply is its buyer's: SQLite numbers rows as they
    come. Elsewhere every use counts as bought, which no cap can suffer from.
    """
    if not any(column["name"] == "bought" for column in sa.inspect(connection).get_columns("uses")):
        kind = USES.c.bought.type.compile(connection.dialect)
        connection.execute(
            sa.text(f"ALTER TABLE uses ADD COLUMN bought {kind} DEFAULT false NOT NULL")
        )
    bought = sa.update(USES).values(bought=True)
    if connection.dialect.name == "sqlite":
        row = sa.literal_column("rowid", sa.Integer)
        first = sa.select(sa.func.min(row)).select_from(USES).group_by(USES.c.key)
        bought = bought.where(row.in_(first))
    connection.execute(bought)
    connection.execute(
        sa.update(_META).where(_META.c.name == _VERSION).values(value=str(SCHEMA_VERSION))
    )


def refused(error: Exception, where: str) -> LedgerError:
    """Says in one line what is wrong with the file and how to go on."""
    text = str(getattr(error, "orig", error))
    if isinstance(error, OperationalError) and "locked" in text:
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
        return LedgerError(
            f"the ledger {where} must be a sound SQLite file; restore a backup, save what it still "
            "holds with `sqlite3 FILE .recover`, or move it away and pay again",
            text,
        )
    return LedgerError(f"the ledger {where} must be a file that can be read and written", text)
