"""Who a text is and which row it stands in: normalisation, content ids and pipeline keys.

Every identity is the first 16 hexadecimal characters of the SHA-256 of a JSON array of its parts,
written with `json.dumps` defaults (ASCII only, `", "` between the parts). JSON quotes what it
joins, so no two lists of parts share an encoding.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata

HEX_CHARACTERS = 16


def normalise(text: str) -> str:
    """The text in NFC, runs of white space as one space, none at the ends; case is kept."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def content_id(text: str, style: str = "") -> str:
    """The identity of a prompt: the same for texts that differ in nothing but white space.

    Args:
        text: The prompt, normalised or not.
        style: The prompt style it was mutated into, "" for a base prompt.
    """
    return _digest(normalise(text), style)


def root_key(source: str, position: str | int) -> str:
    """The key of a row that has no parent: its source and its place in it."""
    return _digest(source, str(position))


def row_key(parent: str, stage: str, position: str) -> str:
    """The key of a row made from `parent` by `stage`; `position` is "attempt.place"."""
    return _digest(parent, stage, position)


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()[:HEX_CHARACTERS]
