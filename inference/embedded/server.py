"""The child process: llama.cpp's server, which lives no longer than the process that started it.

Run by its path (`python -P .../server.py`), so that it depends on no working directory; it imports
nothing of this project. The first line that it reads from standard input is the key that it asks
for, the first line that it writes to standard output is its address. Its log goes to standard
error, errors only: from level 2 on, llama.cpp's lines may quote what was sent.
"""

import argparse
import os
import sys
import threading
import time

import xllamacpp

_ERRORS_ONLY = 1
_PROMPT_CACHE_MIB = 1024
_WATCH_S = 0.5
_NICENESS = 10


def main() -> None:
    """Serves until standard input ends or the parent is gone."""
    arguments = _arguments()
    parent = os.getppid()
    # llama.cpp's threads wait for each other by spinning. Where they and the parent (which loads
    # and runs an encoder) want all cores, both come to a crawl unless one goes first.
    os.nice(_NICENESS)
    key = _line()
    threading.Thread(target=_exit_with_input, daemon=True).start()
    # llama.cpp may write to standard output too; only the address belongs there.
    address_line = os.dup(1)
    os.dup2(2, 1)
    server = xllamacpp.Server(_parameters(arguments, key))
    os.write(address_line, f"{server.listening_address}\n".encode())
    os.close(address_line)
    # Input does not end while a forked sibling still holds the pipe, so the parent is watched too.
    # PR_SET_PDEATHSIG would not do: it fires when the thread that started us ends.
    while os.getppid() == parent:
        time.sleep(_WATCH_S)
    os._exit(0)


def _line() -> str:
    """The first line of standard input, byte by byte: what follows it is another's to wait for."""
    line = b""
    while (byte := os.read(0, 1)) not in (b"", b"\n"):
        line += byte
    return line.decode()


def _exit_with_input() -> None:
    while os.read(0, 1):
        pass
    os._exit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path")
    parser.add_argument("--slots", type=int, required=True)
    parser.add_argument("--context", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--name", required=True)
    return parser.parse_args()


def _parameters(arguments: argparse.Namespace, key: str) -> xllamacpp.CommonParams:
    parameters = xllamacpp.CommonParams()
    parameters.api_keys = [key]  # a port on loopback is open to every user of this machine
    parameters.model.path = arguments.path
    parameters.model_alias = {arguments.name}  # replies would name the file's path
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_parallel = arguments.slots
    parameters.n_ctx = arguments.slots * arguments.context  # the slots share it
    parameters.cpuparams.n_threads = arguments.threads
    parameters.cpuparams_batch.n_threads = arguments.threads
    # A slot that turns to another prefix saves its state there and finds that prefix's: rows of
    # ten categories in any order then prefill a quarter of the tokens that they do without.
    parameters.cache_ram_mib = _PROMPT_CACHE_MIB
    parameters.verbosity = _ERRORS_ONLY
    # No page in a browser may read from it, and nobody may list what is being asked.
    parameters.cors_origins = "http://127.0.0.1"
    parameters.cors_origins_explicit = True
    parameters.endpoint_slots = False
    parameters.ui = False
    return parameters


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:  # what xllamacpp raises where llama.cpp refuses a file
        sys.exit(f"{error}")
