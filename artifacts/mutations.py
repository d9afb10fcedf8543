"""Whether mutations add up: each base row ends once in every style, and kept ones are there."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from artifacts.keys import are, lost, repeated
from artifacts.mutation_schemas import MUTATED, MUTATIONS
from artifacts.schemas import PARENTS
from artifacts.stage_tables import StageTables

TABLE = "mutations"
_ENDED = pl.Schema({name: MUTATIONS[name] for name in ("row", "prompt_style", "outcome")})
_CHILD = pl.Schema({name: MUTATED[name] for name in ("parent", "prompt_style")})
_PARENT = pl.Schema({name: PARENTS[name] for name in ("row", "outcome")})
_OUTCOMES = ("kept", "dropped", "stopped")


def check_mutations(tables: StageTables) -> Iterator[str]:
    """One line for each way in which base rows, styles and mutated rows do not fit together."""
    ended = tables.read(TABLE, _ENDED)
    keys = ended.select("row", "prompt_style")
    parents = tables.read("parents", _PARENT).filter(pl.col("outcome") != "failed").select("row")
    wanted = parents.join(ended.select("prompt_style").unique(), how="cross")
    if count := lost(wanted, keys).height:
        yield f"{tables.edge}: {are(count, 'mutation', 'lost')}"
    if count := lost(keys, wanted).height:
        yield f"{tables.edge}: {are(count, 'mutation', 'of no known base row')}"
    if count := repeated(keys):
        yield f"{tables.edge}: {are(count, 'mutation', 'counted more than once')}"
    if count := ended.filter(~pl.col("outcome").is_in(_OUTCOMES)).height:
        yield f"{tables.edge}: {are(count, 'mutation', 'of an unknown outcome')}"
    kept = ended.filter(outcome="kept").select(parent="row", prompt_style="prompt_style")
    children = tables.read("kept", _CHILD)
    if count := lost(kept, children).height + lost(children, kept).height:
        yield f"{tables.edge}: {are(count, 'mutation', 'of an outcome that its rows belie')}"
    if count := repeated(children):
        yield f"{tables.edge}: {are(count, 'mutation', 'kept more than once')}"
