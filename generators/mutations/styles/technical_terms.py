"""The request in the terms of a trade."""

from __future__ import annotations

from generators.mutations.style import Band, Style

STYLE = Style(
    "technical_terms",
    "writing",
    shortest=0.5,
    longest=4.0,
    band=Band(0.25),
)
