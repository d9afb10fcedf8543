"""A thread of its own: who waits for it is told, whatever ends it."""

from __future__ import annotations

import threading
from queue import SimpleQueue

import pytest

from inference.worker_thread import WorkerThread

_HANG_S = 30


def test_what_was_taken_is_done_though_another_thread_ends_it_meanwhile() -> None:
    worker = WorkerThread("test")

    class Queue(SimpleQueue):  # type: ignore[type-arg]  # of jobs
        def put(self, item: object, block: bool = True, timeout: float | None = None) -> None:
            if item is not None:
                ending = threading.Thread(target=worker.shutdown, args=(False,))
                ending.start()
                ending.join(0.2)
            super().put(item)

    worker._jobs = Queue()
    assert worker.submit(lambda: 7).result(_HANG_S) == 7
    worker.shutdown()
    with pytest.raises(RuntimeError, match="must be open"):
        worker.submit(lambda: 7)


def test_an_end_of_the_thread_itself_fails_all_who_wait_and_who_come_later() -> None:
    def fail() -> None:
        raise MemoryError("the text of a row")

    worker, busy = WorkerThread("test"), threading.Event()
    first = worker.submit(busy.wait, _HANG_S)
    worker._jobs.put(fail)
    last, cancelled = worker.submit(lambda: 7), worker.submit(lambda: 7)
    cancelled.cancel()
    busy.set()
    assert first.result(_HANG_S) is True
    with pytest.raises(RuntimeError, match=r"thread `test` must be open \(got MemoryError\)"):
        last.result(_HANG_S)
    with pytest.raises(RuntimeError, match="must be open"):
        worker.submit(lambda: 7)
