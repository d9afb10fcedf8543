"""Lots: an order by chance that is the same each time, whatever order the keys come in."""

from __future__ import annotations

import hashlib
import json


def lot(seed: int, name: str) -> str:
    """A key's lot under a seed; lots compare as texts."""
    return hashlib.sha256(json.dumps([seed, name]).encode("ascii")).hexdigest()
