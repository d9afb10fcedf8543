"""Rescue, panel and subsets as tables for the terminal, Prefect's interface and the card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from artifacts.manifest import ConfigRecord, Manifest, ReleaseFacts
from artifacts.subset_facts import PanelFacts, RescueFacts, SubsetFacts, TargetFacts
from artifacts.summary import Cell, Table, facts


def subset_tables(manifest: Manifest) -> list[Table]:
    """What a release says of its configs, of rescue, panel and draws, and of relatives."""
    return [*_tables(manifest)]


def configs_table(configs: tuple[ConfigRecord, ...], balance: Mapping[str, float | None]) -> Table:
    """Each config with its rows, one without rows included, and how even its categories are."""
    header = ("config", "rows", "categories without rows", "largest / smallest")
    rows = tuple(
        (each.name, each.rows, _empty(each), _ratio(balance.get(each.name))) for each in configs
    )
    return Table("Configs", header, rows)


def rescue_table(found: RescueFacts) -> Table:
    """Flagged prompts, what became of them, and why some have no answer."""
    counts: dict[str, Cell] = {
        "prompts that were flagged": found.flagged,
        f"answered by {found.answerer}": found.answered,
        f"answers cut at {found.max_tokens} tokens": found.cut,
        "refusals, which nobody moderates": found.refused,
        **{f"no answer: {reason}": count for reason, count in found.missing.items()},
        "rescued": found.rescued,
    }
    return facts("Rescue", counts)


def panel_table(panel: PanelFacts) -> Table:
    """A row for each target; rates are among its verdicts, with provider blocks and without."""
    header = (
        *("target", "asked", "answered", "missing", "cut", "no verdict", "refused", "blocked"),
        *("refusal rate", "without blocks"),
    )
    return Table("Panel", header, tuple(_target(each) for each in panel.targets))


def missing_table(panel: PanelFacts) -> Table:
    """Why targets gave no answer."""
    rows = (
        (each.name, reason, count)
        for each in panel.targets
        for reason, count in each.missing.items()
    )
    return Table("Missing answers by reason", ("target", "reason", "prompts"), tuple(rows))


def draws_table(release: ReleaseFacts) -> Table:
    """How the subsets came about, a row each."""
    header = ("subset", "rows are", "found", "undecided", "drawn", "balance", "seed")
    known = {"hard": release.hard, "toxic": release.toxic}
    rows = tuple(_draw(name, each) for name, each in known.items() if each is not None)
    return Table("Subsets", header, rows)


def _tables(manifest: Manifest) -> Iterator[Table]:
    yield configs_table(manifest.configs, manifest.balance)
    if empty := next((each for each in manifest.configs if not each.rows), None):
        columns = tuple(empty.columns.items())
        yield Table(f"Columns of {empty.name}, which has no rows", ("column", "type"), columns)
    if manifest.rescue is not None:
        yield rescue_table(manifest.rescue)
    if manifest.panel is not None:
        yield panel_table(manifest.panel)
        if (missing := missing_table(manifest.panel)).rows:
            yield missing
    if (draws := draws_table(manifest)).rows:
        yield draws
    if manifest.relatives:
        warnings = tuple((each,) for each in manifest.relatives)
        yield Table("Models with more than one part", ("warning",), warnings)


def _target(target: TargetFacts) -> tuple[Cell, ...]:
    missing = sum(target.missing.values())
    return (
        *(target.name, target.asked, target.answered, missing, target.cut, target.unjudged),
        *(target.refused, target.blocked, _share(target.rate), _share(target.own_rate)),
    )


def _draw(name: str, found: SubsetFacts) -> tuple[Cell, ...]:
    return (
        *(name, found.rule, found.found, found.undecided),
        *(found.drawn, found.balance, found.seed),
    )


def _empty(config: ConfigRecord) -> int:
    return sum(not rows for rows in config.categories.values())


def _ratio(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
