"""An engine for a verb, with its progress shown while it works."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from inference.engine import Advance, Engine
from pipelines.recipe import Recipe
from pipelines.sources.engine import open_engine, run_of
from refusery.cli.progress import progress_shown

ResultT = TypeVar("ResultT")


def with_engine(
    recipe: Recipe,
    verb: str,
    cache: Path,
    rows: int,
    work: Callable[[Engine, Advance | None], ResultT],
    counts: Callable[[ResultT], Mapping[str, int]],
) -> ResultT:
    """What `work` gives, with an engine for the recipe's models, closed afterwards.

    Args:
        recipe: Its models, encoders and cap.
        verb: The verb, under which spend is counted and progress shown.
        cache: Where ledger and embeddings are kept.
        rows: Rows to be done.
        work: Takes the engine and what counts rows.
        counts: What to say at the end: rows that were `kept` and `dropped`.
    """
    run, ledger = run_of(recipe, verb), cache / "ledger.sqlite"
    with (
        open_engine(recipe, ledger, cache / "embeddings", run) as engine,
        progress_shown() as progress,
    ):
        if progress is None:
            return work(engine, None)
        progress.begin(verb, rows)
        found = work(engine, progress.advancer(verb))
        progress.end(verb, counts(found))
        return found
