"""The request backed by figures."""

from __future__ import annotations

from generators.mutations.style import Band, Style

STYLE = Style(
    "evidence-based_persuasion",
    "persuasion",
    shortest=1.0,
    longest=12.0,
    band=Band(0.4),
)
