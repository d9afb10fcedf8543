"""Processes of this machine by a name that no later process has: is one still at work?"""

import functools
import os
import socket
import uuid
from pathlib import Path


def own_name() -> str:
    """A name for what one part of this process holds, unlike any other of any process.

    It is `host/pid/start/random`, where `start` is when the kernel began the process: its number
    may be given to another one later.
    """
    pid = os.getpid()
    return f"{_host()}/{pid}/{_start(pid) or ''}/{uuid.uuid4().hex[:8]}"


def is_alive(name: str) -> bool:
    """Whether the process that `own_name` named is at work on this machine."""
    host, pid, start = (*name.split("/"), "", "", "")[:3]
    if host != _host() or not (pid.isascii() and pid.isdigit()):
        return False
    found = _start(int(pid))
    if found is not None:
        return found == start
    return not start and _is_there(int(pid))


@functools.cache
def _host() -> str:
    return socket.gethostname().replace("/", "-")


def _start(pid: int) -> str | None:
    """When a process began, in ticks since the machine did; None where nobody says or it ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The program's name, in brackets, may hold spaces and brackets itself.
    fields = stat.rpartition(")")[2].split()
    if len(fields) < 20 or fields[0] in "ZX":
        return None
    return fields[19]


def _is_there(pid: int) -> bool:
    """Where the kernel has no /proc (macOS): whether any process has this number."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
