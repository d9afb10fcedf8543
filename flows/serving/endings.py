"""How a run ends in Prefect: a state, and one line that says why; never a text of a row."""

from __future__ import annotations

from typing import Any, TypeAlias

from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed, Failed

from flows.runner.lock import RunHeld

Ending: TypeAlias = "State[Any]"

NOTHING_TO_DO = "NothingToDo"


def done(line: str) -> Ending:
    """The run did what it was for."""
    return Completed(message=line)


def nothing_to_do(line: str) -> Ending:
    """The run is well, and found everything as it should be; such an end has its own name."""
    if "nothing to do" not in line:
        line = f"nothing to do: {line}"
    return Completed(name=NOTHING_TO_DO, message=line)


def refused(error: Exception) -> Ending:
    """Ends a run by an error of ours: its one line, and no traceback.

    A run that meets another one of the same recipe is cancelled, as the server cancels one that
    meets itself.

    Raises:
        Exception: The error itself, where it is none of ours: that is a fault of the program.
    """
    if not (hasattr(error, "rule") and hasattr(error, "exit_code")):
        raise error
    line = " ".join(str(error).split())
    return Cancelled(message=line) if isinstance(error, RunHeld) else Failed(message=line)
