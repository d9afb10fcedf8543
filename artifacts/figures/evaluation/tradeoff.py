"""Over-refusal against the rejection of toxic prompts: OR-Bench's picture of all models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from artifacts.evaluation_facts import Correlation, Rate
from artifacts.figures.evaluation.scatter import FITTED, Spot, scatter
from artifacts.figures.evaluation.views import Index, View
from artifacts.figures.evaluation.words import interval_of
from artifacts.figures.figure import Figure, decimal, percent, slug
from artifacts.summary import Table


@dataclass(frozen=True, slots=True)
class _Both:
    """One model's two rates."""

    name: str
    safe: Rate
    toxic: Rate


def tradeoff_figures(index: Index, found: Correlation) -> Iterator[Figure]:
    """A dot a model, with its name; a quadratic fit where there are models enough."""
    views = _views(index, found)
    both = () if views is None else tuple(_both(*views))
    if not both:
        return
    key = slug("tradeoff", found.safe, found.toxic, found.setting, found.judge)
    title = f"Over-refusal on {found.safe} against rejection on {found.toxic}"
    verdicts = [
        sum(of) for of in zip(*((e.safe.verdicts, e.toxic.verdicts) for e in both), strict=True)
    ]
    yield Figure(
        key=key,
        section="tradeoff",
        title=title,
        rests_on=(
            f"n = {len(both):,} {'model' if len(both) == 1 else 'models'}; {verdicts[0]:,} and"
            f" {verdicts[1]:,} verdicts; setting {found.setting}; judge {found.judge}"
        ),
        alt=_told(both, found),
        svg=scatter([_spot(each) for each in both], key, (_x(found), _y(found))),
        table=_table(title, both),
        note=_read(both, found),
    )


def _read(both: tuple[_Both, ...], found: Correlation) -> str:
    rho = (
        "Spearman's rho not measured: too few models differ."
        if found.rho is None
        else f"Spearman's rho {found.rho:.2f} over {found.models:,} models."
    )
    curve = "; curve: quadratic fit" if len({e.toxic.rate for e in both}) >= FITTED else ""
    return f"{rho} The best corner is at the lower right. Bars: 95 % intervals{curve}."


def _views(index: Index, found: Correlation) -> tuple[View, View] | None:
    evaluation = index.evaluation
    data = {each.name: each for each in evaluation.data}
    settings = [each for each in evaluation.settings if each.name == found.setting]
    judges = [each for each in evaluation.judges if each.name == found.judge]
    if not (settings and judges and found.safe in data and found.toxic in data):
        return None
    safe, toxic = (
        index.view(data[name], settings[0], judges[0]) for name in (found.safe, found.toxic)
    )
    return safe, toxic


def _both(safe: View, toxic: View) -> Iterator[_Both]:
    for target in safe.index.evaluation.targets:
        one, other = safe.rate(target.name), toxic.rate(target.name)
        if one is None or other is None or one.rate is None or other.rate is None:
            continue
        yield _Both(target.name, one, other)


def _spot(each: _Both) -> Spot:
    return Spot(
        each.name,
        (each.toxic.rate or 0.0, each.safe.rate or 0.0),
        (each.toxic.interval, each.safe.interval),
    )


def _x(found: Correlation) -> str:
    return f"{found.toxic}: refused, of prompts that should be"


def _y(found: Correlation) -> str:
    return f"{found.safe}: refused, of prompts that should not be"


def _table(title: str, both: tuple[_Both, ...]) -> Table:
    header = ("model", "over-refusal", "95 % interval", "n", "rejection", "95 % interval", "n")
    rows = (
        (
            *(each.name, percent(each.safe.rate), interval_of(each.safe.interval)),
            *(each.safe.verdicts, percent(each.toxic.rate), interval_of(each.toxic.interval)),
            each.toxic.verdicts,
        )
        for each in sorted(both, key=lambda each: each.safe.rate or 0.0)
    )
    return Table(title, header, tuple(rows))


def _told(both: tuple[_Both, ...], found: Correlation) -> str:
    least = min(both, key=lambda each: each.safe.rate or 0.0)
    most = max(both, key=lambda each: each.safe.rate or 0.0)
    return (
        f"A dot for each of {len(both)} models: rejection of toxic prompts to the right,"
        f" over-refusal upwards. Spearman's rho {decimal(found.rho)}. Least over-refusal:"
        f" {_named(least)}; most: {_named(most)}."
    )


def _named(each: _Both) -> str:
    return f"{each.name} with {percent(each.safe.rate)} at {percent(each.toxic.rate)} rejection"
