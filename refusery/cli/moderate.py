"""`refusery moderate`: votes on any table, and scores where the table has true labels."""

from artifacts.user_tables import read_user_table, require_writable, write_user_table
from pipelines.errors import NotBuiltError
from pipelines.recipe import OrBench, load
from pipelines.sources.engine import require_payable
from pipelines.stages.wordings import moderator_wordings
from refusery.cli.engine import with_engine, written_aside
from refusery.cli.options import OUT, PROMPT, Cache, Column, Result, Settings, Table, WithRecipe
from refusery.cli.printing import print_tables, say, warn
from refusery.verbs import moderation as verb

_LABEL = "label"
_TYPE = "type"


def moderate(
    table: Table,
    recipe: WithRecipe,
    out: Result = None,
    column: Column = PROMPT,
    settings: Settings = None,
    cache: Cache = OUT,
) -> None:
    """Let a recipe's moderators vote on any table; with a `label` column, score them."""
    loaded = load(recipe, settings or [])
    if not isinstance(loaded, OrBench):
        raise NotBuiltError("moderate takes a recipe with a part `moderate`", loaded.benchmark)
    require_payable(loaded)
    if out is not None:
        require_writable(out)
    rows = read_user_table(table, column)
    texts = rows[column].to_list()
    truths = verb.truths_of(rows[_LABEL].to_list()) if _LABEL in rows.columns else None
    warn(moderator_wordings(loaded))
    done: verb.Done = {}
    found = with_engine(
        loaded,
        verb.VERB,
        cache,
        len(texts),
        lambda engine, advance: verb.moderated(
            engine, loaded, texts, truths is not None, advance, done
        ),
        lambda _: {"kept": len(texts)},
        lambda: written_aside(out, verb.so_far(rows, done), len(texts)),
    )
    tables = [verb.counts_of(found), verb.risky(found, truths)]
    if truths is not None:
        tables.append(verb.pooled(found.verdicts, truths))
        if _TYPE in rows.columns:
            tables.append(verb.by_type(found.verdicts, truths, rows[_TYPE].to_list()))
    print_tables(tables)
    if out is not None:
        write_user_table(out, verb.with_votes(rows, found))
        say(f"written: {out}")
