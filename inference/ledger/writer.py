"""The ledger's thread: takes what is asked of the ledger and does it in groups.

It drains its queue, answers all look-ups with one SELECT and commits all new replies in one
transaction (group commit), so that durability costs one disk flush per group and not per call.
"""

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from inference.errors import EntryUnstorableError, LedgerError
from inference.ledger.database import is_locked, is_of_value, refused
from inference.ledger.mark import Mark
from inference.ledger.transaction import (
    Free,
    Job,
    LookUp,
    Lose,
    Reserve,
    Result,
    Store,
    Transactions,
)

_LOG = logging.getLogger(__name__)
_LARGEST_GROUP = 500  # keeps the IN list of one look-up well below every dialect's limit
_LOCKED_S = 300.0
_RETRY_S = 0.1
_CLOSING_S = 60.0
_WORK: Mapping[type[Job], str] = {
    LookUp: "look up a key",
    Store: "hold a reply's numbers and texts",
    Reserve: "hold a reservation",
    Free: "end a reservation",
    Lose: "end a reservation",
}


class Writer:
    """One thread that owns one connection. No end of it leaves anybody waiting.

    Args:
        transactions: Does the jobs, on the thread's connection.
        where: The ledger's place, as lines name it.
        mark: Is told how many replies there are, after each commit; None for no file of its own.
    """

    def __init__(self, transactions: Transactions, where: str, mark: Mark | None) -> None:
        self._transactions = transactions
        self._where = where
        self._mark = mark
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._broken: LedgerError | None = None
        self._thread = threading.Thread(target=self._serve, name="ledger", daemon=True)
        self._thread.start()

    @property
    def broken(self) -> LedgerError | None:
        """Why nothing can be stored any more, or None while all is well."""
        return self._broken

    def ask(self, job: Job) -> None:
        """Hands a job to the thread.

        Raises:
            LedgerError: The ledger is closed, or its thread has ended.
        """
        with self._lock:
            if self._closed:
                rule = f"the ledger {self._where} must be open"
                raise self._broken or LedgerError(rule, "closed")
            self._queue.put(job)

    def close(self) -> bool:
        """Does what is queued, then ends the thread; whether it did end. Safe to call twice."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join(_CLOSING_S)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        jobs: list[Job] = []
        try:
            running = True
            while running:
                jobs, running = self._next_group()
                if jobs:
                    self._answer(jobs)
                    jobs = []
            with contextlib.suppress(Exception):  # a reservation that stays in flight is but late
                self._transactions.lose_all()
        except BaseException as error:  # a thread that ends without a word leaves all waiting
            self._broken = self._broken or refused(error, self._where)
        finally:
            self._end(jobs)

    def _end(self, jobs: "list[Job]") -> None:
        """Refuses what is left in the queue and whatever comes."""
        with self._lock:
            self._closed = True
        left = [*jobs]
        while not self._queue.empty():
            job = self._queue.get()
            left += [] if job is None else [job]
        if left:
            error = self._broken or LedgerError(f"the ledger {self._where} must be open", "closed")
            _hand_over([(future, error) for future in _futures(left)])

    def _next_group(self) -> "tuple[list[Job], bool]":
        """What there is to do, at least one job, and whether more may come."""
        jobs: list[Job] = []
        job = self._queue.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) >= _LARGEST_GROUP or self._queue.empty():
                break
            job = self._queue.get()
        return jobs, job is not None

    def _answer(self, jobs: "list[Job]") -> None:
        if self._broken is None:
            try:
                results = self._patiently(jobs)
            except Exception as problem:
                if is_of_value(problem):
                    self._apart(jobs, problem)
                    return
                # What could not be committed once is not tried again: the run must stop.
                error = problem if isinstance(problem, LedgerError) else None
                self._broken = error or refused(problem, self._where)
            else:
                if self._mark is not None:
                    self._mark.raise_to(self._transactions.stored)
                _hand_over(results)
                return
        _hand_over([(future, self._broken) for future in _futures(jobs)])

    def _patiently(self, jobs: "list[Job]") -> list[Result]:
        """Does the jobs; a neighbour that keeps the ledger locked is waited for."""
        until = time.monotonic() + _LOCKED_S
        said = False
        while True:
            try:
                return self._transactions.do(jobs)
            except Exception as error:
                if not is_locked(error) or self._closed or time.monotonic() > until:
                    raise
            if not said:
                said = True
                _LOG.warning(
                    "the ledger %s is locked by another process; waiting up to %.0f s for it",
                    *(self._where, _LOCKED_S),
                )
            time.sleep(_RETRY_S)

    def _apart(self, jobs: "list[Job]", problem: Exception) -> None:
        """Does a group in halves, so that a value that cannot be stored fails its caller alone."""
        if len(jobs) > 1:
            half = len(jobs) // 2
            self._answer(jobs[:half])
            self._answer(jobs[half:])
            return
        rule = f"the ledger {self._where} must be able to {_WORK[type(jobs[0])]}"
        found = getattr(problem, "orig", None) or problem
        error = EntryUnstorableError(rule, type(found).__name__)  # its text may quote the value
        _hand_over([(future, error) for future in _futures(jobs)])


def _futures(jobs: "Iterable[Job]") -> "list[asyncio.Future[Any]]":
    return [job.future for job in jobs if not isinstance(job, Free | Lose)]


def _hand_over(results: Sequence[Result]) -> None:
    """Hands results to who waits, each in the event loop that it waits in."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Result]] = {}
    for future, value in results:
        by_loop.setdefault(future.get_loop(), []).append((future, value))
    for loop, own in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, own)
        except RuntimeError:
            continue  # the loop is closed: nobody waits in it


def _resolve(results: Sequence[Result]) -> None:
    for future, value in results:
        if future.done():
            continue
        if isinstance(value, LedgerError):
            future.set_exception(value)
        else:
            future.set_result(value)
