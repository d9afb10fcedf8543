"""The parent's side: starts the child, learns its address, and ends it."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from functools import cached_property
from pathlib import Path
from typing import IO

from inference.embedded.files import identity_of, model_file
from inference.errors import ModelFileUnusable

_START_S = 120.0
_STOP_S = 5.0
_SERVER = Path(__file__).with_name("server.py")


class EmbeddedServer:
    """One GGUF model behind a server of this process's own.

    Raises:
        ModelFileUnusable: There is no such file, or it is no GGUF file.
    """

    def __init__(
        self, path: Path | None, slots: int, context: int, threads: int | None = None
    ) -> None:
        """Finds the file; starts nothing.

        Args:
            path: A GGUF file, or None for the shipped model.
            slots: How many requests are served at once.
            context: Tokens of context that each of them has.
            threads: Threads of computation; None for one a core.
        """
        self.path = model_file(path)
        self._slots = slots
        self._context = context
        self._threads = threads or os.cpu_count() or 1
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._address = ""

    @cached_property
    def identity(self) -> str:
        """What the model is: `sha256:` and the hash of its file."""
        return identity_of(self.path)

    @property
    def pid(self) -> int | None:
        """The child's process id, or None where none runs."""
        return None if self._child is None else self._child.pid

    def start(self) -> str:
        """The server's address up to and with `/v1`; starts it where it does not run.

        Raises:
            ModelFileUnusable: llama.cpp does not take the file.
        """
        with self._lock:
            if self._child is None or self._child.poll() is not None:
                self._child = self._spawn()
                self._address = self._told(self._child)
            return f"{self._address}/v1"

    def stop(self) -> None:
        """Ends the server. Safe to call twice."""
        with self._lock:
            child, self._child = self._child, None
            if child is None:
                return
            child.terminate()
            try:
                child.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            _close(child)

    def _spawn(self) -> subprocess.Popen[str]:
        settings = {
            "--slots": self._slots,
            "--context": self._context,
            "--threads": self._threads,
            "--parent": os.getpid(),
        }
        options = [str(each) for pair in settings.items() for each in pair]
        return subprocess.Popen(
            [sys.executable, str(_SERVER), str(self.path), *options],
            stdin=subprocess.PIPE,  # its end tells the child that this process is gone
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _told(self, child: subprocess.Popen[str]) -> str:
        """The address that the child prints once it is ready."""
        line = _first_line(child.stdout)
        if line.startswith("http"):
            return line
        child.kill()
        child.wait()
        _close(child)
        found = f"{self.path}, exit status {child.returncode}"
        raise ModelFileUnusable("llama.cpp must be able to serve the model's file", found)


def _close(child: subprocess.Popen[str]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()


def _first_line(pipe: IO[str] | None) -> str:
    """The first line within the time that a start may take, else ""."""
    if pipe is None:
        return ""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=lambda: lines.put(pipe.readline()), daemon=True).start()
    try:
        return lines.get(timeout=_START_S).strip()
    except queue.Empty:
        return ""
