"""An error that is nobody's to mend by other input: one line, and a file that says where it was.

The file holds versions, the command without values that may be secret, and the frames and types of
the errors. What an error of a library says is left out: it may quote a row.
"""

import errno
import os
import platform
import re
import time
import traceback
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PACKAGES = (
    *("refusery", "polars", "pyarrow", "prefect", "pydantic", "sqlalchemy", "aiohttp"),
    *("httpx2", "openai", "anthropic", "huggingface-hub", "torch", "sentence-transformers"),
)
_ROOT = Path(__file__).parents[2]
_SITE = re.compile(r".*/site-packages/")
_OUT_IS_FOLDER = frozenset({"build", "evaluate", "plan", "serve"})
_DEEPEST = 20  # errors behind an error


def is_ours(error: BaseException) -> bool:
    """Whether an error is of one of the packages' families: it names a rule and an exit code."""
    return hasattr(error, "rule") and hasattr(error, "exit_code")


def reported(error: BaseException, arguments: Sequence[str]) -> str:
    """The line for an error of a library or the program, once its file is written."""
    path = _written(error, arguments)
    where = f"; {path} says where, without texts" if path else ""
    return f"{_said(error)}{where}; --debug shows all of it"


def _said(error: BaseException) -> str:
    kept = "what was answered is kept"
    if isinstance(error, MemoryError):
        return f"memory must suffice for what is done at once; {kept}"
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"there must be room to write (got {os.strerror(error.errno)}); {kept}"
    first = _behind(error)[-1] if is_ours(error) else error
    return f"the program or a library failed: {_named(first)} in {_last_frame(first)}; {kept}"


def _written(error: BaseException, arguments: Sequence[str]) -> Path | None:
    """The file below `out/`, readable by its owner alone; None where it cannot be written."""
    folder = _out(arguments) / "errors"
    path = folder / f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.txt"
    lines = [*_surroundings(arguments), *_story(error), ""]
    try:
        from base.files import make_folders  # what is wanted of an error is nothing to wait for

        make_folders(folder)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write("\n".join(lines))
    except OSError:
        return None
    return path


def _surroundings(arguments: Sequence[str]) -> Iterator[str]:
    yield f"command: refusery {' '.join(_without_secrets(arguments))}"
    yield f"python {platform.python_version()} on {platform.system()} {platform.machine()}"
    for name in _PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue


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


def _story(error: BaseException) -> Iterator[str]:
    """Every error behind it, the first one first: its type, and where each frame stood."""
    for each in reversed(_behind(error)):
        yield ""
        yield f"{_named(each)}{_vetted(each)}"
        for frame in traceback.extract_tb(each.__traceback__):
            yield f"  {_shown(frame.filename)}:{frame.lineno} in {frame.name}"


def _behind(error: BaseException) -> list[BaseException]:
    """The error, then what it came from, to the first."""
    found: list[BaseException] = []
    left: BaseException | None = error
    while left is not None and left not in found and len(found) < _DEEPEST:
        found.append(left)
        left = left.__cause__ or (None if left.__suppress_context__ else left.__context__)
    return found


def _named(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _vetted(error: BaseException) -> str:
    """What is known to quote no row: our own errors' lines, and the name of a system's error."""
    if is_ours(error):
        return f": {error}"
    if isinstance(error, OSError) and error.errno is not None:
        return f": {errno.errorcode.get(error.errno, error.errno)}"
    return ""


def _last_frame(error: BaseException) -> str:
    """The last place in this project's own code, else the last of all."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if _shown(each.filename).partition("/")[0] in _own_folders()]
    if not frames:
        return "a place that is not known"
    frame = (own or frames)[-1]
    return f"{_shown(frame.filename)}:{frame.lineno}"


def _own_folders() -> frozenset[str]:
    from refusery.packages import PACKAGES

    return frozenset({"refusery", *PACKAGES})


def _shown(file: str) -> str:
    """A path from the checkout or from where packages lie, so that no home shows."""
    path = Path(file)
    if path.is_relative_to(_ROOT) and ".venv" not in path.parts:
        return path.relative_to(_ROOT).as_posix()
    shown = _SITE.sub("", path.as_posix())
    return shown if shown != path.as_posix() else path.name


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
