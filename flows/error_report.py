"""The file of an error that is nobody's to mend by other input: it says where the error was.

It holds versions, what was run without values that may be secret, and the frames and types of the
errors. What an error of a library says is left out: it may quote a row.
"""

import errno
import os
import platform
import time
import traceback
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from base.errors import RefuseryError

_PACKAGES = (
    *("refusery", "polars", "pyarrow", "prefect", "pydantic", "sqlalchemy", "aiohttp"),
    *("httpx2", "openai", "anthropic", "huggingface-hub", "torch", "sentence-transformers"),
)
_ROOT = Path(__file__).parents[1]
_SITE = "/site-packages/"
_DEEPEST = 20  # errors behind an error


def written_report(error: BaseException, what: str, out: Path) -> Path | None:
    """The file below `out/errors/`, readable by its owner alone; None where it cannot be written.

    Args:
        error: What is reported, with all that is behind it.
        what: What was run, in a line without secrets.
        out: The output folder.
    """
    folder = out / "errors"
    path = folder / f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.txt"
    lines = [what, *_versions(), *_story(error), ""]
    try:
        from base.files import make_folders  # what is wanted of an error is nothing to wait for

        make_folders(folder)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write("\n".join(lines))
    except OSError:
        return None
    return path


def _versions() -> Iterator[str]:
    yield f"python {platform.python_version()} on {platform.system()} {platform.machine()}"
    for name in _PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue


def _story(error: BaseException) -> Iterator[str]:
    """Every error behind it, the first one first: its type, and where each frame stood."""
    for each in reversed(errors_behind(error)):
        yield ""
        yield f"{type_name(each)}{_vetted(each)}"
        for frame in traceback.extract_tb(each.__traceback__):
            yield f"  {shown_path(frame.filename)}:{frame.lineno} in {frame.name}"


def errors_behind(error: BaseException) -> list[BaseException]:
    """The error, then what it came from, to the first."""
    found: list[BaseException] = []
    left: BaseException | None = error
    while left is not None and left not in found and len(found) < _DEEPEST:
        found.append(left)
        left = left.__cause__ or (None if left.__suppress_context__ else left.__context__)
    return found


def type_name(error: BaseException) -> str:
    """An error's type, with its module where it is no error of Python itself."""
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _vetted(error: BaseException) -> str:
    """What is known to quote no row: our own errors' lines, and the name of a system's error."""
    if isinstance(error, RefuseryError):
        return f": {error}"
    if isinstance(error, OSError) and error.errno is not None:
        return f": {errno.errorcode.get(error.errno, error.errno)}"
    return ""


def shown_path(file: str) -> str:
    """A path from the checkout or from where packages lie, so that no home shows."""
    path = Path(file)
    if path.is_relative_to(_ROOT) and ".venv" not in path.parts:
        return path.relative_to(_ROOT).as_posix()
    _, found, below = path.as_posix().rpartition(_SITE)
    return below if found else path.name
