"""Whether a run adds up: every row that enters a stage is found again, once, where it ended.

Rows are followed by `row`, votes and answers by (row, model), not by count alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts.answers import check_answers
from artifacts.carried import CARRIED
from artifacts.category_votes import TABLE as CATEGORY_VOTES
from artifacts.category_votes import check_category_votes
from artifacts.errors import RecordUnreadable, TableDamaged
from artifacts.expansion import check_expansion
from artifacts.funnel import Edge, count_edge
from artifacts.keys import ROW, are, lost, repeated
from artifacts.mutations import TABLE as MUTATIONS
from artifacts.mutations import check_mutations
from artifacts.records import RUN_FILE, read_run
from artifacts.stage_tables import StageTables, edge_name, open_stage
from artifacts.votes import check_votes


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
        RecordUnreadable: The folder holds no run.
    """
    run = read_run(folder)
    if run is None:
        raise RecordUnreadable(f"a run's folder must have a {RUN_FILE}", folder)
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
                raise TableDamaged("the stages it reads must add up", ", ".join(unread))
            inputs = {name: kept[name] for name in entry.inputs}
            edges.append(count_edge(tables, _entered(inputs)))
            problems += _check_stage(tables, inputs)
        except TableDamaged as error:
            problems.append(f"{tables.edge}: cannot be added up: {error}")
    return RunCheck(stages, tuple(edges), tuple(problems))


def _entered(inputs: Mapping[str, pl.DataFrame]) -> int | None:
    return pl.concat(inputs.values()).n_unique() if inputs else None


def _check_stage(tables: StageTables, inputs: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    kept, dropped, failed = (tables.read(name, ROW) for name in ("kept", "dropped", "failed"))
    if tables.entry.kind == "expand":
        yield from _check_passage(tables, inputs, tables.read("parents", ROW))
        yield from check_expansion(tables)
        if tables.has(MUTATIONS):
            yield from check_mutations(tables)
    else:
        yield from _check_passage(tables, inputs, pl.concat([kept, dropped, failed]))
    if tables.entry.kind == "annotate" and dropped.height:
        yield f"{tables.edge}: {are(dropped.height, 'row', 'dropped, which annotate never does')}"
    if tables.entry.asked or tables.has("answers"):
        yield from check_answers(tables)
    elif tables.has(CATEGORY_VOTES):
        yield from check_category_votes(tables)
    elif tables.entry.name != CARRIED and (tables.entry.models or tables.has("votes")):
        # Carried votes are of whoever voted then, perhaps of others for each row.
        yield from check_votes(tables)


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
