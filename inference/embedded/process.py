"""The parent's side of an embedded model: starts its server, knows its address, ends it."""

import contextlib
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from inference.embedded.files import identity_of, model_file
from inference.errors import EngineStoppedError, ModelFileUnusableError

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_MOST = 16  # a memory-bound model gains nothing from more


def usable_cores() -> int:
    """Cores by affinity and by the container's quota, at least 1 and at most 16.

    A container with two of a machine's 64 cores still sees 64; that many threads would spend its
    share on waiting for each other.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    try:
        quota = cores_of_quota(_QUOTA.read_text(encoding="ascii"))
    except OSError:
        quota = None
    return max(1, min(cores, _MOST, quota or cores))


def cores_of_quota(text: str) -> int | None:
    """The whole cores that the text of a cgroup's `cpu.max` grants; None where it sets no limit.

    The text is "quota period" in microseconds, or "max period".
    """
    quota, period = text.split()
    return None if quota == "max" else max(1, int(quota) // int(period))


_DYING_S = 0.5
_CHILD = Path(__file__).with_name("server.py")
_STOP_S = 5.0
_START_S = 600.0  # a model of tens of gigabytes on a slow disk takes minutes
_LONGEST_LINE = 200  # characters
_MOST_LOG = 100_000  # characters
_ADDRESS = re.compile(r"http://127\.0\.0\.1:[0-9]{1,5}")
_REASON = re.compile(r"error loading model: (.+)")


class EmbeddedServer:
    """One model in a child process that speaks the OpenAI protocol on loopback.

    It starts when first needed and ends with this process, also where that is killed. Safe to use
    from several threads.

    Args:
        path: A GGUF file, or None for the shipped model.
        slots: How many requests are answered at the same time.
        context: Tokens of context per slot.
        threads: Threads that compute, or None for all cores that this process may use.
        start_s: Seconds until a model that is still loading is given up.

    Attributes:
        key: The key that the server which was started last asks for; "" before.

    Raises:
        ModelFileUnusableError: The file is missing or is no GGUF file.
    """

    def __init__(
        self,
        path: Path | None,
        slots: int,
        context: int,
        threads: int | None = None,
        start_s: float = _START_S,
    ) -> None:
        """Checks the file; starts nothing."""
        self.key = ""
        self._start_s = start_s
        self.path = model_file(path)
        self._slots = slots
        self._context = context
        self._threads = usable_cores() if threads is None else threads
        self._child: subprocess.Popen[str] | None = None
        self._address = ""
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._stopping = 0
        self._is_closed = False

    @property
    def identity(self) -> str:
        """What the model is: its file's SHA-256, wherever the file lies."""
        return identity_of(self.path)

    @property
    def pid(self) -> int | None:
        """The child's process id, or None where none was started."""
        return None if self._child is None else self._child.pid

    def start(self) -> str:
        """Starts the server where none is running, and waits until it answers.

        Returns:
            Its address up to and with `/v1`.

        Raises:
            ModelFileUnusableError: llama.cpp cannot load the file.
            EngineStoppedError: It was stopped while it loaded, or closed before.
        """
        with self._lock:
            if self._is_closed:
                raise _stopped("it is closed")
            if self._child is None or _has_ended(self._child):
                self._end()
                self._address = self._spawn()
            return f"{self._address}/v1"

    def stop(self) -> None:
        """Ends the server. Safe to call twice; `start` starts it anew."""
        with self._counting:
            self._stopping += 1
        try:
            # Who loads holds the lock until the child ends, and looks at `_stopping` once there is
            # one: either of the two sees it.
            loading = self._child
            if loading is not None:
                loading.terminate()
            with self._lock:
                self._end()
        finally:
            with self._counting:
                self._stopping -= 1

    def close(self) -> None:
        """Ends the server for good: a later `start` starts nothing. Safe to call twice."""
        self._is_closed = True
        self.stop()

    def _spawn(self) -> str:
        self.key = secrets.token_urlsafe(32)
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
            child = self._child = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for us; the server ends when we do
            )
            if self._stopping:
                child.terminate()
            late = threading.Timer(self._start_s, child.kill)
            late.daemon = True
            late.start()
            try:
                address = self._first_line(child)
            finally:
                late.cancel()
            if not _ADDRESS.fullmatch(address):
                self._end()
                if self._stopping:
                    raise _stopped("it was stopped while it loaded")
                raise self._unusable(log)
        return address

    def _first_line(self, child: subprocess.Popen[str]) -> str:
        """Hands the key over, where no other user can read it, and waits for the address."""
        try:
            _piped(child.stdin).write(f"{self.key}\n")
            _piped(child.stdin).flush()
        except OSError:  # it has ended already; its log says why
            return ""
        return _piped(child.stdout).readline(_LONGEST_LINE).strip()

    def _command(self) -> list[str]:
        options = {"slots": self._slots, "context": self._context, "threads": self._threads}
        pairs = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        return [sys.executable, "-P", str(_CHILD), str(self.path), "--name", self.path.stem, *pairs]

    def _unusable(self, log: IO[str]) -> ModelFileUnusableError:
        log.seek(0)
        found = _REASON.search(log.read(_MOST_LOG))
        reason = f": {found[1]}" if found else ""
        return ModelFileUnusableError(
            "llama.cpp must be able to load the model", f"{self.path}{reason}"
        )

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        with contextlib.suppress(OSError):  # what it never read
            _piped(child.stdin).close()
        child.terminate()
        try:
            child.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        _piped(child.stdout).close()


# What a program needs to find its files and libraries and to use its processors. Keys, tokens and
# addresses of ours are nothing to a native library that reads files of others.
_PASSED = frozenset(
    "PATH HOME TMPDIR TEMP TMP LANG LANGUAGE TZ LD_LIBRARY_PATH DYLD_LIBRARY_PATH PYTHONPATH "
    "PYTHONHOME VIRTUAL_ENV SYSTEMROOT CUDA_VISIBLE_DEVICES HIP_VISIBLE_DEVICES".split()
)
_PASSED_STARTS = ("LC_", "OMP_", "KMP_", "GGML_")


def _environment() -> dict[str, str]:
    """A small part of ours, with threads that sleep while they wait.

    By default OpenMP's threads spin: where another process uses a core as well, each barrier costs
    a time slice, and two threads were seen to be 25 times slower than they can be.
    """
    ours = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED or name.startswith(_PASSED_STARTS)
    }
    return {"OMP_WAIT_POLICY": "PASSIVE", **ours}


def _stopped(found: str) -> EngineStoppedError:
    return EngineStoppedError("an embedded model must be open to be started", found)


def _piped(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("the child was started without its pipes")
    return stream


def _has_ended(child: subprocess.Popen[str]) -> bool:
    """Whether a child has ended. A killed one counts only when the last of its threads is gone."""
    try:
        child.wait(_DYING_S)
    except subprocess.TimeoutExpired:
        return False
    return True
