"""Sampling seeds: two rows never ask for the same draw, and a row asks for the same one again."""

from __future__ import annotations

import hashlib

_BELOW = 2**31  # what every server takes as a seed


def seed_of(row: str) -> int:
    """A row's sampling seed; further attempts count up from it."""
    return int.from_bytes(hashlib.sha256(row.encode()).digest()[:8]) % (_BELOW - 10_000)
