"""The request with an argument for it."""

from __future__ import annotations

from generators.mutations.style import Band, Style

STYLE = Style(
    "logical_appeal",
    "persuasion",
    shortest=1.0,
    longest=12.0,
    band=Band(0.4),
)
