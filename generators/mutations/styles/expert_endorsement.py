"""The request backed by an expert."""

from __future__ import annotations

from generators.mutations.style import Band, Style

STYLE = Style(
    "expert_endorsement",
    "persuasion",
    shortest=1.0,
    longest=12.0,
    band=Band(0.4),
)
