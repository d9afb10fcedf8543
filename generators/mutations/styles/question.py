"""The request as a question."""

from __future__ import annotations

from checks.request_form import Question
from generators.mutations.style import Band, Style

STYLE = Style(
    "question",
    "writing",
    shortest=0.5,
    longest=3.0,
    band=Band(0.6),
    checks=(Question(instructions=False),),
)
