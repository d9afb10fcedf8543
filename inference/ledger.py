"""The ledger: every reply that was ever paid for, durable before its caller sees it.

One thread owns one connection. It drains its queue, answers all look-ups with one SELECT and
commits all new replies in one transaction (group commit), so that durability costs one disk
flush per group and not per call. SQLAlchemy Core, so that a PostgreSQL URL can take SQLite's place.
"""

import asyncio
import queue
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError

from inference.accounts import Spend
from inference.errors import LedgerError
from inference.ledger_schema import HOLDS, REPLIES, USES, connect, prepare, refused

if TYPE_CHECKING:
    from collections.abc import Iterable


_LARGEST_GROUP = 500  # keeps the IN list of one look-up well below every dialect's limit


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
        reply: The reply as `inference.ledger_schema.dump` wrote it.
        model: The model's name in the recipe.
        address: The server that was asked; recorded, not keyed.
        input_tokens: Tokens in, as the server counted them.
        output_tokens: Tokens out.
        price_usd: US dollars, or None where the price is unknown.
        latency_s: Seconds from sending to the last byte.
        reservation: The id of what was held for the call and is held no longer; "" where nothing
            was.
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
    reservation: str = ""


@dataclass(frozen=True, slots=True)
class ReservedAmount:
    """What one call under a cap may cost, stored before the call is sent.

    Attributes:
        id: A name of its own.
        run: The run that pays.
        model: The model's name in the recipe.
        usd: US dollars, from above.
    """

    id: str
    run: str
    model: str
    usd: float


@dataclass(frozen=True, slots=True)
class _Freed:
    """The id of a hold whose call cost nothing."""

    id: str


@dataclass(slots=True)
class _Group:
    """What the thread takes from its queue at once."""

    gets: dict[str, list[asyncio.Future[bytes | None]]] = field(default_factory=dict)
    puts: list[tuple[Entry, asyncio.Future[None]]] = field(default_factory=list)
    reservations: list[tuple[ReservedAmount, asyncio.Future[None]]] = field(default_factory=list)
    freed: list[str] = field(default_factory=list)
    purposes: dict[str, Purpose] = field(default_factory=dict)

    def add(self, job: "_Job") -> None:
        if isinstance(job, _Freed):
            self.freed.append(job.id)
            return
        subject, purpose, future = job
        if isinstance(subject, ReservedAmount):
            self.reservations.append((subject, future))
            return
        if isinstance(subject, Entry):
            self.puts.append((subject, future))
        else:
            self.gets.setdefault(subject, []).append(future)
        if purpose is not None:
            key = subject.key if isinstance(subject, Entry) else subject
            self.purposes.setdefault(key, purpose)

    @property
    def size(self) -> int:
        return len(self.gets) + len(self.puts) + len(self.reservations) + len(self.freed)

    @property
    def futures(self) -> "Iterable[asyncio.Future[Any]]":
        for waiting in self.gets.values():
            yield from waiting
        for _, future in (*self.puts, *self.reservations):
            yield future


_Subject: TypeAlias = "str | Entry | ReservedAmount"
_Job: TypeAlias = "tuple[_Subject, Purpose | None, asyncio.Future[Any]] | _Freed"


class Ledger:
    """Replies by request key. `get` and `put` are awaited from any one event loop.

    Raises:
        LedgerError: The file is corrupt, locked, of a newer schema, or cannot be created.
    """

    def __init__(self, where: Path | str) -> None:
        """Opens or creates the ledger at a path (SQLite) or a SQLAlchemy URL."""
        self.where = str(where)
        self._engine = connect(where)
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._broken: LedgerError | None = None
        try:
            self._connection = self._engine.connect()
            prepare(self._connection, self.where)
        except (DatabaseError, OSError) as error:
            self._engine.dispose()
            raise refused(error, self.where) from error
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

    async def reserve(self, reserved: ReservedAmount) -> None:
        """Stores what a call may cost; returns when it is durable, so that the call may be sent."""
        await self._enqueue(reserved, None)

    def free(self, reservation: str) -> None:
        """Forgets what was held for a call that cost nothing; nobody waits for it."""
        self._queue.put(_Freed(reservation))

    def require_sound(self) -> None:
        """Refuses to go on once a commit has failed: what is bought now could not be kept.

        Raises:
            LedgerError: What the failed commit met.
        """
        if self._broken is not None:
            raise self._broken

    def spent(self, run: str) -> dict[tuple[str, str], Spend]:
        """What the replies that a run ever used cost, by (stage, model); each reply counts once."""
        return self._sums(USES.c.run == run)

    def bought(self, run: str) -> dict[tuple[str, str], Spend]:
        """What a run itself paid for, by (stage, model): replies that it did not find here."""
        return self._sums(USES.c.run == run, USES.c.bought)

    def reserved(self, run: str) -> tuple[int, float]:
        """Calls of a run whose outcome nobody knows, and the most US dollars they can have cost."""
        sums = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(HOLDS.c.usd), 0.0))
        with self._engine.connect() as connection:
            calls, usd = connection.execute(sums.where(HOLDS.c.run == run)).one()
        return int(calls), float(usd)

    def count(self) -> int:
        """How many replies are stored."""
        with self._engine.connect() as connection:
            statement = sa.select(sa.func.count()).select_from(REPLIES)
            return int(connection.execute(statement).scalar_one())

    def close(self) -> None:
        """Commits what is queued and closes the file. The object is of no use afterwards."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()
        self._engine.dispose()

    def _sums(self, *where: sa.ColumnElement[bool]) -> dict[tuple[str, str], Spend]:
        joined = USES.join(REPLIES, USES.c.key == REPLIES.c.key)
        sums = (
            sa.func.count(),
            sa.func.sum(REPLIES.c.input_tokens),
            sa.func.sum(REPLIES.c.output_tokens),
            sa.func.coalesce(sa.func.sum(REPLIES.c.price_usd), 0.0),
            sa.func.count() - sa.func.count(REPLIES.c.price_usd),
        )
        by = (USES.c.stage, REPLIES.c.model)
        query = sa.select(*by, *sums).select_from(joined).where(*where)
        with self._engine.connect() as connection:
            rows = connection.execute(query.group_by(*by).order_by(*by)).all()
        return {
            (stage, model): Spend(replies, 0, tokens_in, tokens_out, usd, unpriced)
            for stage, model, replies, tokens_in, tokens_out, usd, unpriced in rows
        }

    def _enqueue(self, subject: _Subject, purpose: Purpose | None) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.put((subject, purpose, future))
        return future

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
                error = self._broken = refused(problem, self.where)
        if error is not None:
            results = [(future, error) for future in group.futures]
        if results:
            results[0][0].get_loop().call_soon_threadsafe(_resolve, results)

    def _transact(self, group: _Group) -> list[tuple[asyncio.Future[Any], Any]]:
        with self._connection.begin():
            found: dict[str, bytes] = {}
            if group.gets:
                columns = sa.select(REPLIES.c.key, REPLIES.c.reply)
                rows = self._connection.execute(columns.where(REPLIES.c.key.in_(group.gets)))
                found = {key: bytes(reply) for key, reply in rows}
            bought = self._store(group) if group.puts else set()
            stored = {*found, *(entry.key for entry, _ in group.puts)}
            uses = [
                {"run": each.run, "key": key, "stage": each.stage, "bought": key in bought}
                for key, each in group.purposes.items()
                if key in stored
            ]
            if uses:
                self._insert(USES, uses)
            if group.reservations:
                self._insert(HOLDS, [asdict(reserved) for reserved, _ in group.reservations])
            if group.freed:
                self._connection.execute(sa.delete(HOLDS).where(HOLDS.c.id.in_(group.freed)))
        results: list[tuple[asyncio.Future[Any], Any]] = [
            (future, found.get(key)) for key, waiting in group.gets.items() for future in waiting
        ]
        results.extend((future, None) for _, future in (*group.puts, *group.reservations))
        return results

    def _store(self, group: _Group) -> set[str]:
        """Adds the replies that are new and frees what was held for them; gives their keys.

        Of two equal calls that were both paid for (two processes, two names of one model) one reply
        is stored: what was held for the other stays spent.
        """
        keys = {entry.key for entry, _ in group.puts}
        there = sa.select(REPLIES.c.key).where(REPLIES.c.key.in_(keys))
        known = set(self._connection.execute(there).scalars())
        new: dict[str, Entry] = {}
        for entry, _ in group.puts:
            if entry.key not in known:
                new.setdefault(entry.key, entry)
        now = time.time()
        if new:
            self._insert(REPLIES, [_columns(entry, now) for entry in new.values()])
        group.freed.extend(entry.reservation for entry in new.values() if entry.reservation)
        return set(new)

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
