"""How often the targets refuse, in all and by category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artifacts.audit_facts import Audit, RefusalRate
from artifacts.figures.figure import EMPTY, NOTHING, Figure, of_rows, percent, slug
from artifacts.figures.forms.cells import cells
from artifacts.figures.forms.points import Point, points
from artifacts.summary import Table


def refusal_figures(audit: Audit) -> Iterator[Figure]:
    """For each config: a point a target with its interval, then a grid by category."""
    for config in dict.fromkeys(rate.config for rate in audit.refusals):
        rates = [rate for rate in audit.refusals if rate.config == config]
        whole = [rate for rate in rates if rate.category is None]
        parts = [rate for rate in rates if rate.category is not None]
        if whole:
            yield _by_target(config, whole)
        if parts:
            yield _by_category(config, parts, audit.categories)


def _by_target(config: str, rates: Sequence[RefusalRate]) -> Figure:
    key = slug("refusals", config)
    drawn = [
        Point(rate.target, rate.rate, rate.interval, percent(rate.rate))
        for rate in rates
        if rate.rate is not None
    ]
    return Figure(
        key=key,
        section="refusals",
        title=f"{config}: refusals by target",
        rests_on=of_rows(sum(rate.verdicts for rate in rates), "verdicts"),
        alt=f"Points with their intervals, one a target. {_extremes(rates)}",
        svg=points(drawn, key, ".0%"),
        table=Table(f"{config}: refusals by target", ("target", *_HEADER), _rows(rates)),
        note="Refusals among verdicts, provider blocks included; whiskers: 95 % Wilson intervals.",
    )


def _by_category(config: str, rates: Sequence[RefusalRate], categories: Sequence[str]) -> Figure:
    key = slug("refusals", config, "categories")
    found = {rate.category or "" for rate in rates}
    order = [name for name in categories if name in found]
    order += sorted(found - set(order))
    targets = tuple(dict.fromkeys(rate.target for rate in rates))
    values = {
        (rate.category or "", rate.target): (
            rate.rate,
            EMPTY if rate.rate is None else f"{rate.rate:.0%}",
        )
        for rate in rates
    }
    rows = tuple((rate.category, *row) for rate, row in zip(rates, _rows(rates), strict=True))
    return Figure(
        key=key,
        section="refusals",
        title=f"{config}: refusals by category and target",
        rests_on=of_rows(sum(rate.verdicts for rate in rates), "verdicts"),
        alt=f"A grid of {len(order)} categories by {len(targets)} targets. {_extremes(rates)}",
        svg=cells(values, order, targets, key, top=1.0),
        table=Table(
            f"{config}: refusals by category and target", ("category", "target", *_HEADER), rows
        ),
        note="A dash is a category without a verdict.",
    )


_HEADER = ("asked", "verdicts", "refused", "blocked", "rate", "95 % interval")


def _rows(rates: Sequence[RefusalRate]) -> tuple[tuple[str | int, ...], ...]:
    return tuple(
        (
            *(rate.target, rate.asked, rate.verdicts, rate.refused, rate.blocked),
            *(percent(rate.rate), _interval(rate)),
        )
        for rate in rates
    )


def _interval(rate: RefusalRate) -> str:
    return NOTHING if rate.interval is None else " to ".join(map(percent, rate.interval))


def _extremes(rates: Sequence[RefusalRate]) -> str:
    measured = [rate for rate in rates if rate.rate is not None]
    if not measured:
        return "No target has a verdict."
    most = max(measured, key=lambda rate: rate.rate or 0.0)
    least = min(measured, key=lambda rate: rate.rate or 0.0)
    return f"Most: {_named(most)}; least: {_named(least)}."


def _named(rate: RefusalRate) -> str:
    where = "" if rate.category is None else f" on {rate.category}"
    return f"{rate.target}{where} with {percent(rate.rate)}"
