"""The command called in the test's own process, as the installed script would call it."""

from __future__ import annotations

import io
import os
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The checkout."""

_PLAIN = {"NO_COLOR": "1", "COLUMNS": "120"}
_GONE = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "PREFECT_API_URL", "HF_TOKEN")


@dataclass(frozen=True, slots=True)
class Ran:
    """A call that has ended.

    Attributes:
        status: Its exit status.
        out: What it printed to standard output.
        err: What it printed to standard error.
    """

    status: int
    out: str
    err: str


def call(*arguments: str | Path, cwd: Path, **environment: str) -> Ran:
    """Calls the command's entry function in a folder, with what it prints caught."""
    out, err = io.StringIO(), io.StringIO()
    said = ["refusery", *map(str, arguments)]
    with (
        _placed(cwd, said, environment),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            _entry()()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        else:
            status = 0
    return Ran(status, out.getvalue(), err.getvalue())


def program() -> list[str]:
    """What starts the command as a process of its own, before its arguments."""
    module, function = _declared()
    return [sys.executable, "-c", f"from {module} import {function}; {function}()"]


def _entry() -> Callable[[], object]:
    module, function = _declared()
    found: Callable[[], object] = getattr(import_module(module), function)
    return found


def _declared() -> tuple[str, str]:
    """The module and the function that the checkout declares as the command."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    module, _, function = said["project"]["scripts"]["refusery"].partition(":")
    return module, function


@contextmanager
def _placed(cwd: Path, arguments: list[str], environment: dict[str, str]) -> Iterator[None]:
    """Folder, arguments and environment of the call; those of the process come back after it."""
    before, given, known = Path.cwd(), sys.argv, os.environ.copy()
    os.chdir(cwd)
    sys.argv = arguments
    os.environ.update({**_PLAIN, **environment})
    for name in _GONE:
        if name not in environment:
            os.environ.pop(name, None)
    try:
        yield
    finally:
        os.chdir(before)
        sys.argv = given
        os.environ.clear()
        os.environ.update(known)
