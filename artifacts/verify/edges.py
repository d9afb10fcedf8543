"""Whether a run adds up: every row that enters a stage is found again, once, where it ended.

Rows are followed by `row`, votes and answers by (row, model), not by count alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts.errors import TableDamagedError
from artifacts.records import RUN_FILE, read_run
from artifacts.schemas import PARENTS, ROWS, WRITTEN
from artifacts.sorry_bench_schemas import MUTATED, MUTATIONS
from artifacts.stage_tables import (
    ROW,
    Edge,
    StageTables,
    are,
    count_edge,
    edge_name,
    lost,
    open_stage,
    repeated,
)
from artifacts.verify import lineage, votes
from base.errors import RecordUnreadableError

_OUTCOMES = ("expanded", "dropped", "failed")
_PARENT = pl.Schema({name: PARENTS[name] for name in ("row", "outcome", "children")})
_WRITTEN = pl.Schema({name: WRITTEN[name] for name in ("row", "asks", "writers")})
_BY_WRITER = pl.Schema({name: ROWS[name] for name in ("parent", "writer")})
_CHILD = pl.Schema({name: ROWS[name] for name in ("row", "parent")})


def check_expansion(tables: StageTables) -> Iterator[str]:
    """One line for each way in which parents and children do not fit together."""
    parents = tables.read("parents", _PARENT)
    kept, dropped = (tables.read(name, _CHILD) for name in ("kept", "dropped"))
    texts = pl.concat([kept, dropped])
    if count := repeated(texts.select("row")):
        yield f"{tables.edge}: {are(count, 'text', 'kept or dropped more than once')}"
    known = parents.select(parent="row")
    if count := texts.join(known, on="parent", how="anti", nulls_equal=True).height:
        yield f"{tables.edge}: {are(count, 'text', 'without a known parent')}"
    if count := parents.filter(~pl.col("outcome").is_in(_OUTCOMES)).height:
        yield f"{tables.edge}: {are(count, 'parent', 'of an unknown outcome')}"
    yield from _check_children(tables, parents, kept)
    yield from _check_writers(tables)
    failed = parents.filter(outcome="failed").select("row")
    listed = tables.read("failed", ROW)
    if count := lost(failed, listed).height + lost(listed, failed).height:
        yield f"{tables.edge}: {are(count, 'parent', 'failed in one table and not in the other')}"


def _check_children(
    tables: StageTables, parents: pl.DataFrame, kept: pl.DataFrame
) -> Iterator[str]:
    found = kept.group_by("parent").len("found")
    beside = parents.join(found, left_on="row", right_on="parent", how="left").with_columns(
        missing=pl.col("children") - pl.col("found").fill_null(0).cast(pl.Int64)
    )
    if short := beside.select(pl.col("missing").clip(lower_bound=0).sum()).item():
        yield f"{tables.edge}: {are(short, 'row', 'lost among the children')}"
    if over := beside.select((-pl.col("missing")).clip(lower_bound=0).sum()).item():
        yield f"{tables.edge}: {are(over, 'row', 'more than the parents count as children')}"
    childless = (pl.col("outcome") == "expanded") != (pl.col("children") > 0)
    if count := parents.filter(childless).height:
        yield f"{tables.edge}: {are(count, 'parent', 'of an outcome that its children belie')}"


def _check_writers(tables: StageTables) -> Iterator[str]:
    """What writers gave against asks and kept rows, where the run counts writers."""
    if "writers" not in tables.columns("parents"):
        return
    parents = tables.read("parents", _WRITTEN)
    asks = pl.col("writers").list.eval(pl.element().struct.field("asks")).list.sum()
    if count := parents.filter(asks != pl.col("asks")).height:
        yield f"{tables.edge}: {are(count, 'parent', 'of other asks than its writers count')}"
    turns = parents.select(parent="row", turn="writers").explode("turn").drop_nulls("turn")
    told = turns.unnest("turn").filter(pl.col("kept") > 0).select("parent", "writer", "kept")
    found = tables.read("kept", _BY_WRITER).group_by("parent", "writer").len("kept")
    found = found.with_columns(pl.col("kept").cast(pl.Int32))
    if count := lost(told, found).height + lost(found, told).height:
        yield f"{tables.edge}: {are(count, 'count', 'of a writer that its rows belie')}"


MUTATIONS_TABLE = "mutations"
_ENDED = pl.Schema({name: MUTATIONS[name] for name in ("row", "prompt_style", "outcome")})
_MUTATION_CHILD = pl.Schema({name: MUTATED[name] for name in ("parent", "prompt_style")})
_MUTATION_PARENT = pl.Schema({name: PARENTS[name] for name in ("row", "outcome")})
_MUTATION_OUTCOMES = ("kept", "dropped", "stopped")


def check_mutations(tables: StageTables) -> Iterator[str]:
    """One line for each way in which base rows, styles and mutated rows do not fit together."""
    ended = tables.read(MUTATIONS_TABLE, _ENDED)
    keys = ended.select("row", "prompt_style")
    parents = (
        tables.read("parents", _MUTATION_PARENT).filter(pl.col("outcome") != "failed").select("row")
    )
    wanted = parents.join(ended.select("prompt_style").unique(), how="cross")
    if count := lost(wanted, keys).height:
        yield f"{tables.edge}: {are(count, 'mutation', 'lost')}"
    if count := lost(keys, wanted).height:
        yield f"{tables.edge}: {are(count, 'mutation', 'of no known base row')}"
    if count := repeated(keys):
        yield f"{tables.edge}: {are(count, 'mutation', 'counted more than once')}"
    if count := ended.filter(~pl.col("outcome").is_in(_MUTATION_OUTCOMES)).height:
        yield f"{tables.edge}: {are(count, 'mutation', 'of an unknown outcome')}"
    kept = ended.filter(outcome="kept").select(parent="row", prompt_style="prompt_style")
    children = tables.read("kept", _MUTATION_CHILD)
    if count := lost(kept, children).height + lost(children, kept).height:
        yield f"{tables.edge}: {are(count, 'mutation', 'of an outcome that its rows belie')}"
    if count := repeated(children):
        yield f"{tables.edge}: {are(count, 'mutation', 'kept more than once')}"


@dataclass(frozen=True, slots=True)
class RunCheck:
    """What came of adding up a run.

    Attributes:
        stages: The tables of each stage, by name.
        edges: The funnel, stage by stage; a stage that cannot be read is left out.
        problems: One line for each thing that is not as it should be; empty for a sound run.
    """

    stages: Mapping[str, StageTables]
    edges: tuple[Edge, ...]
    problems: tuple[str, ...]

    @property
    def files(self) -> int:
        """How many tables there are."""
        return sum(tables.files for tables in self.stages.values())


def check_run(folder: Path) -> RunCheck:
    """Adds up every edge of a run and compares every table with its record.

    Raises:
        RecordUnreadableError: The folder holds no run.
    """
    run = read_run(folder)
    if run is None:
        raise RecordUnreadableError(f"a run's folder must have a {RUN_FILE}", folder)
    stages: dict[str, StageTables] = {}
    kept: dict[str, pl.DataFrame] = {}
    edges: list[Edge] = []
    problems: list[str] = []
    for entry in run.stages:
        tables, found = open_stage(folder, entry)
        stages[entry.name] = tables
        problems += found
        unread = [name for name in entry.inputs if name not in kept]
        try:
            kept[entry.name] = tables.read("kept", ROW)
            if unread:
                raise TableDamagedError("the stages it reads must add up", ", ".join(unread))
            inputs = {name: kept[name] for name in entry.inputs}
            edges.append(count_edge(tables, _entered(inputs)))
            problems += _check_stage(tables, inputs)
        except TableDamagedError as error:
            problems.append(f"{tables.edge}: cannot be added up: {error}")
        except pl.exceptions.PolarsError:
            problems.append(f"{tables.edge}: cannot be added up: its columns are of another stage")
    return RunCheck(stages, tuple(edges), tuple(problems))


def _entered(inputs: Mapping[str, pl.DataFrame]) -> int | None:
    return pl.concat(inputs.values()).n_unique() if inputs else None


def _check_stage(tables: StageTables, inputs: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    kept, dropped, failed = (tables.read(name, ROW) for name in ("kept", "dropped", "failed"))
    if tables.entry.kind == "expand":
        yield from _check_passage(tables, inputs, tables.read("parents", ROW))
        yield from check_expansion(tables)
        if tables.has(MUTATIONS_TABLE):
            yield from check_mutations(tables)
    else:
        yield from _check_passage(tables, inputs, pl.concat([kept, dropped, failed]))
    if tables.entry.kind == "annotate" and dropped.height:
        yield f"{tables.edge}: {are(dropped.height, 'row', 'dropped, which annotate never does')}"
    if tables.entry.asked or tables.has("answers"):
        yield from votes.check_answers(tables)
    elif tables.has(votes.TABLE):
        yield from votes.check_category_votes(tables)
    elif tables.entry.name != lineage.CARRIED and (tables.entry.models or tables.has("votes")):
        # Carried votes are of whoever voted then, perhaps of others for each row.
        yield from votes.check_votes(tables)


def _check_passage(
    tables: StageTables, inputs: Mapping[str, pl.DataFrame], accounted: pl.DataFrame
) -> Iterator[str]:
    stage = tables.entry.name
    for name, rows in inputs.items():
        if count := lost(rows, accounted).height:
            yield f"{edge_name(stage, (name,))}: {are(count, 'row', 'lost')}"
    if inputs and (count := lost(accounted, pl.concat(inputs.values())).height):
        yield f"{tables.edge}: {are(count, 'row', 'not among its inputs')}"
    if count := repeated(accounted):
        yield f"{tables.edge}: {are(count, 'row', 'counted more than once')}"
