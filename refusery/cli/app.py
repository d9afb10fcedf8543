"""The `refusery` command, put together from its verbs; one line per error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from refusery.cli import review

_VERBS = (
    *("build", "plan", "doctor", "evaluate", "serve"),
    *("moderate", "judge", "mutate", "decode", "dedup"),
    *("audit", "verify", "diff", "publish"),
    *("hard", "judge-train", "judge-score", "agree", "leaderboard"),
)
"""Each verb is the function of its name in the module of its name beside this one."""

app = typer.Typer(
    name="refusery",
    help="Builds refusal benchmarks for language models: audited, versioned, verifiable.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback on errors.")] = False,
) -> None:
    """Builds refusal benchmarks for language models: audited, versioned, verifiable."""


for verb in _VERBS:
    name = verb.replace("-", "_")
    app.command(verb)(getattr(import_module(f"refusery.cli.{name}"), name))
app.add_typer(review.app, name="review")


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
