"""All figures of an evaluation, each with what it is of, or as drawings of their own."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from artifacts.evaluation_facts import Evaluation, JudgeFacts
from artifacts.figures.evaluation.effects import decoding_figures, effect_figures
from artifacts.figures.evaluation.rates import heatmap_figures, overall_figures, strip_figures
from artifacts.figures.evaluation.tradeoff import setting_figures, tradeoff_figures
from artifacts.figures.evaluation.views import Index, View
from artifacts.figures.figure import FONT, INK, MUTED, Figure, unchecked
from base.formats import printable

_SIZES = re.compile(r'width="([\d.]+)" height="([\d.]+)" viewBox="(-?[\d.]+) (-?[\d.]+) [^"]*"')
_EDGE = 16
_TITLE, _SMALL = 16, 12
_LETTER = 0.51  # of a letter's height is its width
_GAP = 8
_NARROWEST = 420


def standalone(figure: Figure) -> str:
    """The drawing on white under its title, with n below that and the note at its foot.

    Args:
        figure: A figure with a drawing.
    """
    found = _SIZES.search(figure.svg)
    if found is None:
        return figure.svg
    wide, high, left, above = map(float, found.groups())
    width = max(wide, _NARROWEST) + 2 * _EDGE
    head = [
        *((line, _TITLE, INK, "bold") for line in _lines(figure.title, width, _TITLE)),
        *((line, _SMALL, MUTED, "normal") for line in _lines(figure.rests_on, width, _SMALL)),
    ]
    foot = [(line, _SMALL, MUTED, "normal") for line in _lines(figure.note, width, _SMALL)]
    top = _EDGE + sum(size + _GAP for _, size, _, _ in head) + _GAP
    total = top + high + _GAP + sum(size + _GAP for _, size, _, _ in foot) + _EDGE
    opening, _, rest = figure.svg.partition(">")
    inner = re.sub(_SIZES, "", opening)
    inner = f'{inner} x="{_EDGE}" y="{top}" width="{wide:.0f}" height="{high:.0f}"'
    inner = f'{inner} viewBox="{left:.0f} {above:.0f} {wide:.0f} {high:.0f}">{rest}'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc"'
        f' width="{width:.0f}" height="{total:.0f}" viewBox="0 0 {width:.0f} {total:.0f}"'
        f' font-family="{FONT}"><title id="title">{escape(printable(figure.title))}</title>'
        f'<desc id="desc">{escape(printable(f"{figure.rests_on}. {figure.alt}"))}</desc>'
        f'<rect width="100%" height="100%" fill="white"/>{_texts(head, _EDGE)}'
        f"{inner}{_texts(foot, top + high + _GAP)}</svg>\n"
    )


def _lines(text: str, width: float, size: int) -> list[str]:
    return wrap(printable(text), max(20, int((width - 2 * _EDGE) / (size * _LETTER))))


def _texts(lines: list[tuple[str, int, str, str]], top: float) -> str:
    made, at = "", top
    for line, size, colour, weight in lines:
        at += size
        made += (
            f'<text x="{_EDGE}" y="{at:.0f}" font-size="{size}" font-weight="{weight}"'
            f' fill="{colour}">{escape(line)}</text>'
        )
        at += _GAP
    return made


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


def files_of(drawn: Iterable[Drawn]) -> dict[str, str]:
    """Figures as SVG files that stand by themselves: title, n and alternative text are in them.

    Args:
        drawn: An evaluation's figures.

    Returns:
        Drawings by name: lower-case letters, digits and hyphens. What was not measured is missing.
    """
    return {each.figure.key: standalone(each.figure) for each in drawn if each.figure.svg}


def _of_judge(index: Index, judge: JudgeFacts) -> Iterator[Drawn]:
    evaluation = index.evaluation
    for found in evaluation.correlations:
        if found.judge == judge.name:
            for figure in _quickly(tradeoff_figures(index, found)):
                yield Drawn(figure, (found.safe, found.toxic), found.setting, judge.name)
    for data in evaluation.data:
        if judge not in evaluation.judges_of(data.name):
            continue
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
