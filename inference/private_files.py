"""Files that hold prompts and replies: for their owner's eyes alone."""

import contextlib
import os
from pathlib import Path

_FOLDER = 0o700
_FILE = 0o600
_OTHERS = 0o077


def make_private_folder(folder: Path) -> None:
    """Makes a folder and those above it that are missing, each closed to other users.

    A folder that is there already is left as it is.

    Raises:
        OSError: It cannot be made, or something else is in its place.
    """
    if not folder.parent.exists():
        make_private_folder(folder.parent)
    folder.mkdir(mode=_FOLDER, exist_ok=True)


def make_private_file(path: Path, *suffixes: str) -> None:
    """Makes an empty file that other users can neither read nor write, or closes one to them.

    Args:
        path: The file.
        suffixes: Endings of files beside it that are closed to others too, where they are there.

    Raises:
        OSError: It can be neither made nor opened.
    """
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, _FILE))
    for suffix in ("", *suffixes):
        # A file of another user's, or one that has gone since, stays as it is.
        with contextlib.suppress(OSError):
            beside = path.with_name(path.name + suffix)
            mode = beside.stat().st_mode
            if mode & _OTHERS:
                beside.chmod(mode & _FOLDER)
