"""Chance that is no chance: every draw is a hash of what it is drawn for."""

from __future__ import annotations

import hashlib
from random import Random

import orjson


def digest(*parts: object) -> str:
    """SHA-256 over the parts as canonical JSON, in hex."""
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def share(*parts: object) -> float:
    """A number in [0, 1) that depends on the parts alone."""
    return int(digest(*parts)[:13], 16) / 16**13


def draw(*parts: object) -> Random:
    """A random generator that depends on the parts alone."""
    return Random(digest(*parts))
