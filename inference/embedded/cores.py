"""How many processor cores this process may use."""

from __future__ import annotations

import os
from pathlib import Path

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
