"""The request in slang."""

from __future__ import annotations

from generators.mutations.style import Band, Style

STYLE = Style(
    "slang",
    "writing",
    shortest=0.4,
    longest=3.0,
    band=Band(0.35),
)
