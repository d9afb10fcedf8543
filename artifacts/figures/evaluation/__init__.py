"""The figures of an evaluation: Altair charts drawn to SVG, each with its numbers and its words."""

from __future__ import annotations

from artifacts.figures.evaluation.gallery import Drawn, draw_evaluation, evaluation_figures

__all__ = [
    "Drawn",
    "draw_evaluation",
    "evaluation_figures",
]
