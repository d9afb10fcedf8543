"""How many answers to encoded and translated prompts could be read."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.evaluation_facts import DataFacts, Decoded, Evaluation, SettingFacts
from artifacts.figures.evaluation.words import interval_of
from artifacts.figures.figure import EMPTY, Figure, of_rows, percent, slug
from artifacts.figures.forms.cells import cells
from artifacts.summary import Table


def decoding_figures(
    evaluation: Evaluation, data: DataFacts, setting: SettingFacts
) -> Iterator[Figure]:
    """A grid of models by styles."""
    place = (data.name, setting.name)
    found = [each for each in evaluation.decoded if (each.data, each.setting) == place]
    if not found:
        return
    key = slug("decoding", data.name, setting.name)
    title = f"{data.name}: answers that could be put back into plain English"
    styles = list(dict.fromkeys(each.style for each in found))
    yield Figure(
        key=key,
        section="styles",
        title=title,
        rests_on=f"{of_rows(sum(e.answers for e in found), 'answers')}; setting {setting.name}",
        alt=_told(found, len(styles)),
        svg=cells(
            {(each.target, each.style): (_share(each), _written(each)) for each in found},
            list(dict.fromkeys(each.target for each in found)),
            styles,
            key,
            top=1.0,
        ),
        table=_table(title, found),
        note=(
            "Per cent on the cells, darker for more. What cannot be read is not judged: a low"
            " fulfilment rate beside a low figure here says that the model could not do the task."
        ),
    )


def _share(each: Decoded) -> float | None:
    return each.decoded / each.answers if each.answers else None


def _written(each: Decoded) -> str:
    share = _share(each)
    return EMPTY if share is None else f"{share * 100:.0f}"


def _table(title: str, found: list[Decoded]) -> Table:
    header = ("model", "style", "answers", "decoded", "share", "95 % interval")
    rows = (
        (
            *(each.target, each.style, each.answers, each.decoded),
            *(percent(_share(each)), interval_of(each.interval)),
        )
        for each in found
    )
    return Table(title, header, tuple(rows))


def _told(found: list[Decoded], styles: int) -> str:
    answers = sum(each.answers for each in found)
    whole = sum(each.decoded for each in found)
    share = percent(whole / answers if answers else None)
    return f"A grid of models by {styles} styles, darker for more. In all, {share} could be read."
