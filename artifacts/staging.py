"""A folder that is made aside and then takes its place, whole or not at all.

Each maker has a folder of its own beside the place, and the kernel keeps a lock on it for as long
as the maker lives: what no living process holds was left behind by a dead one, and is removed.
"""

import errno
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from base.files import make_folders, sync_folder, unwritable

_END = ".part"
_IN_THE_WAY = (errno.ENOTEMPTY, errno.EEXIST)


@contextmanager
def staging(place: Path) -> Iterator[Path]:
    """An empty folder of this process alone, beside `place`; it is gone when the block ends.

    Raises:
        FileUnwritableError: It cannot be made.
    """
    try:
        _remove_left_behind(place)
        folder, handle = _made(place)
    except OSError as error:
        raise unwritable(place, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def take_place(folder: Path, place: Path) -> bool:
    """Makes a finished folder `place`, durable and at once; False where another one is there.

    Raises:
        FileUnwritableError: The system does not let it.
    """
    try:
        os.replace(folder, place)
        sync_folder(place.parent)
    except OSError as error:
        if error.errno in _IN_THE_WAY:
            return False
        raise unwritable(place, error) from error
    return True


def _made(place: Path) -> tuple[Path, int]:
    """A new folder, and the handle that holds its lock."""
    while True:
        own = f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
        folder = place.with_name(f".{place.name}.{own}{_END}")
        make_folders(folder)
        # Who looks for what was left behind may come between: then there is another name.
        try:
            handle = _opened(folder)
        except FileNotFoundError:
            continue
        try:
            mine = _take_lock(handle)
        except OSError:
            mine = True  # no locks on this file system: nobody's folder is removed there either
        if mine and os.fstat(handle).st_nlink:
            return folder, handle
        os.close(handle)


def _remove_left_behind(place: Path) -> None:
    if not place.parent.is_dir():
        return
    for each in list(place.parent.iterdir()):
        if each.name.startswith(f".{place.name}.") and each.name.endswith(_END):
            _remove_if_free(each)


def _remove_if_free(folder: Path) -> None:
    # A link, a file, or what may not be looked into is nobody's staging folder.
    with suppress(OSError):
        handle = _opened(folder)
        try:
            if _take_lock(handle):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(handle)


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


def _take_lock(handle: int) -> bool:
    """Takes the folder's lock, which goes with the handle; False where another process has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
