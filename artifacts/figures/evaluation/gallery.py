"""All figures of an evaluation, each with what it is of, so that a page can choose among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from artifacts.evaluation_facts import Evaluation, JudgeFacts
from artifacts.figures.drawing import unchecked
from artifacts.figures.evaluation.decoding import decoding_figures
from artifacts.figures.evaluation.effects import effect_figures
from artifacts.figures.evaluation.heatmap import heatmap_figures
from artifacts.figures.evaluation.overall import overall_figures
from artifacts.figures.evaluation.settings import setting_figures
from artifacts.figures.evaluation.standing import standing
from artifacts.figures.evaluation.strips import strip_figures
from artifacts.figures.evaluation.tradeoff import tradeoff_figures
from artifacts.figures.evaluation.views import Index, View
from artifacts.figures.figure import Figure


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure, and what it shows.

    Attributes:
        figure: The figure.
        data: The data sets in it.
        setting: The setting; None where it shows all.
        judge: The judge; None where none was asked.
    """

    figure: Figure
    data: tuple[str, ...]
    setting: str | None
    judge: str | None


def evaluation_figures(evaluation: Evaluation) -> Iterator[Drawn]:
    """Draws all that was measured, the first judge's figures first; one at a time.

    Args:
        evaluation: What was found.
    """
    index = Index.of(evaluation)
    for judge in evaluation.judges:
        yield from _of_judge(index, judge)
    for data in evaluation.data:
        for setting in evaluation.settings:
            for figure in _quickly(decoding_figures(evaluation, data, setting)):
                yield Drawn(figure, (data.name,), setting.name, None)


def draw_evaluation(evaluation: Evaluation) -> dict[str, str]:
    """All figures as SVG files that stand by themselves: title, n and alternative text are in them.

    Args:
        evaluation: What was found.

    Returns:
        Drawings by name: lower-case letters, digits and hyphens. What was not measured is missing.
    """
    return {
        drawn.figure.key: standing(drawn.figure)
        for drawn in evaluation_figures(evaluation)
        if drawn.figure.svg
    }


def _of_judge(index: Index, judge: JudgeFacts) -> Iterator[Drawn]:
    evaluation = index.evaluation
    for found in evaluation.correlations:
        if found.judge == judge.name:
            for figure in _quickly(tradeoff_figures(index, found)):
                yield Drawn(figure, (found.safe, found.toxic), found.setting, judge.name)
    for data in evaluation.data:
        for setting in evaluation.settings:
            for figure in _of_view(index.view(data, setting, judge)):
                yield Drawn(figure, (data.name,), setting.name, judge.name)
        for figure in _quickly(setting_figures(index, data, judge)):
            yield Drawn(figure, (data.name,), None, judge.name)


def _of_view(view: View) -> Iterator[Figure]:
    for draw in (overall_figures, strip_figures, heatmap_figures, effect_figures):
        yield from _quickly(draw(view))


def _quickly(drawing: Iterator[Figure]) -> tuple[Figure, ...]:
    with unchecked():
        return tuple(drawing)
