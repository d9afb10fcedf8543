"""Programs of a verb that has no run folder: they get an answer, or the command ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from flows.errors import TextsMissing
from inference.engine import Advance, Engine
from inference.ledger import Purpose
from inference.types import Failed, Program

ResultT = TypeVar("ResultT")


def answered(
    engine: Engine,
    purpose: Purpose,
    programs: Iterable[Program[ResultT]],
    advance: Advance | None = None,
    allowed: int = 0,
) -> list[ResultT | Failed]:
    """The programs' results, in order; more than so many that could not be had end the command.

    Args:
        engine: Runs them.
        purpose: For which verb.
        programs: One for each text.
        advance: Called with 1 for each text that is done.
        allowed: The recipe's `max_failed`.

    Raises:
        TextsMissing: A model could not be asked; its cause is named.
        BudgetReached: The recipe's cap is reached; what was answered is kept.
    """
    results = engine.run(programs, advance, purpose).results
    if engine.spent_out is not None:
        raise engine.spent_out
    failed = [result for result in results if isinstance(result, Failed)]
    if len(failed) > allowed:
        causes = [*engine.troubles().values(), *engine.last_failures().values()]
        rule = (
            f"at most max_failed ({allowed}) texts may fail for want of a reply; {len(failed)} "
            "did: what was answered is kept, and the same command goes on from there"
        )
        raise TextsMissing(rule, causes[0] if causes else failed[0].reason)
    return list(results)
