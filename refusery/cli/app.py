"""The `refusery` command, put together from its verbs; one line per error."""

import ast
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from importlib.metadata import version as distribution_version
from pathlib import Path
from typing import Annotated

import typer

from base.errors import RefuseryError
from base.problems import all_of
from base.registry import table_of
from refusery.cli.error_report import reported
from refusery.cli.printing import say
from refusery.cli.sections import Sections
from refusery.interruption import SIGNALS, STOPPED, interruption

_REVIEW = "review"
SECTIONS = {
    "build": ("new", "templates", "plan", "doctor", "pilot", "build", "serve"),
    "tables": ("moderate", "judge", "mutate", "decode", "dedup"),
    "judges": ("judge-score", "agree", "judge-train", "hard", "evaluate", "leaderboard"),
    "releases": ("verify", "audit", "diff", "publish"),
    "people": (_REVIEW, "browse"),
}
"""The verbs as the help shows them."""
_NAMES = (verb for verbs in SECTIONS.values() for verb in verbs if verb != _REVIEW)
_VERBS = table_of("verb", ((verb, verb.replace("-", "_")) for verb in _NAMES))
"""Each verb is the function of its name in the module of its name beside this one."""

_GROUPS = {
    _REVIEW: "Tables that people decide on in a spreadsheet: of a release, a base set, or answers."
}
"""Verbs with verbs of their own: `app` in the module of their name, and what it is for."""

_HELP = "Builds refusal benchmarks for language models: audited, versioned, verifiable."
_FIRST = """\
Refusery builds refusal benchmarks for language models. To begin with:
  make demo                two small sets, made on this machine with no key (in the clone)
  refusery moderate T.csv  or dedup, judge, mutate, audit: a table of your own, with no recipe
  refusery new NAME        a first recipe in a dialogue; then refusery doctor NAME.yaml
All verbs: refusery --help, or refusery VERB --help. docs/tour.md walks through them."""


class _Verbs(Sections):
    sections = SECTIONS


def command(wanted: str | None) -> typer.Typer:
    """The command with its verbs; of these the wanted one alone is imported.

    The others are known by name, and where no verb is wanted by their help too, so that nothing
    heavy is loaded before it is used.
    """
    told = wanted not in _VERBS and wanted not in _GROUPS
    app = typer.Typer(
        name="refusery",
        help=_HELP,
        cls=_Verbs,
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for verb, name in _VERBS.items():
        if verb == wanted:
            app.command(verb)(getattr(import_module(f"refusery.cli.{name}"), name))
        else:
            app.command(verb, help=_docstring(name) if told else None)(_not_loaded)
    for verb, help_ in _GROUPS.items():
        loaded = import_module(f"refusery.cli.{verb}").app if verb == wanted else typer.Typer()
        app.add_typer(loaded, name=verb, help=help_)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        say(f"refusery {distribution_version('refusery')}")
        raise typer.Exit


def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback on errors.")] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    """What all verbs have."""


def _not_loaded() -> None:
    """Stands for a verb that is not wanted."""


def _docstring(name: str) -> str | None:
    """What a verb says of itself, read without its imports."""
    tree = ast.parse(Path(__file__).with_name(f"{name}.py").read_text("utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return next((ast.get_docstring(each) for each in functions if each.name == name), None)


_IN_MAIN_THREAD = ("new", "serve")
_SIGNALLED = tuple(128 + number for number in SIGNALS)


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the exit status.

    0, 1 for a failed run, 2 for bad input; 130 and 143 for one that Ctrl-C or SIGTERM ended. With
    `--debug` an error is raised, so that Python shows all of it.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == [_SHOW_COMPLETION] and len(given) > 1:
        return _completion_script(given[1])
    completed = _typed() if _COMPLETING in os.environ else None
    arguments = [each for each in given if each != "--debug"]
    if not arguments and completed is None:
        return _shown(_FIRST)
    if arguments[-1:] == ["--styles"]:
        arguments.append("list")
    if completed is not None:
        arguments = completed
    verb = next((each for each in arguments if each != "--"), None)
    called = partial(_called, verb, arguments)
    try:
        # Prefect's runner has handlers of its own, a dialogue waits for keys: in the main thread.
        status = called() if verb in _IN_MAIN_THREAD else interruption.run(called)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:
        if interruption.number is None and not isinstance(error, KeyboardInterrupt):
            return _failed(error, arguments, debug="--debug" in given)
        status = interruption.status
    if status and interruption.number is not None:
        status = interruption.status
    return _said(STOPPED, status) if status in _SIGNALLED else status


_COMPLETING = "_REFUSERY_COMPLETE"
"""What a shell sets when it asks for completions."""


_SHOW_COMPLETION = "--show-completion"


def _completion_script(shell: str) -> int:
    """Shows the script for a shell that is named: under `sh`, or from a job, none can be seen."""
    before = os.environ.get(_COMPLETING)
    os.environ[_COMPLETING] = f"source_{shell}"
    try:
        return run([])
    finally:
        del os.environ[_COMPLETING]
        if before is not None:
            os.environ[_COMPLETING] = before


def _typed() -> list[str]:
    """What is typed so far after the command's name, as bash or another shell hands it over."""
    words = os.environ.get("COMP_WORDS", os.environ.get("_TYPER_COMPLETE_ARGS", ""))
    return words.split()[1:]


def _shown(text: str) -> int:
    for line in text.splitlines():
        say(line)
    return 0


def _called(verb: str | None, arguments: Sequence[str]) -> int:
    status = typer.main.get_command(command(verb)).main(
        list(arguments), prog_name="refusery", standalone_mode=False
    )
    return status if isinstance(status, int) else 0


def _failed(error: BaseException, arguments: Sequence[str], *, debug: bool) -> int:
    if isinstance(error, typer.Abort):
        return _said(str(error) or STOPPED, interruption.status)
    if debug:
        if _line(error) is None:
            reported(error, arguments)
        raise error
    if (way := _OPTIONS.get(getattr(error, "lacks", None) or "")) is not None:
        return _said(f"{_line(error)}; {way} names another", 2)
    return _said(_line(error) or reported(error, arguments), int(getattr(error, "exit_code", 1)))


_OPTIONS = {
    "prompt": "--column",
    "response": "--column",
    "text": "--column",
    "base": "--base-column",
    "style": "--style-column",
    "prompt_style": "--style-column",
    "answer": "--answer-column",
}
"""What names another column than the one that a table verb reads by default."""

_MOST_LINES = 30


def _line(error: BaseException) -> str | None:
    """What to say of an error that is the user's to mend; None for one of the program.

    An error that carries others has a line for each of them.
    """
    if isinstance(error, RefuseryError):
        if getattr(error, "contained", False):
            return None
        lines = list(dict.fromkeys(line for each in all_of(error) for line in _lines(each)))
        if (more := len(lines) - _MOST_LINES) > 0:
            lines[_MOST_LINES:] = [f"and {more:,} more"]
        return "\n".join(lines)
    # The parser's own errors: typer carries a copy of click, whose classes have no public name.
    say = getattr(error, "format_message", None)
    return str(say()) if callable(say) else None


def _lines(error: RefuseryError) -> list[str]:
    return [" ".join(line.split()) for line in str(error).splitlines()] or [""]


def _said(line: str, status: int) -> int:
    with suppress(OSError):  # whoever listened may be gone
        for each in line.splitlines() or [""]:
            say(f"refusery: {' '.join(each.split())}", err=True)
    return status
