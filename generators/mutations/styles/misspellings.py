"""The request with misspelt words, by a model; `misspellings_rules` does it without one."""

from __future__ import annotations

from checks.base_comparison import Respelt
from generators.mutations.style import Band, Style

STYLE = Style(
    "misspellings",
    "writing",
    shortest=0.8,
    longest=1.3,
    band=Band(0.1),
    checks=(Respelt(),),
)
