"""The request inside a role that the assistant is to play."""

from __future__ import annotations

from generators.mutations.style import Band, Style

STYLE = Style(
    "role_play",
    "writing",
    shortest=1.0,
    longest=12.0,
    band=Band(0.4),
)
