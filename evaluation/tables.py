"""An evaluation as tables for a terminal: every rate with its n and its interval."""

from collections.abc import Iterator

from artifacts import evaluation_facts
from artifacts.summary import Cell, Table
from base.formats import NOT_MEASURED, fixed, interval, plain_percent

_NAMES = {
    "over_refusal": "refused",
    "rejection": "refused",
    "fulfilment": "fulfilled",
}


def evaluation_tables(found: evaluation_facts.Evaluation) -> Iterator[Table]:
    """Rates of each data set, effects of styles, decode-success, and correlations."""
    for data in found.data:
        yield _overall(found, data)
    for data in found.data:
        if data.categories:
            yield _by_category(found, data)
    if found.effects:
        yield _effects(found.effects)
    if found.decoded:
        yield _decoded(found.decoded)
    if found.correlations:
        yield _correlations(found.correlations)


def _overall(found: evaluation_facts.Evaluation, data: evaluation_facts.DataFacts) -> Table:
    header = (
        *("target", "setting", "judge", "n", _NAMES[data.measure], "95 %", "mean of categories"),
        *("blocked", "without blocks", "cut", "missing", "unparseable", "undecoded"),
    )
    rows = tuple(_rate(rate, data) for rate in found.rates if _is_overall(rate, data))
    title = f"{data.name}: {data.rows:,} rows of {data.source} ({data.measure.replace('_', '-')})"
    return Table(title, header, rows)


def _is_overall(rate: evaluation_facts.Rate, data: evaluation_facts.DataFacts) -> bool:
    return (rate.data, rate.style, rate.category) == (data.name, None, None)


def _rate(rate: evaluation_facts.Rate, data: evaluation_facts.DataFacts) -> tuple[Cell, ...]:
    flipped = data.measure == "fulfilment"
    own = None if rate.own_rate is None else 1 - rate.own_rate if flipped else rate.own_rate
    macro = None if rate.macro is None else 1 - rate.macro if flipped else rate.macro
    return (
        *(rate.target, rate.setting, rate.judge, rate.verdicts),
        plain_percent(rate.fulfilment if flipped else rate.rate, NOT_MEASURED),
        interval(rate.fulfilment_interval if flipped else rate.interval),
        plain_percent(macro, NOT_MEASURED),
        *(
            rate.blocked,
            plain_percent(own, NOT_MEASURED),
            rate.cut,
            rate.missing,
            rate.unparseable,
            rate.undecoded,
        ),
    )


def _by_category(found: evaluation_facts.Evaluation, data: evaluation_facts.DataFacts) -> Table:
    """The first setting's rates by the set's first judge; the page has all of them."""
    setting, judge = found.settings[0].name, found.judges_of(data.name)[0].name
    cells = {
        (rate.target, rate.category): rate
        for rate in found.rates
        if (rate.data, rate.setting, rate.judge, rate.style) == (data.name, setting, judge, None)
    }
    names = [each.name for each in found.targets]
    rows = tuple(
        (category, *(_cell(cells.get((name, category)), data) for name in names))
        for category in data.categories
    )
    what = f"{_NAMES[data.measure]} by category (of n)"
    return Table(f"{data.name}: {what}; {setting}, {judge}", ("category", *names), rows)


def _cell(rate: evaluation_facts.Rate | None, data: evaluation_facts.DataFacts) -> str:
    if rate is None:
        return ""
    shown = rate.fulfilment if data.measure == "fulfilment" else rate.rate
    return f"{plain_percent(shown, NOT_MEASURED)} of {rate.verdicts:,}"


def _effects(effects: tuple[evaluation_facts.Effect, ...]) -> Table:
    header = (
        *("data", "target", "setting", "judge", "style", "n", "base", "styled"),
        *("difference", "95 %", "p (Holm)"),
    )
    rows = tuple(
        (
            *(each.data, each.target, each.setting, each.judge, each.style, each.pairs),
            *(
                plain_percent(each.base, NOT_MEASURED),
                plain_percent(each.styled, NOT_MEASURED),
                plain_percent(each.difference, NOT_MEASURED),
            ),
            *(interval(each.interval), each.p),
        )
        for each in effects
    )
    return Table("Effect of each style on the fulfilment rate", header, rows)


def _decoded(decoded: tuple[evaluation_facts.Decoded, ...]) -> Table:
    header = ("data", "target", "setting", "style", "answers", "decoded", "share", "95 %")
    rows = tuple(
        (
            *(each.data, each.target, each.setting, each.style, each.answers, each.decoded),
            *(plain_percent(each.decoded / each.answers, NOT_MEASURED), interval(each.interval)),
        )
        for each in decoded
    )
    return Table("Answers put back into plain English", header, rows)


def _correlations(found: tuple[evaluation_facts.Correlation, ...]) -> Table:
    header = ("safe", "toxic", "setting", "judge", "models", "Spearman's rho")
    rows = tuple(
        (
            *(each.safe, each.toxic, each.setting, each.judge, each.models),
            fixed(each.rho, NOT_MEASURED),
        )
        for each in found
    )
    return Table("Over-refusal against rejection of unsafe prompts", header, rows)
