"""The ledger's face: replies by request key, what runs paid, and what they hold reserved.

SQLAlchemy Core, so that a PostgreSQL URL can take SQLite's place.
"""

import asyncio
import logging
from collections.abc import Collection
from contextlib import ExitStack, suppress
from pathlib import Path

import sqlalchemy as sa

from inference.accounts import Spend
from inference.errors import LedgerError
from inference.ledger.database import connect, is_url, refusing, shown, writing
from inference.ledger.entries import Balance, Entry, Purpose, ReservedAmount
from inference.ledger.mark import Mark
from inference.ledger.reader import decoded, text_of
from inference.ledger.tables import BUDGETS, HOLDS, REPLIES, USES, prepare
from inference.ledger.transaction import (
    Free,
    Job,
    LookUp,
    Lose,
    Reserve,
    Store,
    Transactions,
    balance_of,
    newly_missing,
    number_of_replies,
)
from inference.ledger.writer import Writer
from inference.prices import MOST_TOKENS
from inference.processes import own_name

_LOG = logging.getLogger(__name__)


class Ledger:
    """Replies by request key. `get` and `put` are awaited from any one event loop.

    Attributes:
        where: The path or the URL, as lines name it: without a password.

    Raises:
        LedgerError: The file is corrupt, locked, of a newer schema, or cannot be created.
    """

    def __init__(self, where: Path | str) -> None:
        """Opens or creates the ledger at a path (SQLite) or a SQLAlchemy URL."""
        self.where = shown(where)
        self._owner = own_name()
        self._passing: set[str] = set()
        self._mark = None if is_url(where) else Mark(Path(where))
        with ExitStack() as opened, refusing(self.where):
            if self._mark:
                opened.callback(self._mark.close)
            # Before the ledger itself is looked at: others may be adding to it.
            marked = self._mark.number() if self._mark else 0
            self._engine = connect(where)
            opened.callback(self._engine.dispose)
            self._connection = self._engine.connect()
            opened.callback(self._connection.close)
            prepare(self._connection, self.where)
            if self._mark:
                self._compare(self._mark, marked)
            self._transactions = Transactions(self._connection, self.where, self._owner)
            self._writer = Writer(self._transactions, self.where, self._mark)
            self._opened = opened.pop_all()

    async def get(self, key: str, purpose: Purpose | None = None) -> bytes | None:
        """The stored reply for `key`, or None. A reply that is found counts as used.

        A reply that is not the one that was stored under this key counts as none.
        """
        future: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._writer.ask(LookUp(key, purpose, future))
        return await future

    async def put(self, entry: Entry, purpose: Purpose | None = None) -> bytes:
        """Stores a reply; returns the stored one when it is durable.

        A sound one that is there already (another process was first) is left as it is and
        returned: what is made of a reply can then be made again from the ledger. A damaged one is
        replaced.

        Raises:
            EntryUnstorableError: The entry holds what the ledger cannot; others are not touched.
            LedgerError: It could not be made durable.
        """
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._writer.ask(Store(entry, purpose, future))
        return await future

    async def reserve(
        self, reserved: ReservedAmount, cap_usd: float | None = None
    ) -> Balance | None:
        """Stores what a call may cost; returns when it is durable, so that the call may be sent.

        Args:
            reserved: What is held, and for which run.
            cap_usd: Nothing is held where the run's spend and all that is held for it, by this
                process and others, would pass so many US dollars with it.

        Returns:
            None where it is held, else the run's balance, which had no room for it.
        """
        future: asyncio.Future[Balance | None] = asyncio.get_running_loop().create_future()
        self._writer.ask(Reserve(reserved, cap_usd, future))
        return await future

    def free(self, reservation: str) -> None:
        """Forgets what was held for a call that cost nothing; nobody waits for it."""
        self._tell(Free(reservation))

    def lose(self, reservation: str) -> None:
        """Keeps what was held for a call whose outcome nobody knows; nobody waits for it."""
        self._tell(Lose(reservation))

    def note_unreadable(self, key: str) -> None:
        """Counts a stored reply that `get` found sound and its reader cannot read."""
        self._transactions.unreadable.add(key)

    def require_sound(self) -> None:
        """Refuses to go on once a commit has failed: what is bought now could not be kept.

        Raises:
            LedgerError: What the failed commit met.
        """
        if self._writer.broken is not None:
            raise self._writer.broken

    def open_budget(self, run: str) -> Balance:
        """Where a run's money is; from now on the ledger keeps its sum, for `reserve`."""
        paid = sa.func.coalesce(USES.c.paid_usd, REPLIES.c.price_usd, 0.0)
        joined = USES.join(REPLIES, USES.c.key == REPLIES.c.key)
        total = sa.select(sa.func.coalesce(sa.func.sum(_sound_usd(paid)), 0.0)).select_from(joined)
        total = total.where(USES.c.run == run, USES.c.bought)
        with refusing(self.where), self._engine.connect() as connection, writing(connection):
            usd = connection.execute(total).scalar_one()
            connection.execute(sa.delete(BUDGETS).where(BUDGETS.c.run == run))
            connection.execute(sa.insert(BUDGETS).values(run=run, bought_usd=usd))
            return balance_of(connection, run, self._owner)

    def forget_budget_at_close(self, run: str) -> None:
        """Keeps no sum of a run once the ledger is closed: no other process goes on with it."""
        self._passing.add(run)

    def balance(self, run: str) -> Balance:
        """Where the money of a run is whose budget was opened, over all processes at work at it."""
        with refusing(self.where), self._engine.connect() as connection:
            return balance_of(connection, run, self._owner)

    def spent(self, run: str) -> dict[tuple[str, str], Spend]:
        """What the replies that a run ever used cost, by (stage, model); each reply counts once."""
        return self._sums(REPLIES.c.price_usd, USES.c.run == run)

    def latencies(self, run: str) -> dict[str, float]:
        """Seconds that each reply which a run used took when it was bought, by its key."""
        joined = USES.join(REPLIES, USES.c.key == REPLIES.c.key)
        query = sa.select(text_of(USES.c.key), REPLIES.c.latency_s).select_from(joined)
        sound = REPLIES.c.latency_s.between(0.0, _LONGEST_S)
        with refusing(self.where), self._engine.connect() as connection:
            rows = connection.execute(query.where(USES.c.run == run, sound)).all()
        return {decoded(key): float(seconds) for key, seconds in rows}

    def bought(self, run: str) -> dict[tuple[str, str], Spend]:
        """What a run itself paid for, by (stage, model): replies that it did not find here.

        A reply that two processes asked for at once was paid for twice, and counts once with both
        prices.
        """
        paid = sa.func.coalesce(USES.c.paid_usd, REPLIES.c.price_usd)
        return self._sums(paid, USES.c.run == run, USES.c.bought)

    def reserved(self, run: str) -> tuple[int, float]:
        """Calls of a run in flight or of unknown outcome, and the sum of their bounds."""
        sums = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(HOLDS.c.usd), 0.0))
        with refusing(self.where), self._engine.connect() as connection:
            calls, usd = connection.execute(sums.where(HOLDS.c.run == run)).one()
        return int(calls), float(usd)

    def count(self) -> int:
        """How many replies are stored."""
        with refusing(self.where), self._engine.connect() as connection:
            statement = sa.select(sa.func.count()).select_from(REPLIES)
            return int(connection.execute(statement).scalar_one())

    def close(self) -> None:
        """Commits what is queued and closes the file. The object is of no use afterwards."""
        if not self._writer.close():
            return  # its thread is stuck in the disk, and ends with the process
        self._say_unreadable()
        self._forget_budgets()
        self._opened.close()

    def _tell(self, job: Job) -> None:
        try:
            self._writer.ask(job)
        except LedgerError:
            return  # what is held stays held, on the safe side

    def _forget_budgets(self) -> None:
        passing, self._passing = self._passing, set()
        if not passing:
            return
        # What is left there costs a row, and is in nobody's way.
        with suppress(LedgerError), refusing(self.where), self._engine.connect() as connection:
            with writing(connection):
                connection.execute(sa.delete(BUDGETS).where(BUDGETS.c.run.in_(passing)))

    def _compare(self, mark: Mark, marked: int) -> None:
        """Says where the ledger holds less than it is known to have held."""
        with self._connection.begin():
            found = number_of_replies(self._connection)
        if gone := newly_missing(self._connection, found):
            _LOG.warning(
                "the ledger %s has lost %d of %d replies that were committed (they were deleted): "
                "put a copy back and run again, or go on, and they are paid for again",
                *(self.where, gone, found),
            )
        if found >= marked:
            mark.raise_to(found)
            return
        cause = "its -wal file was taken away, or an older copy restored" if found else "it is new"
        _LOG.warning(
            "the ledger %s has lost %d of %d replies that were committed (%s): put a newer copy "
            "back and run again, or go on, and they are paid for again",
            *(self.where, marked - found, marked, cause),
        )
        mark.reset(found)

    def _say_unreadable(self) -> None:
        if found := len(self._transactions.unreadable):
            self._transactions.unreadable.clear()
            _LOG.warning(
                "%d replies of the ledger %s were damaged: they counted as absent, and those that "
                "were asked for again were replaced; a backup and a look at the disk are due",
                *(found, self.where),
            )

    def _sums(
        self, usd: "sa.ColumnElement[float]", *where: sa.ColumnElement[bool]
    ) -> dict[tuple[str, str], Spend]:
        joined = USES.join(REPLIES, USES.c.key == REPLIES.c.key)
        # Older files and damaged ones may hold any count and any price: none of them ends a run.
        known = _sound_usd(usd)
        sums = (
            sa.func.count(),
            _total(REPLIES.c.input_tokens),
            _total(REPLIES.c.output_tokens),
            sa.func.coalesce(sa.func.sum(known), 0.0),
            sa.func.count() - sa.func.count(known),
        )
        by = (text_of(USES.c.stage), text_of(REPLIES.c.model))
        query = sa.select(*by, *sums).select_from(joined).where(*where)
        with refusing(self.where), self._engine.connect() as connection:
            rows = connection.execute(query.group_by(*by).order_by(*by)).all()
        found: dict[tuple[str, str], Spend] = {}
        for stage, model, replies, tokens_in, tokens_out, paid, unpriced in rows:
            name = (decoded(stage), decoded(model))
            spend = Spend(replies, 0, int(tokens_in), int(tokens_out), paid, unpriced)
            found[name] = found[name] + spend if name in found else spend
        return found


def requests_of(where: Path | str, keys: Collection[str]) -> dict[str, bytes]:
    """The canonical requests that stored replies were asked by, by key; nothing is written.

    Args:
        where: The ledger's path or URL, as for `Ledger`.
        keys: Keys of some replies; those that the ledger lacks are left out.

    Raises:
        LedgerError: It cannot be read.
    """
    if not keys or (not is_url(where) and not Path(where).exists()):
        return {}
    columns = (REPLIES.c.key, REPLIES.c.request)
    with refusing(shown(where)):
        engine = connect(where)
        try:
            with engine.connect() as connection:
                query = sa.select(*columns).where(REPLIES.c.key.in_(sorted(keys)))
                return {key: bytes(request) for key, request in connection.execute(query)}
        finally:
            engine.dispose()


_MOST_USD = 1e12
_LONGEST_S = 1e6


def _sound_usd(usd: "sa.ColumnElement[float]") -> "sa.ColumnElement[float]":
    """A price; none where it is no sum of money."""
    return sa.case((usd.between(0.0, _MOST_USD), usd))


def _total(count: "sa.ColumnElement[int]") -> "sa.ColumnElement[float]":
    """A sum of token counts; what is no count adds nothing."""
    sound = sa.case((count.between(0, MOST_TOKENS - 1), count), else_=0)
    return sa.func.coalesce(sa.func.sum(sa.cast(sound, sa.Float)), 0.0)
