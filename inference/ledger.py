"""The ledger: every reply that was ever paid for, durable before its caller sees it.

One thread owns one connection. It drains its queue, answers all look-ups with one SELECT and
commits all new replies in one transaction (group commit), so that durability costs one disk
flush per group and not per call. SQLAlchemy Core, so that a PostgreSQL URL can take SQLite's place.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, OperationalError

from inference.accounts import Spend
from inference.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA_VERSION = 1
_BUSY_S = 15
_LARGEST_GROUP = 500  # keeps the IN list of one look-up well below every dialect's limit

_METADATA = sa.MetaData()
_META = sa.Table(
    "meta",
    _METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)
_REPLIES = sa.Table(
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
_USES = sa.Table(
    "uses",
    _METADATA,
    sa.Column("run", sa.String, primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("stage", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a reply is used for; a run's cost is what the replies that it used cost.

    Attributes:
        run: The run's name, `recipe/version`.
        stage: The stage that asked first.
    """

    run: str
    stage: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One reply as it is stored.

    Attributes:
        key: The request's key.
        request: The canonical request.
        reply: The reply as `inference.replies.dump` wrote it.
        model: The model's name in the recipe.
        address: The server that was asked; recorded, not keyed.
        input_tokens: Tokens in, as the server counted them.
        output_tokens: Tokens out.
        price_usd: US dollars, or None where the price is unknown.
        latency_s: Seconds from sending to the last byte.
    """

    key: str
    request: bytes
    reply: bytes
    model: str
    address: str
    input_tokens: int
    output_tokens: int
    price_usd: float | None
    latency_s: float


@dataclass(slots=True)
class _Group:
    """What the thread takes from its queue at once."""

    gets: dict[str, list[asyncio.Future[bytes | None]]] = field(default_factory=dict)
    puts: list[tuple[Entry, asyncio.Future[None]]] = field(default_factory=list)
    purposes: dict[str, Purpose] = field(default_factory=dict)

    def add(self, job: _Job) -> None:
        subject, purpose, future = job
        if isinstance(subject, Entry):
            self.puts.append((subject, future))
        else:
            self.gets.setdefault(subject, []).append(future)
        if purpose is not None:
            self.purposes[subject.key if isinstance(subject, Entry) else subject] = purpose

    @property
    def size(self) -> int:
        return len(self.gets) + len(self.puts)

    @property
    def futures(self) -> Iterable[asyncio.Future[Any]]:
        for waiting in self.gets.values():
            yield from waiting
        for _, future in self.puts:
            yield future


_Job = tuple["str | Entry", "Purpose | None", "asyncio.Future[Any]"]


class Ledger:
    """Replies by request key. `get` and `put` are awaited from any one event loop.

    Raises:
        LedgerError: The file is corrupt, locked, of a newer schema, or cannot be created.
    """

    def __init__(self, where: Path | str) -> None:
        """Opens or creates the ledger at a path (SQLite) or a SQLAlchemy URL."""
        self.where = str(where)
        self._engine = _connect(where)
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._broken: LedgerError | None = None
        try:
            self._connection = self._prepare()
        except (DatabaseError, OSError) as error:
            self._engine.dispose()
            raise _refused(error, self.where) from error
        except LedgerError:
            self._engine.dispose()
            raise
        self._thread = threading.Thread(target=self._serve, name="ledger", daemon=True)
        self._thread.start()

    async def get(self, key: str, purpose: Purpose | None = None) -> bytes | None:
        """The stored reply for `key`, or None. A reply that is found counts as used."""
        found: bytes | None = await self._enqueue(key, purpose)
        return found

    async def put(self, entry: Entry, purpose: Purpose | None = None) -> None:
        """Stores a reply; returns when it is durable. A key that is there already is left as is."""
        await self._enqueue(entry, purpose)

    def require_sound(self) -> None:
        """Refuses to go on once a commit has failed: what is bought now could not be kept.

        Raises:
            LedgerError: What the failed commit met.
        """
        if self._broken is not None:
            raise self._broken

    def spent(self, run: str) -> dict[tuple[str, str], Spend]:
        """What the replies that a run ever used cost, by (stage, model); each reply counts once."""
        joined = _USES.join(_REPLIES, _USES.c.key == _REPLIES.c.key)
        sums = (
            sa.func.count(),
            sa.func.sum(_REPLIES.c.input_tokens),
            sa.func.sum(_REPLIES.c.output_tokens),
            sa.func.coalesce(sa.func.sum(_REPLIES.c.price_usd), 0.0),
            sa.func.count() - sa.func.count(_REPLIES.c.price_usd),
        )
        by = (_USES.c.stage, _REPLIES.c.model)
        query = sa.select(*by, *sums).select_from(joined).where(_USES.c.run == run)
        with self._engine.connect() as connection:
            rows = connection.execute(query.group_by(*by).order_by(*by)).all()
        return {
            (stage, model): Spend(replies, 0, tokens_in, tokens_out, usd, unpriced)
            for stage, model, replies, tokens_in, tokens_out, usd, unpriced in rows
        }

    def count(self) -> int:
        """How many replies are stored."""
        with self._engine.connect() as connection:
            statement = sa.select(sa.func.count()).select_from(_REPLIES)
            return int(connection.execute(statement).scalar_one())

    def close(self) -> None:
        """Commits what is queued and closes the file. The object is of no use afterwards."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()
        self._engine.dispose()

    def _enqueue(self, subject: str | Entry, purpose: Purpose | None) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.put((subject, purpose, future))
        return future

    def _prepare(self) -> sa.Connection:
        connection = self._engine.connect()
        with connection.begin():
            _METADATA.create_all(connection)
            found = connection.execute(
                sa.select(_META.c.value).where(_META.c.name == "schema_version")
            ).scalar_one_or_none()
            if found is None:
                row = {"name": "schema_version", "value": str(SCHEMA_VERSION)}
                connection.execute(sa.insert(_META).values(row))
            elif int(found) > SCHEMA_VERSION:
                rule = (
                    f"the ledger {self.where} must have schema version {SCHEMA_VERSION} or older; "
                    "use a newer refusery, or another --out folder"
                )
                raise LedgerError(rule, found)
        return connection

    def _serve(self) -> None:
        running = True
        while running:
            group = _Group()
            job = self._queue.get()
            while job is not None:
                group.add(job)
                if group.size >= _LARGEST_GROUP or self._queue.empty():
                    break
                job = self._queue.get()
            running = job is not None
            if group.size:
                self._answer(group)

    def _answer(self, group: _Group) -> None:
        results: list[tuple[asyncio.Future[Any], Any]] = []
        error = self._broken
        if error is None:
            try:
                results = self._transact(group)
            except (DatabaseError, OSError) as problem:
                # What could not be committed once is not tried again: the run must stop.
                error = self._broken = _refused(problem, self.where)
        loop = next(iter(group.futures)).get_loop()
        if error is not None:
            results = [(future, error) for future in group.futures]
        loop.call_soon_threadsafe(_resolve, results)

    def _transact(self, group: _Group) -> list[tuple[asyncio.Future[Any], Any]]:
        with self._connection.begin():
            found: dict[str, bytes] = {}
            if group.gets:
                columns = sa.select(_REPLIES.c.key, _REPLIES.c.reply)
                rows = self._connection.execute(columns.where(_REPLIES.c.key.in_(group.gets)))
                found = {key: bytes(reply) for key, reply in rows}
            if group.puts:
                now = time.time()
                self._insert(_REPLIES, [_columns(entry, now) for entry, _ in group.puts])
            stored = {*found, *(entry.key for entry, _ in group.puts)}
            uses = [
                {"run": purpose.run, "key": key, "stage": purpose.stage}
                for key, purpose in group.purposes.items()
                if key in stored
            ]
            if uses:
                self._insert(_USES, uses)
        results: list[tuple[asyncio.Future[Any], Any]] = [
            (future, found.get(key)) for key, waiting in group.gets.items() for future in waiting
        ]
        results.extend((future, None) for _, future in group.puts)
        return results

    def _insert(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        """Adds rows; those whose key is there already are left as they are."""
        maker = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        self._connection.execute(maker(table).on_conflict_do_nothing(), rows)


def _resolve(results: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, value in results:
        if future.done():
            continue
        if isinstance(value, LedgerError):
            future.set_exception(value)
        else:
            future.set_result(value)


def _columns(entry: Entry, now: float) -> dict[str, Any]:
    return {
        "key": entry.key,
        "request": entry.request,
        "reply": entry.reply,
        "model": entry.model,
        "address": entry.address,
        "input_tokens": entry.input_tokens,
        "output_tokens": entry.output_tokens,
        "price_usd": entry.price_usd,
        "created": now,
        "latency_s": entry.latency_s,
    }


def _connect(where: Path | str) -> sa.Engine:
    if isinstance(where, str) and "://" in where:
        return sa.create_engine(where)
    path = Path(where)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(error, str(path)) from error
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_S, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def durable(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


def _refused(error: Exception, where: str) -> LedgerError:
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
