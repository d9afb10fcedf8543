"""What became of a pilot's rows: shares with intervals, and rows of each config for a seed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from artifacts.records import StageName
from artifacts.stage_roles import MODERATE, MODERATE_SEEDS, PANEL
from measures.intervals import cluster_rate
from measures.totals import moments
from pipelines.or_bench.pipeline import drawn as seeds_drawn
from pipelines.or_bench.selection import accepted_in
from pipelines.or_bench.subsets import is_seed, may_be_toxic
from pipelines.pilots.record import Rate, Yield
from pipelines.recipe.panel import Toxic
from pipelines.recipe.schema import OrBench, Runnable, SorryBench
from pipelines.runner.run import Run
from pipelines.sorry_bench.pipeline import base_of

_SEED = 7
A_ROUND = "accepted in a round"
"""Accepted rows before repeats across categories and openers go: what rounds are counted by."""


def rate_of(name: str, rows: pl.DataFrame, has: pl.Expr, of: str = "") -> Rate:
    """A share of rows, its interval over their roots as clusters.

    Args:
        name: What they are.
        rows: Those that could be, with `root`.
        has: Which of them are.
        of: By whom or of what.
    """
    found = rows.select("root", hit=has.fill_null(False).cast(pl.Int64))
    by = found.group_by("root", maintain_order=True).agg(pl.col("hit").sum(), rows=pl.len())
    hits, all_ = by["hit"].to_list(), by["rows"].to_list()
    ends = cluster_rate(hits, all_, _SEED) if all_ else None
    low, high = ends if ends is not None else (None, None)
    return Rate(name, of, sum(hits), sum(all_), low, high)


def rates_of(run: Run, recipe: Runnable) -> tuple[Rate, ...]:
    """The rates of a finished pilot; a stage that did not run, or without rows, has none."""
    if isinstance(recipe, OrBench):
        return tuple(_of_prompts(run, recipe.moderate.requires_risky))
    if isinstance(recipe, SorryBench):
        return tuple(_of_styles(run))
    return tuple(_of_verdicts(run))


def _of_prompts(run: Run, risky: bool) -> Iterator[Rate]:
    if (moderated := run.last(MODERATE)) is not None:
        rows = run.kept(moderated)
        yield rate_of("flagged", rows, pl.col("label") == "toxic")
        yield rate_of("accepted", rows, accepted_in(risky))
    if (rescue := run.last("rescue")) is not None:
        rows = run.kept(rescue).filter(pl.col("rescued") | (pl.col("label") == "toxic"))
        yield rate_of("rescued", rows, pl.col("rescued"))
    if (panel := run.last(PANEL)) is not None:
        answers = run.table(panel, "answers").filter(pl.col("refused").is_not_null())
        for target in answers["model"].unique(maintain_order=True).sort():
            own = answers.filter(pl.col("model") == target)
            yield rate_of("refused", own, pl.col("refused"), str(target))
        asked = run.kept(panel).filter(accepted_in(risky))
        yield rate_of("hard", asked, pl.col("hard") == "hard")


def _of_styles(run: Run) -> Iterator[Rate]:
    if (mutated := run.last("mutate")) is None:
        return
    rows = run.table(mutated, "mutations")
    for style in rows["prompt_style"].unique(maintain_order=True):
        own = rows.filter(pl.col("prompt_style") == style)
        yield rate_of("usable", own, pl.col("outcome") == "kept", str(style))


def _of_verdicts(run: Run) -> Iterator[Rate]:
    for result in run.results:
        name = result.name
        if name.stage == "judged":
            rows = run.kept(name).filter(pl.col("refused").is_not_null())
            of = f"{name.target} on {name.data}, {name.setting}, by {name.judge}"
            yield rate_of("refused", rows, pl.col("refused"), of)


def yields_of(
    run: Run, recipe: Runnable, units: Mapping[StageName, Sequence[str]]
) -> tuple[Yield, ...]:
    """How many rows of each config come of a drawn row.

    Args:
        run: A finished pilot.
        recipe: What it is of.
        units: The drawn rows of each stage that drew, as later stages know them.
    """
    if isinstance(recipe, OrBench):
        return tuple(_subsets(run, recipe, units))
    if isinstance(recipe, SorryBench):
        return tuple(_sets(run, units))
    return ()


def _subsets(
    run: Run, recipe: OrBench, units: Mapping[StageName, Sequence[str]]
) -> Iterator[Yield]:
    drawn_in = seeds_drawn(recipe)[-1].stage
    rows = run.kept(run.named("subsets"))
    accepted = accepted_in(recipe.moderate.requires_risky)
    wanted = {
        "accepted": accepted,
        "hard": accepted & (pl.col("hard") == "hard"),
        "toxic": may_be_toxic(recipe.toxic or Toxic()),
    }
    if recipe.hard is None:
        del wanted["hard"]
    for name, has in wanted.items():
        own = rows.filter(has)
        yield _yield(name, drawn_in, own.filter(~is_seed()), units[drawn_in])
        if run.last(MODERATE_SEEDS) is not None:  # seeds stay as many, whatever rounds there are
            seeds = _yield(name, drawn_in, own.filter(is_seed()), units[drawn_in])
            yield replace(seeds, scales="seeds")
    if (moderated := run.last(MODERATE)) is not None:
        safe = run.kept(moderated).filter(accepted)
        yield _yield(A_ROUND, drawn_in, safe, units[drawn_in])


def _sets(run: Run, units: Mapping[StageName, Sequence[str]]) -> Iterator[Yield]:
    base = base_of(run)
    yield _yield("base", base, run.kept(base), units[base])
    if (mutated := run.last("mutate")) is not None:
        yield _yield("mutated", base, run.kept(mutated), units[base])


def _yield(name: str, drawn_in: StageName, rows: pl.DataFrame, units: Sequence[str]) -> Yield:
    counts = Counter(rows["root"])
    return Yield(name, str(drawn_in), moments([float(counts[each]) for each in units]))
