"""What a run and a release came to, as small tables of plain data and as markdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from artifacts import release_facts, stage_tables
from artifacts.manifest import ConfigRecord, Manifest, ReleaseFacts
from base.formats import NONE, cell, counted, decimal, markdown_text, plain_percent, statistic

Cell: TypeAlias = "str | int | float | None"


class Markdown(str):
    """A cell that is markdown already, with nothing of others in it but what was escaped."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; whoever shows it (markdown here, a terminal elsewhere) decides on looks."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def facts(title: str, pairs: Mapping[str, Cell]) -> Table:
    """Named values, one a row."""
    return Table(title, ("what", "value"), tuple(pairs.items()))


def rater_figures(
    observed: float | None, fleiss: float | None, alpha: float | None, ac1: float | None
) -> dict[str, Cell]:
    """How far raters agree, as `facts` shows it."""
    return {
        "observed agreement": statistic(observed),
        "Fleiss' kappa": statistic(fleiss),
        "Krippendorff's alpha": statistic(alpha),
        "Gwet's AC1": statistic(ac1),
    }


def ratio_words(ratio: float | None, counts: Mapping[str, int], unknown: str) -> str:
    """The largest count over the smallest, or why there is none: `none: hate has no row`.

    Args:
        ratio: The ratio.
        counts: The counts that it is of.
        unknown: What stands where no count is empty and there is no ratio all the same.
    """
    empty = [name for name, rows in counts.items() if not rows]
    if ratio is not None or not counts:
        return decimal(ratio, unknown)
    if len(empty) == len(counts):
        return f"{NONE}: no rows"
    if len(empty) > 1:
        return f"{NONE}: {len(empty):,} of {len(counts):,} have no row"
    return f"{NONE}: {empty[0]} has no row" if empty else unknown


def funnel(edges: Iterable[stage_tables.Edge]) -> Table:
    """Rows in and out of every stage."""
    header = ("stage", "in", "kept", "dropped", "failed", "votes", "answers")
    rows = (
        (
            *(edge.name, edge.entered, edge.kept, edge.dropped, edge.failed),
            *(edge.votes or None, edge.answers or None),
        )
        for edge in edges
    )
    return Table("Rows by stage", header, tuple(rows))


def reasons(edges: Iterable[stage_tables.Edge]) -> Table:
    """Why rows were dropped, by stage."""
    rows = ((edge.stage, reason, count) for edge in edges for reason, count in edge.reasons.items())
    return Table("Dropped rows by reason", ("stage", "reason", "rows"), tuple(rows))


def by_category(
    title: str, columns: Mapping[str, Mapping[str, int]], categories: Sequence[str]
) -> Table:
    """Counts by category, a column for each name, with a last row of totals."""
    rows: list[tuple[Cell, ...]] = [
        (category, *(counts.get(category, 0) for counts in columns.values()))
        for category in categories
    ]
    rows.append(("total", *(sum(counts.values()) for counts in columns.values())))
    return Table(title, ("category", *columns), tuple(rows))


def markdown(tables: Iterable[Table]) -> str:
    """The tables with their titles as second-level headings."""
    return "\n".join(
        f"## {markdown_text(table.title)}\n\n{markdown_table(table)}" for table in tables
    )


def markdown_table(table: Table) -> str:
    """A table in GitHub's markdown, numbers to the right, without its title."""
    sides = tuple(_side([row[place] for row in table.rows]) for place in range(len(table.header)))
    return "\n".join(map(_line, (table.header, sides, *table.rows))) + "\n"


def _side(cells: Sequence[Cell]) -> str:
    return "---" if any(isinstance(cell, str) for cell in cells) else "---:"


def _line(cells: tuple[Cell, ...]) -> str:
    return "| " + " | ".join(map(_markdown, cells)) + " |"


def _markdown(value: Cell) -> str:
    return value if isinstance(value, Markdown) else markdown_text(cell(value))


def subset_tables(manifest: Manifest) -> list[Table]:
    """What a release says of its configs, of rescue, panel and draws, and of relatives."""
    return [*_tables(manifest)]


def configs_table(configs: tuple[ConfigRecord, ...], balance: Mapping[str, float | None]) -> Table:
    """Each config with its rows, one without rows included, and how even its categories are."""
    header = ("config", "rows", "categories without rows", "largest / smallest")
    rows = tuple((each.name, each.rows, _empty(each), _evenness(each, balance)) for each in configs)
    return Table("Configs", header, rows)


def _evenness(config: ConfigRecord, balance: Mapping[str, float | None]) -> Cell:
    """As the report has it; nothing of a config of which it was not measured."""
    measured = config.name in balance
    return ratio_words(balance[config.name], config.categories, "") if measured else None


def in_no_config_table(release: ReleaseFacts) -> Table:
    """Rows that were kept to the end and are in no config, and why."""
    words = release_facts.IN_NO_CONFIG
    rows = tuple((words.get(why, why), rows) for why, rows in release.in_no_config.items())
    return Table("Rows in no config", ("why", "rows"), rows)


def levels_table(levels: Mapping[str, Mapping[str, int]]) -> Table:
    """Rows by the level and form that their writer named, of those that have both."""
    forms = sorted({form for counts in levels.values() for form in counts})
    rows: list[tuple[Cell, ...]] = [
        (level, *(counts.get(form, 0) for form in forms))
        for level, counts in sorted(levels.items())
    ]
    return Table("Levels and forms, as the writer named them", ("level", *forms), tuple(rows))


def rescue_table(found: release_facts.RescueFacts) -> Table:
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


def panel_table(panel: release_facts.PanelFacts) -> Table:
    """A row for each target; rates are among its verdicts, with provider blocks and without."""
    header = (
        *("target", "asked", "answered", "missing", "cut", "no verdict", "refused", "blocked"),
        *("refusal rate", "without blocks"),
    )
    return Table("Panel", header, tuple(_target(each) for each in panel.targets))


def missing_table(panel: release_facts.PanelFacts) -> Table:
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


_ENDED: Mapping[release_facts.RoundsEnd, str] = {
    "full": "full",
    "rounds": "stopped: as many rounds as the recipe allows were run",
    "budget": "stopped: the budget is spent",
    "yield": "stopped: the last round brought too few rows",
}
"""Why rounds ended, in words."""


def rounds_table(release: ReleaseFacts) -> Table:
    """How rounds of rewriting ended, a row for each part of the recipe that asks for them."""
    header = ("rows wanted by", "wanted", "found", "rounds", "at most", "ended")
    rows = tuple(
        (each.wish, each.wanted, each.found, each.rounds, each.most, _ENDED[each.ended])
        for each in release.rounds
    )
    return Table("Rounds of rewriting", header, rows)


def rounds_lines(release: ReleaseFacts) -> Iterator[str]:
    """How rounds ended, a sentence for each part of the recipe that asks for them."""
    for each in release.rounds:
        what = "hard rows" if each.wish == "hard" else "rows of rewrite.target"
        rounds = "1 round" if each.rounds == 1 else f"{each.rounds:,} rounds"
        brought = "nothing was written" if each.last_yield is None else f"{each.last_yield:.4f}"
        yield (
            f"Of {each.wanted:,} {what} {each.found:,} were found in {rounds} of at most"
            f" {each.most:,}; {_ENDED[each.ended]} (new rows for each rewrite of the last round:"
            f" {brought}; at least {each.min_yield:g} are wanted)."
        )
        short: dict[release_facts.RoundsEnd, list[str]] = {}
        for name, why in each.categories.items():
            short.setdefault(why, []).append(name)
        for ended, names in short.items():
            if ended != "full":
                yield f"Categories that are not full ({_ENDED[ended]}): {', '.join(names)}."


def shown_lines(release: ReleaseFacts) -> Iterator[str]:
    """Which hard rows of finished rounds the writer was shown in later ones, if any."""
    for each in release.rounds:
        if each.shown:
            rows = "1 hard row" if len(each.shown) == 1 else f"{len(each.shown):,} hard rows"
            yield (
                f"In later rounds the writer was shown {rows} of finished ones as examples; their"
                f" ids: {', '.join(each.shown)}."
            )


_SEEDS_ENDED: Mapping[release_facts.SeedsEnd, str] = {
    "full": "full",
    "dry": "dry: the last round was repeats but for a few",
    "out_of_cells": "out of cells: a call was made for each",
    "out_of_rounds": "out of rounds",
}
"""Why a model was asked for no more seeds, in words."""


def written_seeds_table(found: release_facts.WrittenSeedFacts) -> Table:
    """What came of asking a model for seeds, a row for each category.

    Where calls are about cells, the cells that a call was made for, and those of them with a seed.
    """
    by_cell = any(each.filled is not None for each in found.categories.values())
    header = (
        *("category", "seeds", "wanted", "calls"),
        *(("cells filled",) if by_cell else ()),
        *("rounds", "at most", "ended"),
    )
    rows = tuple(
        (
            *(name, each.seeds, found.wanted, each.calls),
            *((each.filled,) if by_cell else ()),
            *(each.rounds, found.most, _SEEDS_ENDED[each.ended]),
        )
        for name, each in found.categories.items()
    )
    return Table("Seeds that a model wrote", header, rows)


def seeds_lines(release: ReleaseFacts) -> Iterator[str]:
    """How many cells calls for seeds were made for and how many have a seed, in one sentence."""
    found = release.written_seeds
    if found is None:
        return
    each = found.categories.values()
    filled = [category.filled for category in each if category.filled is not None]
    calls, seeds = (
        sum(category.calls for category in each),
        sum(category.seeds for category in each),
    )
    rounds = max((category.rounds for category in each), default=0)
    full = sum(category.ended == "full" for category in each)
    cells = (
        f", each about a cell of its own: {sum(filled):,} of these have a seed" if filled else ""
    )
    yield (
        f"A model was asked for seeds in {counted(calls, 'call')} and {rounds:,} of at most"
        f" {counted(found.most, 'round')}{cells}. Kept: {counted(seeds, 'seed')}; {full:,} of"
        f" {counted(len(found.categories), 'category', 'categories')} full."
    )


def toxic_seeds_table(found: release_facts.ToxicSeedFacts) -> Table:
    """What became of the seeds that might be toxic rows."""
    counts: dict[str, Cell] = {
        "clean seeds": found.seeds,
        **{f"not asked about: {reason}": count for reason, count in found.left_out.items()},
        "flagged": found.flagged,
        "left out as a prompt is like them": found.repeated,
        "in the toxic config": found.drawn,
        **{f"abstentions of {name}": count for name, count in found.abstained.items()},
    }
    return facts("Seeds as toxic rows", counts)


def _tables(manifest: Manifest) -> Iterator[Table]:
    yield configs_table(manifest.configs, manifest.balance)
    if manifest.in_no_config:
        yield in_no_config_table(manifest)
    if manifest.levels:
        yield levels_table(manifest.levels)
    if manifest.rescue is not None:
        yield rescue_table(manifest.rescue)
    if manifest.panel is not None:
        yield panel_table(manifest.panel)
        if (missing := missing_table(manifest.panel)).rows:
            yield missing
    if (draws := draws_table(manifest)).rows:
        yield draws
    if manifest.written_seeds is not None:
        yield written_seeds_table(manifest.written_seeds)
    if manifest.rounds:
        yield rounds_table(manifest)
    if manifest.toxic_seeds is not None:
        yield toxic_seeds_table(manifest.toxic_seeds)
    if manifest.language_notes:
        notes = tuple((each,) for each in manifest.language_notes)
        yield Table(f"Language: {manifest.language}", ("what differs",), notes)
    if manifest.relatives:
        warnings = tuple((each,) for each in manifest.relatives)
        yield Table("Models with more than one part", ("warning",), warnings)


def _target(target: release_facts.TargetFacts) -> tuple[Cell, ...]:
    missing = sum(target.missing.values())
    return (
        *(target.name, target.asked, target.answered, missing, target.cut, target.unjudged),
        *(target.refused, target.blocked),
        *(plain_percent(target.rate), plain_percent(target.own_rate)),
    )


def _draw(name: str, found: release_facts.SubsetFacts) -> tuple[Cell, ...]:
    return (
        *(name, found.rule, found.found, found.undecided),
        *(found.drawn, found.balance, found.seed),
    )


def _empty(config: ConfigRecord) -> int:
    return sum(not rows for rows in config.categories.values())
