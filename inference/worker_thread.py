"""A thread of its own for work that would hold the event loop up.

The pools of the standard library are waited for when a process ends. Work that nobody waits for
any more (a model that embeds, a checker's long way through a text) must not keep a process alive.
Whatever ends the thread, who waits for it is told.

What runs here shares the interpreter with the event loop: code in Python lets the loop go on, while
a call into C that keeps the interpreter, such as one search by `re`, holds it up from here as well.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import suppress
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
        self._open = f"the thread `{name}` must be open"
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
                raise RuntimeError(self._open)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
                self._thread.start()
            self._waiting.add(future)  # type: ignore[arg-type]  # whatever it brings
            self._jobs.put(job)  # before the end that another thread may queue
        future.add_done_callback(self._waiting.discard)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes nothing more; what is queued is still done, or cancelled."""
        with self._lock:
            self._closed = True
            thread = self._thread
            self._jobs.put(None)
        if cancel_futures:
            for future in list(self._waiting):
                future.cancel()
        if wait and thread is not None:
            thread.join()

    def _serve(self) -> None:
        found = "its end"
        try:
            while (job := self._jobs.get()) is not None:
                job()
        except BaseException as error:  # who waits must hear of it; there is nobody else to tell
            found = type(error).__name__
        finally:
            with self._lock:
                self._closed = True
            for future in list(self._waiting):
                with suppress(InvalidStateError):  # it was cancelled
                    future.set_exception(RuntimeError(f"{self._open} (got {found})"))
