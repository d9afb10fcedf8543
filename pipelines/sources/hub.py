"""The Hub as a source: what a name stands for there, and its files on this machine.

A name is pinned first, that is its revision becomes a commit, and fetched then. What is fetched
lies in the Hub's own cache; a pinned file that is there already is read without a connection.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from base.did_you_mean import did_you_mean
from pipelines.errors import SourceError
from pipelines.recipe.hub_names import HubName, hub_name

if TYPE_CHECKING:
    from huggingface_hub import HfApi


_LOGIN = "set HF_TOKEN or log in to the Hub"


def source_error(error: Exception, name: HubName, hint: Callable[[], str] = str) -> SourceError:
    """The error of this project for one of the Hub's client.

    Args:
        error: What was raised; its own text may hold addresses and is not passed on.
        name: What was asked for.
        hint: Finds the nearest file, where there is no such one.
    """
    from huggingface_hub.errors import (
        EntryNotFoundError,
        GatedRepoError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    if isinstance(error, LocalEntryNotFoundError):
        cause = error.__cause__
        if not isinstance(cause, Exception) or isinstance(cause, LocalEntryNotFoundError):
            return _out_of_reach(name)
        return source_error(cause, name)
    if isinstance(error, GatedRepoError):
        return SourceError(f"source is gated: accept its terms on the Hub, then {_LOGIN}", name)
    if isinstance(error, RepositoryNotFoundError):
        rule = f"source's repository must be on the Hub, or where it is private: {_LOGIN}"
        return SourceError(rule, name)
    if isinstance(error, RevisionNotFoundError):
        return SourceError("source's revision must be in its repository", name)
    if isinstance(error, EntryNotFoundError):
        return SourceError(f"source must be a file of its repository{hint()}", name)
    if isinstance(error, OfflineModeIsEnabled):
        rule = "source must be in the Hub's cache at a pinned revision where HF_HUB_OFFLINE is set"
        return SourceError(rule, name)
    return _by_status(error, name)


def _by_status(error: Exception, name: HubName) -> SourceError:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in (401, 403):
        return SourceError(f"the Hub must let you read the source ({status}): {_LOGIN}", name)
    if status is not None:
        return SourceError(f"the Hub must answer for a source; it said {status}", name)
    if isinstance(error, OSError) and error.strerror and not isinstance(error, ConnectionError):
        rule = f"the Hub's cache on this machine must be writable: {error.strerror}"
        return SourceError(rule, name)
    return _out_of_reach(name)


def _out_of_reach(name: HubName) -> SourceError:
    rule = "the Hub must answer, or its cache hold the source at a pinned revision"
    return SourceError(rule, name)


_TIMEOUT_S = 20.0
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Commit:
    """What the Hub says of a repository at a revision.

    Attributes:
        sha: The commit.
        license: The licence that the repository's card states, in lower case; it decides nothing,
            as the recipe's own word does, but is worth a reader's knowing.
        gated: Whether its files are only for those who accepted terms.
    """

    sha: str
    license: str | None
    gated: bool


@dataclass(frozen=True, slots=True)
class _Hub:
    """Where the Hub and its cache are; read when needed, as the client's own constants are not."""

    endpoint: str | None
    cache: str | None

    @classmethod
    def here(cls) -> "_Hub":
        home = os.environ.get("HF_HOME")
        folder = os.environ.get("HF_HUB_CACHE") or (str(Path(home) / "hub") if home else None)
        return cls((os.environ.get("HF_ENDPOINT") or "").rstrip("/") or None, folder)

    def api(self) -> "HfApi":
        from huggingface_hub import HfApi

        return HfApi(endpoint=self.endpoint, library_name="refusery")


def look(name: HubName) -> Commit:
    """Asks the Hub which commit a name's revision is now.

    Raises:
        SourceError: There is no such repository or revision, it may not be read, or the Hub does
            not answer.
    """
    with _said(name):
        info = (
            _Hub.here()
            .api()
            .repo_info(name.repo, repo_type=name.kind, revision=name.revision, timeout=_TIMEOUT_S)
        )
    if not info.sha:
        raise SourceError("the Hub must name the commit of a source", name)
    card = getattr(info, "card_data", None) or {}
    stated = card.get("license")
    if stated == "other":
        stated = card.get("license_name") or stated
    stated = stated[0] if isinstance(stated, list) and len(stated) == 1 else stated
    license = stated.lower() if isinstance(stated, str) else None
    return Commit(info.sha, license, bool(getattr(info, "gated", False)))


def pin(name: HubName) -> HubName:
    """The name at the commit that its revision is now; a pinned one as it is, without asking.

    Raises:
        SourceError: As for `look`.
    """
    return name if name.is_pinned else name.at(look(name).sha)


def fetch(name: HubName) -> tuple[Path, ...]:
    """The files of a name on this machine, in the order of their names.

    Returns:
        One path for a file; for a folder or a pattern one for each of its Parquet shards.

    Raises:
        SourceError: There is no such file, it may not be read, or the Hub does not answer and it
            is not in the cache.
    """
    return _fetched(pin(name), _Hub.here())


def fetch_file(name: HubName) -> Path:
    """The one file of a name.

    Raises:
        SourceError: As for `fetch`, or the name is of a folder with several shards.
    """
    found = fetch(name)
    if len(found) != 1:
        raise SourceError(f"source must be one file, not {len(found)}", name)
    return found[0]


def require_there(name: HubName) -> None:
    """Refuses a name whose files are not in the repository, without fetching them.

    Raises:
        SourceError: As for `fetch`.
    """
    hub = _Hub.here()
    if not name.is_file:
        _shards(name, hub)
        return
    with _said(name):
        found = hub.api().file_exists(
            name.repo, name.path, repo_type=name.kind, revision=name.revision
        )
    if not found:
        raise SourceError(f"source must be a file of its repository{_nearest(name, hub)}", name)


@cache  # a commit's files never change
def _fetched(name: HubName, hub: _Hub) -> tuple[Path, ...]:
    paths = [name.path] if name.is_file else _shards(name, hub)
    return tuple(_download(name, path, hub) for path in paths)


def _shards(name: HubName, hub: _Hub) -> list[str]:
    with _said(name, lambda: _nearest(name, hub)):
        tree = hub.api().list_repo_tree(
            name.repo, name.folder or None, revision=name.revision, repo_type=name.kind
        )
        found = sorted(each.path for each in tree if name.covers(each.path))
    if not found:
        raise SourceError(
            f"source must be a file or hold Parquet shards{_nearest(name, hub)}", name
        )
    return found


def _download(name: HubName, path: str, hub: _Hub) -> Path:
    from huggingface_hub import hf_hub_download

    with _said(name, lambda: _nearest(name, hub)):
        return Path(
            hf_hub_download(
                name.repo,
                path,
                repo_type=name.kind,
                revision=name.revision,
                cache_dir=hub.cache,
                endpoint=hub.endpoint,
                library_name="refusery",
            )
        )


def _nearest(name: HubName, hub: _Hub) -> str:
    """A hint with the nearest path of the repository, or else with some that it has."""
    with _said(name):
        files = hub.api().list_repo_files(name.repo, revision=name.revision, repo_type=name.kind)
    folders = {str(parent) for file in files for parent in Path(file).parents}
    if hint := did_you_mean(name.path, sorted({*files, *folders} - {"."})):
        return hint
    readable = [file for file in sorted(files) if HubName(name.kind, name.repo, file).is_file]
    return f" (it has {', '.join(readable[:_SHOWN])})" if readable else ""


@contextmanager
def _said(name: HubName, hint: Callable[[], str] = str) -> Iterator[None]:
    """Says in one line what the Hub's client raises."""
    from httpx2 import HTTPError
    from huggingface_hub.errors import EntryNotFoundError

    try:
        yield
    except EntryNotFoundError as error:
        raise source_error(error, name, hint) from None
    except (HTTPError, OSError, ValueError) as error:
        raise source_error(error, name) from None


def fetched_table(given: str) -> Path:
    """The file of a table's name on the Hub, at its newest revision unless it names another.

    Raises:
        SourceError: It is no such name, not one file, or the Hub does not answer.
    """
    return fetch_file(hub_name(given))
