"""The one line for an error that is nobody's to mend by other input; it names the error's file."""

import os
import re
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from base.errors import DISK_FULL, RefuseryError
from flows.error_report import errors_behind, shown_path, type_name, written_report

_OUT_IS_FOLDER = frozenset({"build", "evaluate", "plan", "serve"})


def reported(error: BaseException, arguments: Sequence[str]) -> str:
    """The line for an error of a library or the program, once its file is written."""
    command = f"command: refusery {' '.join(_without_secrets(arguments))}"
    path = written_report(error, command, _out(arguments))
    where = f"; {path} says where, without texts" if path else ""
    return f"{_said(error)}{where}; --debug shows all of it"


def _said(error: BaseException) -> str:
    kept = "what was answered is kept"
    if isinstance(error, MemoryError):
        return f"memory must suffice for what is done at once; {kept}"
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        return f"there must be room to write (got {os.strerror(error.errno)}); {kept}"
    first = errors_behind(error)[-1] if isinstance(error, RefuseryError) else error
    return f"the program or a library failed: {type_name(first)} in {_last_frame(first)}; {kept}"


def _without_secrets(arguments: Sequence[str]) -> Iterator[str]:
    """The command with names of settings alone, and addresses without who logs in."""
    setting = False
    for given in arguments:
        name, is_set, _ = given.removeprefix("--set=").partition("=")
        if setting or given.startswith("--set="):
            yield f"{name}=..." if is_set else "..."
        else:
            yield re.sub(r"://[^/@\s]*@", "://...@", given).partition("?")[0]
        setting = given == "--set"


def _last_frame(error: BaseException) -> str:
    """The last place in this project's own code, else the last of all."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if shown_path(each.filename).partition("/")[0] in _own_folders()]
    if not frames:
        return "a place that is not known"
    frame = (own or frames)[-1]
    return f"{shown_path(frame.filename)}:{frame.lineno}"


def _own_folders() -> frozenset[str]:
    from refusery.packages import PACKAGES

    return frozenset({"refusery", *PACKAGES})


def _out(arguments: Sequence[str]) -> Path:
    """The folder of outputs: --cache of a verb for tables, --out of one that fills a folder."""
    verb = next((each for each in arguments if not each.startswith("-")), "")
    option = "--out" if verb in _OUT_IS_FOLDER else "--cache"
    for given, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if given == option and following:
            return Path(following)
        if given.startswith(f"{option}="):
            return Path(given.partition("=")[2])
    return Path("out")
