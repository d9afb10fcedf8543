"""A thread of its own for work that would hold the event loop up.

The pools of the standard library are waited for when a process ends. Work that nobody waits for
any more (a model that embeds, a pattern on a long text) must not keep a process alive.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

ParamsT = ParamSpec("ParamsT")
ResultT = TypeVar("ResultT")


async def apart(
    call: Callable[ParamsT, ResultT], *args: ParamsT.args, **kwargs: ParamsT.kwargs
) -> ResultT:
    """What a call brings that may take long, in a thread that keeps no process alive."""
    worker = WorkerThread(getattr(call, "__name__", "apart"))
    try:
        return await asyncio.wrap_future(worker.submit(call, *args, **kwargs))
    finally:
        worker.shutdown(wait=False)


class WorkerThread(Executor):
    """Runs one thing after the other; whatever a thing raises ends that thing alone."""

    def __init__(self, name: str) -> None:
        """Starts no thread before there is something to do."""
        self._name = name
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._waiting: set[Future[object]] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(
        self, fn: Callable[ParamsT, ResultT], /, *args: ParamsT.args, **kwargs: ParamsT.kwargs
    ) -> Future[ResultT]:
        """Queues a call.

        Raises:
            RuntimeError: The thread was ended.
        """
        future: Future[ResultT] = Future()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except StopIteration:  # no future of the event loop can hold it
                future.set_exception(RuntimeError("StopIteration"))
            except BaseException as error:  # who waits must hear of it, whatever it is
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._lock:
            if self._closed:
                raise RuntimeError(f"the thread `{self._name}` must be open")
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
                self._thread.start()
            self._waiting.add(future)  # type: ignore[arg-type]  # whatever it brings
        future.add_done_callback(self._waiting.discard)
        self._jobs.put(job)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes nothing more; what is queued is still done, or cancelled."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if cancel_futures:
            for future in list(self._waiting):
                future.cancel()
        self._jobs.put(None)
        if wait and thread is not None:
            thread.join()

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
