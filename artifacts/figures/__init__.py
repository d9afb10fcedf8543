"""The figures of an audit: Altair charts drawn to SVG, each with its numbers and its words."""

from __future__ import annotations

from artifacts.figures.figure import Figure
from artifacts.figures.gallery import figures

__all__ = [
    "Figure",
    "figures",
]
