"""The request by somebody who claims to be who they are not."""

from __future__ import annotations

from generators.mutations.style import Band, Style

STYLE = Style(
    "misrepresentation",
    "persuasion",
    shortest=1.0,
    longest=12.0,
    band=Band(0.4),
)
