"""A pipeline cut down to some of its rows, drawn so that they stand for all: what a pilot runs.

Each stage stays what it is, and so does each of its requests: a run of the whole finds the replies.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from artifacts.records import StageName
from base.digests import lines_key
from inference.types import Program
from pipelines.runner.pipeline import Pipeline, Rounds, Step, Together, named_in
from pipelines.runner.rows import dropped_as
from pipelines.runner.stage import Every, Frames, Function, Input, Round, Stage, Work

NOT_DRAWN = "not_in_pilot"
"""Why a row is out that a pilot does without."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A stage of whose rows a pilot takes some; what follows from each is a cluster.

    Attributes:
        stage: The stage.
        is_made: Whether its rows come of what models answer, so that a run of the whole alone has
            all of them.
        by_row: Whether what follows from a row is known by `row`, where several share a `root`.
    """

    stage: StageName
    is_made: bool = False
    by_row: bool = False


def draw(rows: pl.DataFrame, most: int) -> pl.Series:
    """Which rows of a frame are drawn, at most so many: the same ones each time.

    Rows are ordered by category and within it by a hash of their keys, and every so many-th is
    taken. So each row has the same chance, and each category has its share of the draw.

    Args:
        rows: Has `category` and `row`.
        most: How many are wanted.
    """
    count = rows.height
    if count <= most:
        return pl.Series([True] * count, dtype=pl.Boolean)
    keys = zip(rows["category"], rows["row"], range(count), strict=True)
    order = sorted((category or "", _chance(row), place) for category, row, place in keys)
    chosen = {order[(2 * each + 1) * count // (2 * most)][2] for each in range(most)}
    return pl.Series([place in chosen for place in range(count)], dtype=pl.Boolean)


def _chance(row: str) -> bytes:
    return lines_key("pilot", row)


def cut(pipeline: Pipeline, drawn: Sequence[Drawn], most: int, without: StageName) -> Pipeline:
    """The same pipeline, of which so many rows run to the end, once each.

    Args:
        pipeline: The whole.
        drawn: The stages of whose rows some are taken.
        most: How many of each.
        without: A stage whose rows are left aside wherever there are others.
    """
    names = {each.stage for each in drawn}

    def stage(given: Stage) -> Stage:
        inputs = _without(given.inputs, without)
        found = given if inputs == given.inputs else replace(given, inputs=inputs)
        return _thinned(found, most) if given.name in names else found

    def step(given: Step) -> Step:
        if isinstance(given, Stage):
            return stage(given)
        stages = tuple(map(stage, given.stages))
        if isinstance(given, Together):
            return replace(given, stages=stages)
        return Rounds(stages, 1, lambda tables: False)

    return Pipeline([step(each) for each in pipeline.steps])


def drawn_before(pipeline: Pipeline, drawn: Sequence[Drawn]) -> dict[StageName, Drawn]:
    """For each stage that rests on a draw the one that it rests on; a drawn stage on its own."""
    found: dict[StageName, Drawn] = {}
    own = {each.stage: each for each in drawn}
    for stage in pipeline.stages:
        before = [found[name] for name in named_in(stage.inputs) if name in found]
        if (given := own.get(stage.name)) is not None:
            found[stage.name] = given
        elif before:
            found[stage.name] = before[-1]
    return found


def _without(inputs: tuple[Input, ...], name: StageName) -> tuple[Input, ...]:
    left = tuple(each for each in inputs if isinstance(each, Every) or each.among != (name,))
    return left or inputs


def _thinned(stage: Stage, most: int) -> Stage:
    def work(round_: Round) -> Work:
        made = stage.work(round_)
        return made if not callable(made) else _drawing(made, stage.tables, most)

    return replace(stage, work=work, covers=lambda round_: (*stage.covers(round_), NOT_DRAWN, most))


def _drawing(made: Function, tables: Mapping[str, pl.Schema], most: int) -> Function:
    def run(rows: pl.DataFrame, *beside: pl.DataFrame) -> "Frames | Program[Frames]":
        found = made(rows, *beside)
        return later(found) if isinstance(found, Generator) else thin(found)

    def later(program: Program[Frames]) -> Program[Frames]:
        found = yield from program
        return thin(found)

    def thin(frames: Frames) -> Frames:
        kept, schema = frames["kept"], tables["dropped"]
        chosen = draw(kept, most)
        out = dropped_as(kept.filter(~chosen), NOT_DRAWN).select(schema.names()).cast(schema)
        before = frames.get("dropped", schema.to_frame()).select(schema.names()).cast(schema)
        return {**frames, "kept": kept.filter(chosen), "dropped": pl.concat([before, out])}

    return run
