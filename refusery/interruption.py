"""Ctrl-C and SIGTERM: what runs is ended in order and in bounded time, with the right status.

The main thread does nothing but listen, so that it is never deaf: work goes on in a thread beside
it. A signal stops the engines of the process, and whoever waits for them gets their error; work
that asks no engine gets a `KeyboardInterrupt`. What has not ended some seconds later is left.
"""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import copy_context
from types import FrameType
from typing import Any, NoReturn, TypeVar

ResultT = TypeVar("ResultT")
Handler = Callable[[int, FrameType | None], None]

SIGNALS = (signal.SIGINT, signal.SIGTERM)
STOPPED = (
    "stopped; run the same command again to go on: what was answered is kept, and nothing answered "
    "is asked again"
)
IN_ORDER_S = 3.5
"""Seconds for an end in order."""

_LOOK_S = 0.1
_SAME_S = 0.5  # a terminal and a wrapper both hand on one Ctrl-C


def in_thread(name: str, work: Callable[[], ResultT]) -> Future[ResultT]:
    """Begins work in a thread of its own, which never keeps the process alive."""
    future: Future[ResultT] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # whoever waits sees it
            future.set_exception(error)

    context = copy_context()
    threading.Thread(target=context.run, args=(run,), name=name, daemon=True).start()
    return future


def result_of(future: Future[ResultT], look: Callable[[], None] | None = None) -> ResultT:
    """What the work gives; Ctrl-C stops it and is raised once it has ended, or soon after.

    Args:
        future: The work.
        look: Called again and again meanwhile; what it raises stops the work as well.
    """
    try:
        # Bounded waits: polars' handler of SIGINT makes one without an end deaf.
        while not _has_ended(future, _LOOK_S):
            if look is not None:
                look()
    except BaseException:
        end = time.monotonic() + IN_ORDER_S
        while not _has_ended(future, _LOOK_S) and time.monotonic() < end:
            stop()
        raise
    return future.result()


def stop() -> int:
    """Stops the engines that there are; how many."""
    # Where its module is not loaded, or only about to be, there are none.
    engines = getattr(sys.modules.get("inference.engine"), "stop_engines", None)
    return 0 if engines is None else int(engines())


def _has_ended(future: Future[Any], seconds: float) -> bool:
    try:
        future.exception(seconds)
    except TimeoutError:
        return False
    return True


class Interruption:
    """Listens for signals while a verb runs.

    Attributes:
        number: The signal that came, or None.
    """

    def __init__(self) -> None:
        """Does not listen yet."""
        self.number: int | None = None
        self._since = 0.0
        self._raised = False
        self._shields = 0
        self._lock = threading.Lock()  # between a look at the shields and the interrupt

    @property
    def status(self) -> int:
        """The exit status of what was interrupted: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + (self.number or signal.SIGINT)

    def run(self, work: Callable[[], ResultT]) -> ResultT:
        """What the work gives, done in a thread while this one listens.

        Only the main thread hears signals; elsewhere the work is just done.
        """
        if threading.current_thread() is not threading.main_thread():
            return work()
        self._begin()
        verb: list[threading.Thread] = []

        def begun() -> ResultT:
            verb.append(threading.current_thread())
            return work()

        with _handled(self._heard):
            future = in_thread("verb", begun)
            while not _has_ended(future, _LOOK_S):
                # Again and again: libraries that are loaded later set handlers, polars in C.
                _handle(self._heard)
                if self.number is not None and verb:
                    self._press(verb[0])
        return future.result()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """A signal in this block ends the process at once: there is nothing to be kept."""

        def heard(number: int, frame: FrameType | None) -> None:
            self.number = number
            self.exit_now()

        with _handled(heard):
            yield

    @contextmanager
    def shielded(self) -> Iterator[None]:
        """No interrupt is raised in this block: what is written in it is written whole.

        A second signal, or `IN_ORDER_S` seconds after the first, ends the process here too.
        """
        entered = 0
        try:
            with self._lock:
                self._shields += 1
                entered = 1
            # One that was raised meanwhile comes out here, before anything is begun.
            yield
        finally:
            with self._lock:
                self._shields -= entered

    def exit_now(self) -> NoReturn:
        """Ends the process at once; children that are ours end with it by themselves."""
        _say(STOPPED)
        os._exit(self.status)

    def _begin(self) -> None:
        self.number, self._raised = None, False

    def _heard(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.number is None:
            self.number, self._since = number, now
        elif now - self._since > _SAME_S:
            self.exit_now()

    def _press(self, verb: threading.Thread) -> None:
        if time.monotonic() - self._since > IN_ORDER_S:
            self.exit_now()
        if stop():
            self._raised = True  # by the engine: a second one would break what tidies up
            return
        with self._lock:
            if not self._raised and not self._shields:
                self._raised = True
                _raise_in(verb)


interruption = Interruption()
"""That of the process."""


def exit_with(status: int) -> NoReturn:
    """Ends the process; where threads may hang, after a signal above all, not waiting for them."""
    with interruption.at_once():
        end = getattr(sys.modules.get("flows.prefect_server"), "end_server", None)
        ended = end is None or end(hurried=interruption.number is not None)
    if interruption.number is None and ended:
        raise SystemExit(status)
    _flush()
    os._exit(status)


@contextmanager
def answering() -> Iterator[None]:
    """Ctrl-C ends the wait for an answer in this block, which is in the main thread.

    Libraries set handlers of their own as they are loaded; under polars' one the wait goes on.
    """
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, earlier if earlier is not None else signal.SIG_DFL)


@contextmanager
def _handled(handler: Handler) -> Iterator[None]:
    """Signals are handled so in this block; only the main thread can say how."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        _handle(handler)
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier if earlier is not None else signal.SIG_DFL)


def _handle(handler: Handler) -> None:
    for number in SIGNALS:
        signal.signal(number, handler)


def _raise_in(thread: threading.Thread) -> None:
    if thread.ident is not None:
        interrupt = ctypes.py_object(KeyboardInterrupt)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), interrupt)


def _say(line: str) -> None:
    _flush()
    try:
        os.write(2, f"refusery: {line}\n".encode())
    except OSError:
        return


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
