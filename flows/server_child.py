"""The child process: Prefect's own server, which lives no longer than the process that started it.

Run by its path with uvicorn's arguments (`python -P .../server_child.py ARGUMENT...`); it imports
nothing of this project. It ends when its standard input does, or when its parent is gone.
"""

import os
import signal
import sys
import threading
import time

_WATCH_S = 0.5
_ORDER_S = 1.0  # for an end in order; its database needs none


def main() -> None:
    """Serves until standard input ends or the parent is gone."""
    parent = os.getppid()
    threading.Thread(target=_end_with_input, daemon=True).start()
    # Input does not end while a forked sibling still holds the pipe, so the parent is watched too.
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    import uvicorn

    uvicorn.main()


def _end_with_input() -> None:
    while os.read(0, 1):
        pass
    _end()


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH_S)
    _end()


def _end() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_ORDER_S)
    os._exit(0)


if __name__ == "__main__":
    sys.argv[0] = "uvicorn"
    main()
