"""An engine for a verb, with its progress shown while it works."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import polars as pl

from artifacts.user_tables import write_user_table
from inference.accounts import Advance
from inference.engine import Engine
from inference.errors import EngineStoppedError
from pipelines.recipe import Recipe
from pipelines.sources.engine import open_engine, run_of
from refusery.cli.options import beside
from refusery.cli.printing import say
from refusery.cli.progress import progress_shown
from refusery.interruption import interruption

ResultT = TypeVar("ResultT")


def with_engine(
    recipe: Recipe,
    verb: str,
    cache: Path,
    rows: int,
    work: Callable[[Engine, Advance | None], ResultT],
    counts: Callable[[ResultT], Mapping[str, int]],
    aside: Callable[[], str | None] | None = None,
) -> ResultT:
    """What `work` gives, with an engine for the recipe's models, closed afterwards.

    Args:
        recipe: Its models, encoders and cap.
        verb: The verb, under which spend is counted and progress shown.
        cache: Where ledger and embeddings are kept.
        rows: Rows to be done.
        work: Takes the engine and what counts rows.
        counts: What to say at the end: rows that are `done`, or were `kept` and `dropped`.
        aside: Writes what there is so far, where the verb is stopped; gives what to say of it.
    """
    run, ledger = run_of(recipe, verb), cache / "ledger.sqlite"
    with (
        open_engine(recipe, ledger, cache / "embeddings", run) as engine,
        progress_shown() as progress,
    ):
        try:
            if progress is None:
                return work(engine, None)
            progress.begin(verb, rows)
            found = work(engine, progress.advancer(verb))
        except (EngineStoppedError, KeyboardInterrupt):
            with interruption.shielded():
                if aside is not None and (said := aside()) is not None:
                    say(said, err=True)
            raise
        progress.end(verb, counts(found))
        return found


def written_aside(out: Path | None, frame: pl.DataFrame, rows: int) -> str | None:
    """Writes what a stopped verb has so far beside its table, in whose place it never stands.

    Args:
        out: The table that the verb would have written; None writes nothing.
        frame: The rows that there are.
        rows: How many there would be.

    Returns:
        What to say of it.
    """
    if out is None or not frame.height:
        return None
    path = beside(out, "partial")
    write_user_table(path, frame)
    return f"so far: {frame.height:,} of {rows:,} rows, in {path}"
