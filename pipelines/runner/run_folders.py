"""Which folder of `out/runs` a recipe's runs lie in: one a recipe file, not one a file name."""

import glob
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from base.digests import digest_of
from base.errors import RecordUnreadableError
from base.files import LARGEST_RECORD, read_json, write_json
from base.foreign_text import open_regular
from base.foreign_text import read_json as parsed_json
from pipelines.recipe.loading import FROZEN

OWNER_FILE = "owner.json"
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class _Owner:
    """What `out/runs/<folder>/owner.json` holds: the recipe's file, as seen from `out`."""

    path: str


_OWNER = TypeAdapter(_Owner)


def run_key(recipe: Path, out: Path) -> str:
    """The name of the folder of a recipe's runs; looks, and writes nothing.

    It is the file's name without its ending. Where another recipe file of that name has that folder
    already, a part of the digest of its path from `out` is added. A folder of the first edition
    names no file, but its runs do. One whose recipe file is gone is anybody's of that name, so that
    a recipe that was moved goes on with its runs; where there are several with a digest, nobody
    can say whose each is, and none is taken.

    Args:
        recipe: The recipe's file.
        out: The output folder.

    Example:
        >>> run_key(Path("recipes/mine.yaml"), Path("nowhere"))
        'mine'
    """
    own = _from(out, recipe)
    apart = f"{recipe.stem}-{digest_of(own)[:_DIGITS]}"
    if (out / "runs" / apart).is_dir():
        return apart
    if other_owner(out / "runs" / recipe.stem, recipe, out) is None:
        return recipe.stem
    left = _left_behind(recipe, out)
    return left[0] if len(left) == 1 else apart


def _left_behind(recipe: Path, out: Path) -> list[str]:
    """The folders with a digest of recipe files of this name that are gone."""
    digest = "[0-9a-f]" * _DIGITS
    found = sorted((out / "runs").glob(f"{glob.escape(recipe.stem)}-{digest}"))
    owners = ((folder.name, _said(folder)) for folder in found)
    return [
        name
        for name, own in owners
        if own is not None and Path(own).stem == recipe.stem and not (out / own).is_file()
    ]


def claim_run_folder(recipe: Path, out: Path) -> str:
    """The name of the folder of a recipe's runs (`run_key`), written down as the recipe's own.

    Raises:
        FileUnwritableError: The folder cannot be written.
    """
    key, own = run_key(recipe, out), _from(out, recipe)
    folder = out / "runs" / key
    if _said(folder) != own:
        write_json(folder / OWNER_FILE, _Owner(own), _OWNER)
    return key


def other_owner(folder: Path, recipe: Path, out: Path) -> Path | None:
    """The recipe file whose runs lie in a folder, where it is another one than this.

    None for this recipe's own folder, for one of which nobody says whose it is, and for one whose
    recipe file is gone.

    Args:
        folder: A folder of `out/runs`.
        recipe: This recipe's file.
        out: The output folder.
    """
    said, owner = _said(folder), stated_owner(folder, out)
    if owner is None or not owner.is_file() or owner.resolve() == recipe.resolve():
        return None
    # What the first edition left names its recipe from the root: a copy of the tree has its own.
    is_copy = said is None and recipe.is_file() and recipe.read_bytes() == owner.read_bytes()
    return None if is_copy else owner


def stated_owner(folder: Path, out: Path) -> Path | None:
    """The recipe file, there or gone, that a folder of `out/runs` is said to be of."""
    said = _said(folder)
    path = said if said is not None else _run_in(folder, out)
    return None if path is None else out.resolve() / path


def _from(out: Path, recipe: Path) -> str:
    """A path as seen from `out`: it stays the same where both are moved together."""
    return os.path.relpath(recipe.resolve(), out.resolve())


def _run_in(folder: Path, out: Path) -> str | None:
    """The recipe file that the runs in a folder name, as seen from `out`."""
    for run in sorted(folder.glob(f"*/{FROZEN}"), reverse=True):
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            with open_regular(run) as file:
                return _from(out, Path(parsed_json(file.read(LARGEST_RECORD))["path"]))
    return None


def _said(folder: Path) -> str | None:
    try:
        return read_json(folder / OWNER_FILE, _OWNER).path
    except RecordUnreadableError:
        return None
