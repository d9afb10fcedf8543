"""The four encodings of SORRY-Bench: deterministic, and undone without a model."""

from __future__ import annotations

from generators.mutations.encodings.registry import ENCODINGS, EncodedStyle
from generators.mutations.encodings.types import Decoded, Encoding, Mode

__all__ = [
    "ENCODINGS",
    "Decoded",
    "EncodedStyle",
    "Encoding",
    "Mode",
]
