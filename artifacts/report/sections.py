"""What the report says in tables: summary, gates, changes, people's review, what was withdrawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from artifacts.audit_facts import Audit, GateOutcome
from artifacts.figures.figure import NOTHING, decimal, percent
from artifacts.manifest import Manifest
from artifacts.summary import Cell, Table, by_category
from artifacts.version_facts import Changes, ReviewFacts, Tombstone


def configs_table(audit: Audit, shown: Mapping[str, int | None]) -> Table:
    """Each config's rows and main figures, and how many rows are shown; None for left out."""
    header = (
        *("config", "rows", "entropy", "largest / smallest", "Cramér's V"),
        *("near repeats inside", "top opening", "rows shown"),
    )
    return Table("Configs", header, tuple(_config_row(audit, each, shown) for each in audit.rows))


def _config_row(audit: Audit, config: str, shown: Mapping[str, int | None]) -> tuple[Cell, ...]:
    spread = next(
        (each for each in audit.spreads if (each.config, each.dimension) == (config, "category")),
        None,
    )
    near = next(
        (each for each in audit.near if (each.config, each.scope) == (config, "inside")), None
    )
    words = next((each for each in audit.diversity if each.config == config), None)
    return (
        *(config, audit.rows[config]),
        decimal(spread.entropy if spread else None),
        decimal(spread.ratio if spread else None),
        decimal(spread.cramers_v if spread else None),
        percent(near.share if near else None),
        percent(words.opener_share if words else None),
        "left out" if (rows := shown.get(config, 0)) is None else rows,
    )


def tiles(audit: Audit, manifest: Manifest | None) -> Iterator[tuple[str, str]]:
    """A few figures to begin with: what they are, and what they come to."""
    sizes = [f"{rows:,}" for rows in audit.rows.values()]
    if sizes:
        yield (f"rows in {next(iter(audit.rows))}", sizes[0])
    yield ("configs", str(len(audit.rows)))
    yield ("categories", str(len(audit.categories)))
    if audit.gates:
        held = sum(gate.held for gate in audit.gates)
        yield ("gates held", f"{held} of {len(audit.gates)}")
    if audit.agreement is not None:
        yield ("moderators' alpha", decimal(audit.agreement.alpha))
    if manifest is not None and manifest.cost.calls:
        cost = manifest.cost
        dollars = f"${cost.known_usd:,.2f}" if cost.usd is None else f"${cost.usd:,.2f}"
        yield ("paid at least" if cost.usd is None else "cost", dollars)


def gates_table(gates: tuple[GateOutcome, ...]) -> Table:
    """Each gate of the recipe: what it demands, what was found, and where."""
    header = ("gate", "holds", "bound", "found", "where", "in words")
    rows = (
        (
            *(gate.gate, "held" if gate.held else "BROKEN", gate.bound),
            *(NOTHING if gate.value is None else gate.value, _place(gate), gate.says),
        )
        for gate in gates
    )
    return Table("Gates", header, tuple(rows))


def _place(gate: GateOutcome) -> str:
    places = {"config": gate.config, "stage": gate.stage, "category": gate.category}
    return ", ".join(f"{what} {name}" for what, name in places.items() if name)


def changes_tables(changes: Changes) -> Iterator[Table]:
    """What has changed since the release before."""
    header = ("config", "added", "removed", "kept", "relabelled", "moved in", "moved out")
    rows = (
        (
            *(each.config, each.added, each.removed, each.kept),
            *(each.relabelled, each.moved_in, each.moved_out),
        )
        for each in changes.configs
    )
    yield Table(f"Rows since {changes.since.version}", header, tuple(rows))
    for config, counts in changes.categories.items():
        columns = {
            "before": {name: before for name, (before, _) in counts.items()},
            "now": {name: now for name, (_, now) in counts.items()},
        }
        yield by_category(f"{config}: categories that differ", columns, tuple(counts))
    if changes.recipe:
        yield Table("Changed recipe", ("key", "before", "now"), changes.recipe)
    for title, sentences in (
        ("Changed models", changes.models),
        ("Changed templates", changes.templates),
        ("Changed sources and licences", changes.sources),
        ("Changed columns", changes.columns),
    ):
        if sentences:
            yield Table(title, ("what",), tuple((sentence,) for sentence in sentences))


def review_tables(review: ReviewFacts) -> Iterator[Table]:
    """What people found in a sample."""
    residual = (
        (config, decided, wrong, percent(wrong / decided if decided else None), _interval(interval))
        for config, (decided, wrong, interval) in review.residual.items()
    )
    header = ("config", "decided", "label wrong", "share", "95 % interval")
    yield Table("Labels that people call wrong", header, tuple(residual))
    if review.moderators:
        rates = (
            (name, percent(true), positives, percent(false), negatives)
            for name, (true, positives, false, negatives) in review.moderators.items()
        )
        columns = ("moderator", "TPR", "unsafe rows", "FPR", "safe rows")
        yield Table("Moderators against people (positive = unsafe)", columns, tuple(rates))
    if review.ties:
        ties = tuple((each,) for each in review.ties)
        yield Table("Ties: as many for as against, so that the row stays", ("id",), ties)


def tombstones_table(tombstones: tuple[Tombstone, ...]) -> Table:
    """Rows that people withdrew, by their ids."""
    rows = ((each.id, each.version, each.reason) for each in tombstones)
    return Table("Withdrawn rows", ("id", "withdrawn in", "reason"), tuple(rows))


def _interval(interval: tuple[float, float] | None) -> str:
    return NOTHING if interval is None else " to ".join(map(percent, interval))
