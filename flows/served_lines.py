"""What `refusery serve` prints of its runs: a line when one starts, and one when it ends.

A run's process prints them, and `serve` passes on what its runs print. Of a run that was killed or
cancelled from outside, `serve` prints the end itself.
"""

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from prefect.context import FlowRunContext

from base.foreign_text import terminal_text
from flows.run_log import log_line

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun, State
    from prefect.flows import Flow


def tell_start(flow: "Flow[..., Any]", flow_run: "FlowRun", state: "State[Any]") -> None:
    """Prints that a run has started; a hook for `on_running`."""
    _print(flow_run, "started")


def tell_end(flow: "Flow[..., Any]", flow_run: "FlowRun", state: "State[Any]") -> None:
    """Prints how a run was ended from outside; a hook for `on_cancellation` and `on_crashed`."""
    _print(flow_run, state.name or state.type.value.title())


def ended(state: "State[Any]") -> "State[Any]":
    """The state that a flow ends in, once its line is on the run's page and printed."""
    line = f"{state.name}: {state.message}"
    log_line(line)
    context = FlowRunContext.get()
    if context is not None and context.flow_run is not None:
        _print(context.flow_run, line)
    return state


def _print(run: "FlowRun", line: str) -> None:
    """Nothing is printed of a run that a person started by a command: that has its own output."""
    if run.deployment_id is None:
        return
    print_line(run.name, line)


def print_line(name: str, line: str) -> None:
    """Prints what became of the run of that name, and when."""
    with suppress(OSError, ValueError):  # a terminal that is closed ends no run
        sys.stdout.write(f"{time.strftime('%H:%M:%S')} {terminal_text(f'{name}: {line}')}\n")
        sys.stdout.flush()
