"""Fingerprints of what a moderator's votes depend on."""

from __future__ import annotations

import hashlib


def digest(kind: str, *parts: object) -> str:
    """SHA-256, in hex, of a kind of moderator and its parameters.

    Args:
        kind: The kind's name.
        *parts: Values whose `repr` says all there is to say: numbers, strings, frozen dataclasses.
    """
    return hashlib.sha256(repr((kind, *parts)).encode()).hexdigest()
