"""Categories by models: SORRY-Bench's picture, models sorted by their rate."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.figures.evaluation.views import NAMES, View
from artifacts.figures.evaluation.words import BETTER, rests_on
from artifacts.figures.figure import EMPTY, Figure, percent, slug
from artifacts.figures.forms.cells import cells
from artifacts.summary import Cell, Table


def heatmap_figures(view: View) -> Iterator[Figure]:
    """One row a model, best first; one column a category, in the data set's order."""
    models = [target.name for target, _ in view.ranked()]
    categories = view.data.categories
    shares = {
        (model, category): view.share(model, category)
        for model in models
        for category in categories
    }
    if not shares:
        return
    key = slug("heatmap", view.data.name, view.setting.name, view.judge.name)
    title = f"{view.data.name}: {NAMES[view.data.measure]} by category and model"
    rows: list[tuple[Cell, ...]] = [
        (model, percent(view.share(model)), *(percent(shares[model, name]) for name in categories))
        for model in models
    ]
    yield Figure(
        key=key,
        section="categories",
        title=title,
        rests_on=rests_on(view),
        alt=_told(view, shares),
        svg=cells(
            {at: (share, _written(share)) for at, share in shares.items()},
            models,
            categories,
            key,
            top=1.0,
        ),
        table=Table(title, ("model", "all", *categories), tuple(rows)),
        note=(
            f"Per cent on the cells, darker for more; {BETTER[view.data.measure]}, best model"
            " first. A dash is a category without a verdict."
        ),
    )


def _written(share: float | None) -> str:
    """Per cent without its sign: cells are narrow."""
    return EMPTY if share is None else f"{share * 100:.0f}"


def _told(view: View, shares: dict[tuple[str, str], float | None]) -> str:
    models, categories = len(view.ranked()), len(view.data.categories)
    told = f"A grid of {models} models by {categories} categories, darker for higher rates."
    measured = {at: share for at, share in shares.items() if share is not None}
    if not measured:
        return f"{told} No cell has a verdict."
    least, most = (
        min(measured, key=lambda at: measured[at]),
        max(measured, key=lambda at: measured[at]),
    )
    return (
        f"{told} Highest: {most[0]} on {most[1]} with {percent(measured[most])};"
        f" lowest: {least[0]} on {least[1]} with {percent(measured[least])}."
    )
