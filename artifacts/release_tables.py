"""A release in a few tables: for the terminal, and for Prefect's interface."""

from collections.abc import Iterator, Sequence

from artifacts import audit_facts, stage_tables, style_tables, summary, version_facts
from artifacts.manifest import Cost, Manifest
from artifacts.stage_roles import CUMULATIVE, SETS_UP
from artifacts.writer_tables import writers_tables
from base.formats import dollars, interval, plain_percent


def of_manifest(manifest: Manifest) -> list[summary.Table]:
    """Rows by stage, drops by reason, kept rows, released rows, spend by stage and model."""
    costs = [spend(manifest.cost)] if manifest.cost.by else []
    writers = writers_tables(manifest.writers, manifest.categories)
    if manifest.mutations is not None:
        return [
            summary.funnel(manifest.funnel),
            summary.reasons(manifest.funnel),
            *style_tables.mutation_tables(manifest.mutations, manifest.categories),
            *writers,
            *costs,
        ]
    configs = {config.name: config.categories for config in manifest.configs}
    return [
        summary.funnel(manifest.funnel),
        summary.reasons(manifest.funnel),
        _kept(manifest.funnel, manifest.categories),
        summary.by_category("Released rows by category", configs, manifest.categories),
        *summary.subset_tables(manifest),
        *writers,
        *costs,
    ]


def spend(cost: Cost) -> summary.Table:
    """Calls, tokens and dollars by stage and model, with a last row of totals."""
    rows: list[tuple[summary.Cell, ...]] = [
        (
            each.stage,
            each.model,
            each.calls,
            each.input_tokens,
            each.output_tokens,
            dollars(each.usd),
        )
        for each in cost.by
    ]
    known = dollars(cost.known_usd)
    whole = dollars(cost.usd) if cost.usd is not None else f"{known} and {dollars(None)}"
    rows.append(("total", "", cost.calls, cost.input_tokens, cost.output_tokens, whole))
    header = ("stage", "model", "calls", "tokens in", "tokens out", "US dollars")
    return summary.Table("Spend by stage and model", header, tuple(rows))


def review_tables(review: version_facts.ReviewFacts) -> Iterator[summary.Table]:
    """What people found in a sample: labels that they call wrong, moderators against them."""
    residual = tuple(
        (config, decided, wrong, plain_percent(wrong / decided if ends else None), interval(ends))
        for config, (decided, wrong, ends) in review.residual.items()
    )
    header = ("config", "decided", "called wrong", "share", "95 % interval")
    yield summary.Table("What people found", header, residual)
    if review.moderators:
        rates = tuple((name, *rates) for name, rates in review.moderators.items())
        header = ("moderator", "TPR", "toxic rows", "FPR", "safe rows")
        yield summary.Table("Moderators against people (positive = unsafe)", header, rates)


def gates_table(gates: Sequence[audit_facts.QualityGateOutcome]) -> summary.Table:
    """Each gate of the recipe: what it demands, whether it holds, and what was found."""
    rows = tuple(
        (each.gate, each.config or "", each.bound, "held" if each.held else "BROKEN", each.says)
        for each in gates
    )
    return summary.Table("Gates", ("gate", "config", "bound", "", "found"), rows)


def _kept(edges: Sequence[stage_tables.Edge], categories: Sequence[str]) -> summary.Table:
    """Kept rows of the stages on the final path, a row each; calls have no category to speak of."""
    last = {edge.base: edge.stage for edge in edges}
    rows: list[tuple[summary.Cell, ...]] = [
        (edge.stage, *(edge.categories.get(name, 0) for name in categories))
        for edge in edges
        if edge.base not in SETS_UP
        and (edge.base not in CUMULATIVE or last[edge.base] == edge.stage)
    ]
    return summary.Table("Kept rows by stage and category", ("stage", *categories), tuple(rows))
