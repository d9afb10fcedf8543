"""A stage's work on rows in memory, without a run: for table verbs, and for `import refusery`.

It is the same work that a run's jobs do; nothing of it is kept but the replies, in the ledger.
"""

from collections.abc import MutableMapping, Sequence
from typing import TypeVar

from inference.accounts import Advance, Meter
from inference.engine import Batch, Engine
from inference.ledger import Purpose
from inference.types import Failed, Program
from pipelines.runner.stage import EachRow, Outcome, Row, RowProgram

ResultT = TypeVar("ResultT")
KeyT = TypeVar("KeyT")


def outcomes_of(
    engine: Engine,
    work: EachRow,
    rows: Sequence[Row],
    purpose: Purpose,
    advance: Advance | None = None,
    meter: Meter | None = None,
) -> Batch[Outcome]:
    """What a stage's work makes of each row; where it cannot get ready, every row has failed.

    Args:
        engine: Asks models and encoders.
        work: The stage's.
        rows: With the columns that the work reads.
        purpose: Under which run and stage spend is counted.
        advance: Called with 1 for each row that ended.
        meter: Who is told which row used which reply, rows by their places.
    """
    started = engine.run([work.prepare()], purpose=purpose)
    program = started.results[0]
    if isinstance(program, Failed):
        return Batch((program,) * len(rows), started.spends)
    return engine.run((program(row) for row in rows), advance, purpose, meter)


def asking_nobody(program: Program[ResultT]) -> ResultT:
    """What a program gives that asks no model, nor do those that it runs together.

    Raises:
        TypeError: It asks one.
    """
    sent: list[object] | None = None
    while True:
        try:
            asked = program.send(sent)
        except StopIteration as end:
            result: ResultT = end.value
            return result
        if not isinstance(asked, list):
            raise TypeError("what rules make must ask nobody")
        sent = [asking_nobody(each) for each in asked]


def noted(
    program: Program[ResultT], done: MutableMapping[KeyT, ResultT] | None, key: KeyT
) -> Program[ResultT]:
    """The same program; what it gives is put into `done`, which stays where a batch is stopped."""
    result = yield from program
    if done is not None:
        done[key] = result
    return result


def noting(work: EachRow, done: MutableMapping[str, Outcome] | None) -> EachRow:
    """The same work; what comes of each row is put into `done`, by its `row`."""

    def prepare() -> Program[RowProgram]:
        program = yield from work.prepare()
        return lambda row: noted(program(row), done, str(row["row"]))

    return EachRow(prepare)
