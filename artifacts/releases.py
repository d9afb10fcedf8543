"""The releases of a data set that lie in the output folder, by their lineage."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from artifacts.errors import InsideReleaseError, ReleaseDamagedError, TableDamagedError
from artifacts.manifest import MANIFEST, CardRecord, Manifest, read_manifest
from artifacts.release_files import release_file
from artifacts.version_facts import Release, Tombstone
from base.errors import RecordTooNewError, RecordUnreadableError
from base.files import FileRecord, sha256_file

VersionKey: TypeAlias = tuple[int, int, int]
REVIEWED = "reviewed"
"""The mode of a patch: a version that people's review made of another one."""
_VERSION = re.compile(r"(\d{4})\.(\d{1,2})\.(\d+)")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A release that is there.

    Attributes:
        path: Its folder.
        manifest: What it says of itself.
        pinned: Its version and its manifest's hash.
    """

    path: Path
    manifest: Manifest
    pinned: Release


def version_key(version: str) -> VersionKey | None:
    """A version's place in order; None for what is no version, such as a run's under a limit."""
    found = _VERSION.fullmatch(version)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def versions_of(out: Path, data_set: str) -> list[str]:
    """The versions of a data set in `out/releases`, the newest of them the last.

    A patch stands right after the version that it is of, whatever number it could have: 2026.11.4,
    a patch of 2026.11.2, is not newer than 2026.11.3.
    """
    folder = out / "releases" / data_set
    if not folder.is_dir():
        return []
    found = [each.name for each in folder.iterdir() if (each / MANIFEST).exists()]
    known = [each for each in found if version_key(each)]
    patched = {each: _patched(folder / each) for each in known}
    return sorted(known, key=lambda each: _rank(each, patched))


def _patched(folder: Path) -> str | None:
    """The version that a release is a patch of; None for one that is none, or is damaged."""
    try:
        lineage = read_manifest(folder).lineage
    except RecordUnreadableError:
        return None
    return lineage.parent.version if lineage.mode == REVIEWED and lineage.parent else None


def _rank(version: str, patched: Mapping[str, str | None]) -> tuple[VersionKey, VersionKey]:
    """Where a version stands: by the one that it is a patch of, then by its own number."""
    first, seen = version, {version}
    while (before := patched.get(first)) is not None and before not in seen:
        first = before
        seen.add(first)
    return _order(first), _order(version)


def releases_before(out: Path, data_set: str, version: str) -> tuple[Earlier, ...]:
    """The releases of a data set with a lower version, the newest of them the last.

    Raises:
        RecordUnreadableError: A manifest of one is malformed.
    """
    bound = _order(version)
    folder = out / "releases" / data_set
    return tuple(
        _open_earlier(folder / each) for each in versions_of(out, data_set) if _order(each) < bound
    )


def _open_earlier(folder: Path) -> Earlier:
    """A release that a later version looks at; where it is damaged, with the way on."""
    try:
        return open_release(folder)
    except RecordTooNewError:
        raise
    except RecordUnreadableError as error:
        rule = f"{error.rule}; restore that release, or move its folder out of releases/"
        raise RecordUnreadableError(rule, error.value) from None


def open_release(folder: Path) -> Earlier:
    """A release's folder, its manifest read and pinned.

    Raises:
        RecordUnreadableError: The folder holds no release, or its manifest is malformed.
    """
    manifest = read_manifest(folder)
    return Earlier(folder, manifest, Release(manifest.version, sha256_file(folder / MANIFEST)))


def is_taken(folder: Path) -> bool:
    """Whether something lies where a release would be written."""
    return folder.is_dir() and any(folder.iterdir())


def open_sound(folder: Path) -> Manifest:
    """The manifest of a release, every file of which is there and has the hash that it states.

    Raises:
        ReleaseDamagedError: One is not; the error says how the release is made anew.
        RecordTooNewError: The manifest is of a newer format.
    """
    try:
        manifest = read_manifest(folder)
    except RecordTooNewError:
        raise
    except RecordUnreadableError as error:
        raise ReleaseDamagedError.of(folder, error.rule) from None
    for problem in damages(folder, manifest):
        raise ReleaseDamagedError.of(folder, problem)
    return manifest


def damages(folder: Path, manifest: Manifest) -> Iterator[str]:
    """A line for each file of a release that is missing or has other bytes than it states."""
    pages = (manifest.card, manifest.report)
    stated: list[CardRecord | FileRecord] = [page for page in pages if page is not None]
    stated += [file for config in manifest.configs for file in config.files]
    for file in stated:
        try:
            path = release_file(folder, file.name)
        except TableDamagedError as error:
            yield f"{file.name}: {error.rule}"
            continue
        if not path.is_file():
            yield f"{file.name}: the file is missing"
        # A file of another size is not read, whatever lies there.
        elif path.stat().st_size != file.bytes or sha256_file(path) != file.sha256:
            yield f"{file.name}: its bytes have changed (SHA-256 differs)"


def require_outside(path: Path) -> None:
    """Refuses a file of a user's that would lie in the folder of a release.

    Raises:
        InsideReleaseError: It would; what is there is immutable, and verified as it is.
    """
    for folder in path.absolute().parents:
        if not (folder / MANIFEST).is_file():
            continue
        try:
            manifest = open_release(folder).manifest
        except RecordUnreadableError:
            continue  # a manifest of something else
        rule = "a release is immutable: a file must be written outside its folder"
        raise InsideReleaseError(rule, f"{path.name} in {manifest.data_set} {manifest.version}")


def tombstones_of(earlier: Iterable[Earlier]) -> tuple[Tombstone, ...]:
    """The rows that people withdrew in any of these releases, each once, by id."""
    found = {stone.id: stone for each in earlier for stone in each.manifest.tombstones}
    return tuple(found[id] for id in sorted(found))


def _order(version: str) -> VersionKey:
    """The place of a version; one that carries a suffix stands where its number does."""
    return version_key(version.partition("-")[0]) or (0, 0, 0)
