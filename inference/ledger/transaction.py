"""What the ledger does in one transaction: look up, store, reserve and free, for many at once."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import sqlalchemy as sa

from inference.errors import LedgerError
from inference.ledger.database import unsound, writing
from inference.ledger.entries import Balance, Entry, Purpose, ReservedAmount
from inference.ledger.tables import BUDGETS, HOLDS, META, REPLIES, USES, checksum_of
from inference.processes import is_alive


@dataclass(frozen=True, slots=True)
class LookUp:
    """A reply is asked for."""

    key: str
    purpose: Purpose | None
    future: "asyncio.Future[bytes | None]"


@dataclass(frozen=True, slots=True)
class Store:
    """A reply is to be stored; who waits is given the one that is stored."""

    entry: Entry
    purpose: Purpose | None
    future: "asyncio.Future[bytes]"


@dataclass(frozen=True, slots=True)
class Reserve:
    """A bound is to be held where the cap has room; who waits is given None, or what is in the way.

    A cap of None has room for all.
    """

    reserved: ReservedAmount
    cap_usd: float | None
    future: "asyncio.Future[Balance | None]"


@dataclass(frozen=True, slots=True)
class Free:
    """A bound is held no longer: its call cost nothing."""

    id: str


@dataclass(frozen=True, slots=True)
class Lose:
    """Nobody knows what became of a call: its bound stays, and is in flight no longer."""

    id: str


Job: TypeAlias = LookUp | Store | Reserve | Free | Lose
Result: TypeAlias = "tuple[asyncio.Future[Any], Any]"


def _adding(table: sa.Table, *names: str) -> sa.TextClause:
    """Adds rows whose key is not there yet, in words that SQLite and PostgreSQL share.

    As text, since SQLAlchemy compiles its own form of this anew each time.
    """
    values = ", ".join(f":{name}" for name in names)
    return sa.text(
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values}) ON CONFLICT DO NOTHING"
    )


_ADDED = {
    "replies": _adding(REPLIES, *REPLIES.columns.keys()),
    "uses": _adding(USES, "run", "key", "stage", "bought"),
    "holds": _adding(HOLDS, "id", "run", "model", "usd", "owner", "created"),
}
_PAID = sa.text(
    "INSERT INTO uses (run, key, stage, bought, paid_usd) "
    "VALUES (:run, :key, :stage, :bought, :paid_usd) "
    "ON CONFLICT (run, key) DO UPDATE SET bought = excluded.bought, paid_usd = "
    "coalesce(coalesce(uses.paid_usd, 0.0) + excluded.paid_usd, uses.paid_usd)"
)


class Transactions:
    """Does groups of jobs on one connection, for one owner of reservations.

    Attributes:
        unreadable: Keys of replies that were found damaged.
        stored: The highest number of a reply that this object stored; 0 before the first.
    """

    def __init__(self, connection: sa.Connection, where: str, owner: str) -> None:
        self.unreadable: set[str] = set()
        self.stored = 0
        self._connection = connection
        self._where = where
        self._owner = owner
        self._reserved = False

    def do(self, jobs: "list[Job]") -> list[Result]:
        """Does all of the jobs or none; what each future is to be given, once it is durable."""
        lookups = [job for job in jobs if isinstance(job, LookUp)]
        found = self._look_up({job.key for job in lookups})
        results: list[Result] = [(job.future, found.get(job.key)) for job in lookups]
        uses = [job for job in lookups if job.purpose is not None and job.key in found]
        others = [job for job in jobs if not isinstance(job, LookUp)]
        if uses or others:
            with writing(self._connection) as connection:
                self._insert(USES, _used(uses))
                results += self._write(connection, others)
        return results

    def lose_all(self) -> None:
        """Leaves nothing in flight: what came of it, nobody will know."""
        if not self._reserved:
            return
        own = sa.update(HOLDS).where(HOLDS.c.owner == self._owner)
        with writing(self._connection) as connection:
            connection.execute(own.values(owner=None))

    def _look_up(self, keys: set[str]) -> dict[str, bytes]:
        """The sound replies of these keys."""
        if not keys:
            return {}
        with self._connection.begin():
            stored = self._stored(keys)
        found = {key: self._sound(key, row) for key, row in stored.items()}
        self.unreadable.update(key for key, reply in found.items() if reply is None)
        return {key: reply for key, reply in found.items() if reply is not None}

    def _write(self, connection: sa.Connection, jobs: "Sequence[Job]") -> list[Result]:
        stores = [job for job in jobs if isinstance(job, Store)]
        results = self._store(stores) if stores else []
        freed = {job.id for job in jobs if isinstance(job, Free)}
        ended = freed | {job.entry.reservation for job in stores if job.entry.reservation}
        if ended:
            connection.execute(sa.delete(HOLDS).where(HOLDS.c.id.in_(ended)))
        lost = [job.id for job in jobs if isinstance(job, Lose)]
        if lost:
            connection.execute(sa.update(HOLDS).where(HOLDS.c.id.in_(lost)).values(owner=None))
        # What is freed makes room first. Who gave up while it waited here is reserved nothing.
        reserves = [job for job in jobs if isinstance(job, Reserve)]
        results += [(job.future, None) for job in reserves if job.reserved.id in freed]
        results += self._reserve([job for job in reserves if job.reserved.id not in freed])
        return results

    def _store(self, jobs: list[Store]) -> list[Result]:
        """Adds the replies that are new, puts new ones in the place of damaged ones.

        Of two equal calls that were both paid for (two processes, two names of one model) one
        reply is stored and given to both; what the other cost is counted as well.
        """
        now = time.time()
        there = self._stored({job.entry.key for job in jobs})
        new = {job.entry.key: job.entry for job in reversed(jobs) if job.entry.key not in there}
        self._insert(REPLIES, [_columns(entry, now) for entry in new.values()])
        there |= self._read_back(new)
        results: list[Result] = []
        for job in jobs:
            entry = job.entry
            row = there.get(entry.key)
            kept = new[entry.key].reply if row is None else self._sound(entry.key, row)
            if kept is None or kept == entry.instead_of:
                self._replace(_columns(entry, now))
                there |= self._stored({entry.key})
                kept = self._sound(entry.key, there.get(entry.key))
            if kept is None:  # the file's own plan is damaged: it takes replies, and loses them
                raise unsound(self._where, "it does not give back what is put into it")
            results.append((job.future, kept))
        self._count_paid(jobs)
        self._number()
        return results

    def _read_back(self, new: "Mapping[str, Entry]") -> "dict[str, sa.Row[Any]]":
        """The rows of new entries; under SQLite's lock, of one of them alone.

        There nobody was faster, and one is enough to see that the file keeps what it is given.
        """
        alone = self._connection.dialect.name == "sqlite"
        found = self._stored(islice(new, 1) if alone else new)
        if any(key not in found for key in islice(new, 1)):
            raise unsound(self._where, "it does not give back what is put into it")
        return found

    def _count_paid(self, jobs: list[Store]) -> None:
        """Says of each run what it paid for which reply, and adds it to what the run has spent."""
        uses: dict[tuple[str, str], dict[str, Any]] = {}
        spent: dict[str, float] = {}
        for job in jobs:
            if job.purpose is None:
                continue
            run, usd = job.purpose.run, job.entry.price_usd
            use = uses.setdefault(
                (run, job.entry.key), _use(job.purpose, job.entry.key) | {"bought": True}
            )
            if usd is not None:
                use["paid_usd"] = (use["paid_usd"] or 0.0) + usd
                spent[run] = spent.get(run, 0.0) + usd
        if not uses:
            return
        self._connection.execute(_PAID, list(uses.values()))
        for run, usd in spent.items():
            budget = sa.update(BUDGETS).where(BUDGETS.c.run == run)
            self._connection.execute(budget.values(bought_usd=BUDGETS.c.bought_usd + usd))

    def _reserve(self, jobs: list[Reserve]) -> Iterator[Result]:
        """Holds the bounds that a run's cap has room for, one after the other."""
        now = time.time()
        held: dict[str, float] = {}
        balances: dict[str, Balance] = {}
        rows: list[dict[str, Any]] = []
        for job in jobs:
            run, usd = job.reserved.run, job.reserved.usd
            if job.cap_usd is not None:
                if run not in balances:
                    balances[run] = balance_of(self._connection, run, self._owner)
                    held[run] = balances[run].held_usd
                if held[run] + usd > job.cap_usd:
                    yield job.future, balances[run]
                    continue
                held[run] += usd
            rows.append(_reservation_columns(job.reserved, self._owner, now))
            yield job.future, None
        self._insert(HOLDS, rows)
        self._reserved = self._reserved or bool(rows)

    def _stored(self, keys: Iterable[str]) -> "dict[str, sa.Row[Any]]":
        # As bytes, whatever a damaged file says that they are.
        columns = (REPLIES.c.reply, REPLIES.c.checksum, REPLIES.c.encoding)
        query = sa.select(
            REPLIES.c.key,
            *(sa.cast(column, sa.LargeBinary).label(column.name) for column in columns),
        )
        rows = self._connection.execute(query.where(REPLIES.c.key.in_(set(keys)))).all()
        return {row.key: row for row in rows}

    def _sound(self, key: str, row: "sa.Row[Any] | None") -> bytes | None:
        """The reply's bytes, or None where there are none that were stored for this key.

        Raises:
            LedgerError: A newer refusery wrote them, in a form that is not known here.
        """
        if row is None:
            return None
        reply, checksum, encoding = row.reply, row.checksum, row.encoding
        if not isinstance(reply, bytes):
            return None
        if checksum is None:
            return reply if encoding is None else None
        form = None if encoding is None else bytes(encoding).decode("utf-8", "replace")
        if checksum != checksum_of(key, form, reply):
            return None
        if form not in (None, "json"):
            rule = f"replies of the ledger {self._where} must be JSON; use a newer refusery"
            raise LedgerError(rule, form[:40])
        return reply

    def _replace(self, columns: dict[str, Any]) -> None:
        changed = sa.update(REPLIES).where(REPLIES.c.key == columns["key"])
        self._connection.execute(changed.values(**columns))

    def _number(self) -> None:
        """Learns how many replies there are, from SQLite's own number of the last one."""
        if self._connection.dialect.name == "sqlite":
            self.stored = number_of_replies(self._connection)

    def _insert(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        """Adds rows; those whose key is there already are left as they are."""
        if rows:
            self._connection.execute(_ADDED[table.name], rows)


def number_of_replies(connection: sa.Connection) -> int:
    """SQLite's number of the newest reply: how many were ever stored in this file."""
    found = connection.exec_driver_sql("SELECT max(rowid) FROM replies").scalar_one()
    return int(found or 0)


_GONE = "deleted_replies"
_DIGITS = 19


def newly_missing(connection: sa.Connection, newest: int) -> int:
    """How many replies up to SQLite's number of the newest are gone and were not noted before.

    SQLite numbers rows one after the other, and no row is ever deleted here. What is gone is noted
    in the ledger, so that it is said once; a VACUUM numbers anew, and then none are.
    """
    with connection.begin():
        there = connection.execute(sa.select(sa.func.count()).select_from(REPLIES)).scalar_one()
        noted = connection.execute(sa.select(META.c.value).where(META.c.name == _GONE)).scalar()
    said = str(noted)
    before = int(said) if said.isascii() and said.isdigit() and len(said) < _DIGITS else 0
    gone = max(0, newest - int(there))
    if gone != before:
        with writing(connection):
            connection.execute(sa.delete(META).where(META.c.name == _GONE))
            connection.execute(sa.insert(META).values(name=_GONE, value=str(gone)))
    return max(0, gone - before)


def balance_of(connection: sa.Connection, run: str, owner: str) -> Balance:
    """Where a run's money is, as `owner` sees it."""
    query = sa.select(BUDGETS.c.bought_usd).where(BUDGETS.c.run == run).with_for_update()
    bought = connection.execute(query).scalar_one_or_none() or 0.0
    sums = sa.select(HOLDS.c.owner, sa.func.count(), sa.func.sum(HOLDS.c.usd))
    unknown, unknown_usd, others_usd, own_usd = 0, 0.0, 0.0, 0.0
    rows = connection.execute(sums.where(HOLDS.c.run == run).group_by(HOLDS.c.owner)).all()
    for holder, calls, usd in rows:
        if holder == owner:
            own_usd += usd
        elif holder is not None and is_alive(holder):
            others_usd += usd
        else:
            unknown, unknown_usd = unknown + calls, unknown_usd + usd
    return Balance(float(bought), unknown, unknown_usd, others_usd, own_usd)


def _used(jobs: list[LookUp]) -> list[dict[str, Any]]:
    return [_use(job.purpose, job.key) for job in jobs if job.purpose is not None]


def _use(purpose: Purpose, key: str) -> dict[str, Any]:
    return {
        "run": purpose.run,
        "key": key,
        "stage": purpose.stage,
        "bought": False,
        "paid_usd": None,
    }


def _reservation_columns(reserved: ReservedAmount, owner: str, now: float) -> dict[str, Any]:
    return {
        "id": reserved.id,
        "run": reserved.run,
        "model": reserved.model,
        "usd": reserved.usd,
        "owner": owner,
        "created": now,
    }


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
        "checksum": checksum_of(entry.key, None, entry.reply),
        "encoding": None,
    }
