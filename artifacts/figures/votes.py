"""How moderators voted and agreed, and how often targets refused."""

from collections.abc import Iterator, Sequence

from artifacts.audit_facts import Agreement, Audit, Pair, RefusalRate
from artifacts.figures.figure import Figure, of_rows, slug
from artifacts.figures.forms import Point, Stack, cells, points, stacks
from artifacts.summary import Cell, Table
from base.formats import EMPTY, NOT_DEFINED, decimal, fixed, interval, percent, plain_percent


def figures(audit: Audit) -> Iterator[Figure]:
    """Votes and agreement of the moderators, then refusals of the targets."""
    yield from voter_figures(audit)
    yield from agreement_figures(audit)
    yield from refusal_figures(audit)


def tables(audit: Audit) -> Iterator[Table]:
    """The moderators, and each target over all categories."""
    yield _moderators_table(audit)
    yield _refusals_table([each for each in audit.refusals if each.category is None])


def agreement_figures(audit: Audit) -> Iterator[Figure]:
    """Cohen's kappa of each pair of moderators."""
    found = audit.agreement
    if found is None or not found.pairs:
        return
    names = tuple(dict.fromkeys(name for pair in found.pairs for name in (pair.first, pair.second)))
    rows = (
        (pair.first, pair.second, pair.rows, percent(pair.observed), decimal(pair.kappa))
        for pair in found.pairs
    )
    yield Figure(
        key="agreement",
        section="moderators",
        title="Agreement between moderators (Cohen's kappa)",
        rests_on=of_rows(found.rows) + " with two readable votes at least",
        alt=_told(found),
        svg=cells(_grid(found.pairs), names[:-1], names[1:], "agreement", top=1.0),
        table=Table(
            "Agreement between moderators",
            ("first", "second", "rows", "observed", "kappa"),
            tuple(rows),
        ),
        note=(
            f"All together: Krippendorff's alpha {decimal(found.alpha)},"
            f" Gwet's AC1 {decimal(found.ac1)}."
        ),
    )


def _grid(pairs: Sequence[Pair]) -> dict[tuple[str, str], tuple[float | None, str]]:
    return {
        (pair.first, pair.second): (
            pair.kappa,
            fixed(pair.kappa, EMPTY, places=2),
        )
        for pair in pairs
    }


def _told(found: Agreement) -> str:
    measured = [pair for pair in found.pairs if pair.kappa is not None]
    if not measured:
        return "A grid of pairs of moderators; kappa could be taken for none of them."
    least = min(measured, key=lambda pair: pair.kappa or 0.0)
    most = max(measured, key=lambda pair: pair.kappa or 0.0)
    return (
        f"A grid of pairs of moderators. {most.first} and {most.second} agree most"
        f" (kappa {decimal(most.kappa)}), {least.first} and {least.second} least"
        f" ({decimal(least.kappa)})."
    )


def _moderators_table(audit: Audit) -> Table:
    """Each moderator's votes, and how far all of them agree."""
    header = ("moderator", "votes", "safe", "toxic", "abstained", "with the label")
    rows: list[tuple[Cell, ...]] = [
        (
            *(each.name, each.votes, each.safe, each.toxic, each.abstained),
            plain_percent(each.with_label),
        )
        for each in audit.voters
    ]
    title = "Moderators"
    if audit.agreement is not None:
        known = audit.agreement
        alpha, ac1 = (fixed(value, NOT_DEFINED, places=2) for value in (known.alpha, known.ac1))
        title = f"Moderators (alpha {alpha}, AC1 {ac1}, on {known.rows:,} rows)"
    return Table(title, header, tuple(rows))


_PARTS = ("safe", "abstained", "toxic")
_ROOMY = 7
"""Targets up to which a cell of their grid has room for a decimal."""


def voter_figures(audit: Audit) -> Iterator[Figure]:
    """Each moderator's votes by label, abstentions among them."""
    if not audit.voters:
        return
    rows = tuple(
        Stack(each.name, {"safe": each.safe, "abstained": each.abstained, "toxic": each.toxic})
        for each in audit.voters
    )
    told = "; ".join(
        f"{each.name} {percent(each.toxic / each.votes if each.votes else None)} toxic"
        for each in audit.voters
    )
    yield Figure(
        key="voters",
        section="moderators",
        title="Votes by moderator",
        rests_on=of_rows(sum(each.votes for each in audit.voters), "votes"),
        alt=f"Stacked bars of full width, one a moderator: safe, abstained, toxic. {told}.",
        svg=stacks(rows, _PARTS, "voters", whole=True),
        table=_moderators_table(audit),
        note="An abstention is a vote that could not be read; it counts as neither.",
    )


def _refusals_table(rates: Sequence[RefusalRate], title: str = "Refusals") -> Table:
    """How often targets refused; with a column for categories where there is one."""
    by_category = any(each.category is not None for each in rates)
    named = ("config", "target", *(("category",) if by_category else ()))
    header = (*named, "asked", "verdicts", "refused", "blocked", "rate", "95 %")
    rows = tuple(
        (
            *(each.config, each.target, *((each.category,) if by_category else ())),
            *(each.asked, each.verdicts, each.refused, each.blocked),
            *(plain_percent(each.rate), interval(each.interval, between=" - ")),
        )
        for each in rates
    )
    return Table(title, header, rows)


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
        table=_refusals_table(rates, f"{config}: refusals by target"),
        note="Refusals among verdicts, provider blocks included; whiskers: 95 % Wilson intervals.",
    )


def _by_category(config: str, rates: Sequence[RefusalRate], categories: Sequence[str]) -> Figure:
    key = slug("refusals", config, "categories")
    found = {rate.category or "" for rate in rates}
    order = [name for name in categories if name in found]
    order += sorted(found - set(order))
    targets = tuple(dict.fromkeys(rate.target for rate in rates))
    # As the table has it, where a cell is wide enough for it.
    places = 1 if len(targets) <= _ROOMY else 0
    values = {
        (rate.category or "", rate.target): (
            rate.rate,
            plain_percent(rate.rate, EMPTY, places=places),
        )
        for rate in rates
    }
    return Figure(
        key=key,
        section="refusals",
        title=f"{config}: refusals by category and target",
        rests_on=of_rows(sum(rate.verdicts for rate in rates), "verdicts"),
        alt=f"A grid of {len(order)} categories by {len(targets)} targets. {_extremes(rates)}",
        svg=cells(values, order, targets, key, top=1.0),
        table=_refusals_table(rates, f"{config}: refusals by category and target"),
        note="A dash is a category without a verdict.",
    )


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
