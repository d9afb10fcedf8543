"""The child process: serves one GGUF file until its parent is gone. Run by `process`.

It prints one line, its address, and then nothing: llama.cpp's own log may hold prompt text, so
what it writes goes nowhere.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys
import threading

_PR_SET_PDEATHSIG = 1
_SILENT = -1  # llama.cpp logs what is at or below this level; errors are 1


def main() -> None:
    """Starts the server, says where it is, and waits for the parent to end."""
    given = _arguments()
    _die_with_parent(given.parent)
    answers = os.fdopen(os.dup(1), "w")
    _silence()
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = given.model
    params.n_parallel = given.slots
    params.n_ctx = given.slots * given.context
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.verbosity = _SILENT
    params.ui = False
    if given.threads:
        params.cpuparams.n_threads = given.threads
        params.cpuparams_batch.n_threads = given.threads
    server = xllamacpp.Server(params)
    answers.write(f"{server.listening_address}\n")
    answers.flush()
    threading.Event().wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--slots", type=int, required=True)
    parser.add_argument("--context", type=int, required=True)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--parent", type=int, required=True)
    return parser.parse_args()


def _die_with_parent(parent: int) -> None:
    """Ends this process when its parent does, also by SIGKILL.

    The kernel's signal is at once but Linux's alone, and comes when the thread that started this
    process ends; the end of standard input works everywhere. Whichever comes first.
    """
    threading.Thread(target=_end_with_input, daemon=True).start()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _end_with_input() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


if __name__ == "__main__":
    main()
