"""From the command line to an exit status: one line per error, a traceback only with `--debug`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from flows.command.app import app

_INTERRUPTED = 130


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the exit status: 0, 1 for a failed run, 2 for bad input."""
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    debug = "--debug" in given
    try:
        status = typer.main.get_command(app).main(
            [each for each in given if each != "--debug"],
            prog_name="refusery",
            standalone_mode=False,
        )
        return status if isinstance(status, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        return _said("stopped; run the same command again to go on", _INTERRUPTED)
    except Exception as error:
        line = _line(error)
        if line is None or (debug and is_ours(error)):
            raise
        return _said(line, int(getattr(error, "exit_code", 1)))


def _line(error: Exception) -> str | None:
    """What to say of an error that is the user's to mend; None for one of the program."""
    if is_ours(error):
        return str(error)
    # The parser's own errors: typer carries a copy of click, whose classes have no public name.
    say = getattr(error, "format_message", None)
    return str(say()) if callable(say) else None


def is_ours(error: BaseException) -> bool:
    """Whether an error is of one of the packages' families: it names a rule and an exit code."""
    return hasattr(error, "rule") and hasattr(error, "exit_code")


def _said(line: str, status: int) -> int:
    typer.echo(f"refusery: {' '.join(line.split())}", err=True)
    return status
