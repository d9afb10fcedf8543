"""Sampling seeds: two rows never ask for the same draw, and a row asks for the same one again.

Another edition draws anew: the same recipe then gives other texts, whatever server it asks.
"""

from __future__ import annotations

import hashlib

from base.digests import Json

_BELOW = 2**31  # what every server takes as a seed


def drawing_part() -> Json:
    """What a row's sampling seed depends on besides the row, for a digest."""
    return _BELOW


def seed_of(row: str, edition: str) -> int:
    """A row's sampling seed in an edition; further attempts count up from it."""
    named = f"{edition}\n{row}".encode()
    return int.from_bytes(hashlib.sha256(named).digest()[:8]) % (_BELOW - 10_000)
