"""The files of a release by the names that its manifest gives: plain, inside it, and regular."""

import stat
from pathlib import Path

from artifacts.errors import TableDamagedError

_LONGEST = 255
_SHOWN = 60
_SNAPSHOTS = "snapshots"
"""Where the Hub's cache lays out a repository: links to the files that lie two folders up."""


def name_problem(name: str, parts: int | None = None) -> str | None:
    """What is wrong with a file's name in a manifest or a record; None for a plain one.

    Args:
        name: The name, with `/` between its parts.
        parts: How many parts it must have; None for any number.

    Example:
        >>> name_problem("or-bench-80k/train-00000-of-00001.parquet")
        >>> name_problem("../runs/ledger.sqlite")
        'must be a plain name inside its folder'
    """
    pieces = name.split("/")
    plain = all(piece not in ("", ".", "..") for piece in pieces)
    if not plain or "\\" in name or ":" in name:
        return "must be a plain name inside its folder"
    if not name.isprintable() or len(name) > _LONGEST:
        return f"must be at most {_LONGEST} printable characters"
    if parts is not None and len(pieces) != parts:
        return f"must have {parts} part{'s' if parts > 1 else ''}"
    return None


def shown_name(name: str) -> str:
    """A name of others as an error shows it."""
    return ascii(name[:_SHOWN])[1:-1]


def release_file(release: Path, name: str) -> Path:
    """The path of a file that a manifest names; it need not be there.

    Raises:
        TableDamagedError: The name is not plain, or what stands there is a folder, a device, a
            pipe, or a link that leads out of the release.
    """
    problem = name_problem(name)
    if problem is not None:
        raise TableDamagedError(f"a file's name in a manifest {problem}", shown_name(name))
    path = release / name
    try:
        found = path.resolve(strict=True)
        mode = found.stat().st_mode
        root = release.resolve()
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise TableDamagedError("a link must lead to a file of its release", name) from None
        return path
    except (OSError, RuntimeError):
        raise TableDamagedError("a file of a release must be readable", name) from None
    if not found.is_relative_to(_reach(root)):
        raise TableDamagedError("a link must lead to a file of its release", name)
    if not stat.S_ISREG(mode):
        raise TableDamagedError("a file of a release must be a regular file", name)
    return path


def _reach(release: Path) -> Path:
    """What links may lead to: the release, or in the Hub's cache all of its repository."""
    return release.parent.parent if release.parent.name == _SNAPSHOTS else release
