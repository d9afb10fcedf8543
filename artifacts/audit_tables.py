"""An audit as small tables for the terminal, the report and the card: counts and shares alone.

None holds prompt text or opening words; a figure that was not measured is left blank.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artifacts.audit_facts import (
    ANY_RULE,
    Audit,
    Lengths,
    NearRepeats,
    QualityGateOutcome,
    RefusalRate,
    RuleBreaks,
    Spread,
    StageBalance,
)
from artifacts.summary import Cell, Table
from base.formats import NOT_DEFINED, fixed, interval, plain_percent, rounded


def audit_tables(audit: Audit) -> list[Table]:
    """What a terminal shows of an audit: the tables that have a row."""
    return [table for table in _tables(audit) if table.rows]


def _tables(audit: Audit) -> Iterator[Table]:
    yield _balance(audit.spreads)
    yield stages_table([each for each in audit.stages if each.before != each.after])
    yield near_table(audit.near)
    yield texts_table(audit)
    yield moderators_table(audit)
    yield refusals_table([each for each in audit.refusals if each.category is None])
    yield _provenance(audit)
    yield gates_table(audit.gates)


def _balance(spreads: Sequence[Spread]) -> Table:
    header = ("config", "by", "rows", "values", "fewest", "entropy", "max / min", "from target")
    rows = tuple(
        (
            *(each.config, each.dimension, each.rows, len(each.counts)),
            *(_fewest(each), rounded(each.entropy), rounded(each.ratio), rounded(each.cramers_v)),
        )
        for each in spreads
    )
    return Table("Balance (from target: 0 is the wanted mix)", header, rows)


def _fewest(spread: Spread) -> str:
    if not spread.rows:
        return ""
    name = min(spread.counts, key=lambda value: (spread.counts[value], value))
    return f"{name} {spread.counts[name]:,}"


def stages_table(stages: Sequence[StageBalance]) -> Table:
    """What each stage did to the balance of categories."""
    header = ("stage", "in", "out", "entropy in", "entropy out", "by category", "kept least of", "")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(each.stage, sum(each.before.values()), sum(each.after.values())),
            *(rounded(each.entropy_before), rounded(each.entropy_after), rounded(each.cramers_v)),
            *(each.worst or "", plain_percent(each.worst_share)),
        )
        for each in stages
    )
    title = "Stages that changed the balance (by category: 0 is the same share of each)"
    return Table(title, header, rows)


def near_table(found: Sequence[NearRepeats], title: str = "Near repeats") -> Table:
    """Rows that are near to another one, by config and by what they were held against."""
    header = ("config", "near to", "", "cosine from", "rows", "near", "share")
    rows = tuple(
        (
            *(each.config, each.scope, "" if each.scope == "inside" else each.against),
            *(each.threshold, each.rows, each.near, plain_percent(each.share)),
        )
        for each in found
    )
    return Table(title, header, rows)


def texts_table(audit: Audit) -> Table:
    """How much the texts of each config differ, how long they are, and how many break a rule."""
    header = (
        *("config", "rows", "one opening", "distinct-1", "distinct-2", "compression"),
        *("self-BLEU", "Vendi", "sample", "rules broken", "words", "characters"),
    )
    broken = {each.config: each for each in audit.rules if each.rule == ANY_RULE}
    lengths = {each.config: each for each in audit.lengths}
    rows = tuple(
        (
            *(each.config, each.rows, plain_percent(each.opener_share)),
            *(rounded(each.distinct_1), rounded(each.distinct_2), rounded(each.compression)),
            *(rounded(each.self_bleu), rounded(each.vendi), each.sample),
            _broken(broken.get(each.config)),
            *_medians(lengths.get(each.config)),
        )
        for each in audit.diversity
    )
    return Table("Texts (words and characters: the median)", header, rows)


def moderators_table(audit: Audit) -> Table:
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


def refusals_table(rates: Sequence[RefusalRate], title: str = "Refusals") -> Table:
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


def _provenance(audit: Audit) -> Table:
    """Columns that do not say of every row where it comes from."""
    rows = tuple(
        (each.config, each.column, each.rows - each.filled)
        for each in audit.provenance
        if each.filled < each.rows
    )
    return Table("Rows that do not say where they come from", ("config", "column", "rows"), rows)


def gates_table(gates: Sequence[QualityGateOutcome]) -> Table:
    """Each gate of the recipe: what it demands, whether it holds, and what was found."""
    rows = tuple(
        (each.gate, each.config or "", each.bound, "held" if each.held else "BROKEN", each.says)
        for each in gates
    )
    return Table("Gates", ("gate", "config", "bound", "", "found"), rows)


def _medians(found: Lengths | None) -> tuple[float | None, float | None]:
    return (None, None) if found is None else (found.words[1], found.characters[1])


def _broken(found: RuleBreaks | None) -> str:
    return "" if found is None or not found.rows else plain_percent(found.broken / found.rows)
