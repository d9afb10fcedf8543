"""The request in a seldom written dialect of English."""

from __future__ import annotations

from generators.mutations.style import Band, Style

STYLE = Style(
    "uncommon_dialects",
    "writing",
    shortest=0.5,
    longest=3.0,
    band=Band(0.35),
)
