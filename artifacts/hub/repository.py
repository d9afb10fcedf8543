"""What a repository of the Hub holds: settings, files, pull requests, and its release."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from artifacts.hub.client import Hub, headers, require
from artifacts.hub.values import Entry, Gating, HubAnswerError, Local, Stated, There
from artifacts.manifest import FORMAT, MANIFEST
from base.files import LARGEST_RECORD
from base.foreign_text import read_json

if TYPE_CHECKING:
    from huggingface_hub import HfApi


_KIND = "dataset"
_CHUNK = 1 << 20
_LARGEST = 1 << 24  # bytes of a manifest; what is longer is none of ours


def look(hub: Hub, revision: str | None = None) -> There:
    """The repository at a revision, by default at the head of `main`.

    Raises:
        HubAnswerError: The Hub does not answer, or has no such revision.
    """
    try:
        info = hub.ask(lambda api: api.dataset_info(hub.repo, revision=revision))
    except HubAnswerError as answer:
        # The Hub says 401 of what is not there as well as of what is hidden.
        if revision is None and answer.status in (401, 404):
            return There(head=None)
        raise
    head = info.sha or "main"
    files = hub.ask(lambda api: dict(_entries(api, hub.repo, head)))
    refs = hub.ask(lambda api: api.list_repo_refs(hub.repo, repo_type=_KIND))
    stated = manifest_at(hub, head) if MANIFEST in files else None
    return There(
        head=head,
        private=bool(info.private),
        gate=_gating(info.gated),
        files=files,
        tags={each.name: each.target_commit for each in refs.tags},
        stated=stated,
        edited=tuple(_edited(hub, head, stated, files)) if stated else (),
    )


def stated_in(data: bytes) -> Stated | None:
    """The release that a manifest's bytes state; None where they are no manifest of ours."""
    try:
        if len(data) > LARGEST_RECORD:
            return None
        found = read_json(data)
        if found["format"] > FORMAT:  # what else it says is for who knows its format
            return Stated("", "", found["format"], {}, {})
        files = [file for config in found["configs"] for file in config["files"]]
        pages = [found[name] for name in ("card", "report") if found.get(name)]
        hashes = {str(each["name"]): str(each["sha256"]) for each in [*files, *pages]}
        facts = {name: value for name, value in found.items() if name != "card"}
        data_set = str(found.get("name") or found["benchmark"])
        return Stated(data_set, str(found["version"]), int(found["format"]), hashes, facts)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None


def digest_of(hub: Hub, revision: str, path: str) -> str:
    """The SHA-256 of a file as the Hub gives it out.

    Raises:
        HubAnswerError: The Hub does not give it out.
    """
    return hub.ask(lambda api: _digest(api, hub.repo, revision, path))


def manifest_at(hub: Hub, revision: str) -> Stated | None:
    """The release that the manifest at a revision states; None without a manifest of ours.

    Raises:
        HubAnswerError: The Hub does not answer.
    """
    data = hub.ask(lambda api: _fetched(api, hub.repo, revision, MANIFEST))
    return stated_in(data) if data is not None else None


def _digest(api: "HfApi", repo: str, revision: str, path: str) -> str:
    from huggingface_hub import get_session

    found = hashlib.sha256()
    url = _address(api, repo, revision, path)
    with get_session().stream("GET", url, headers=headers(api)) as response:
        require(response)
        for chunk in response.iter_bytes(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _fetched(api: "HfApi", repo: str, revision: str, path: str) -> bytes | None:
    from huggingface_hub import get_session
    from huggingface_hub.errors import EntryNotFoundError

    url = _address(api, repo, revision, path)
    data = bytearray()
    try:
        with get_session().stream("GET", url, headers=headers(api)) as response:
            require(response)
            # As it was sent: a packed answer, which is not asked for, may have no end.
            for chunk in response.iter_raw(_CHUNK):
                data += chunk
                if len(data) > LARGEST_RECORD:
                    return b""
    except EntryNotFoundError:
        return None
    return bytes(data)


def _address(api: "HfApi", repo: str, revision: str, path: str) -> str:
    from huggingface_hub import hf_hub_url

    return hf_hub_url(repo, path, repo_type=_KIND, revision=revision, endpoint=api.endpoint)


def _entries(api: "HfApi", repo: str, head: str) -> Iterator[tuple[str, Entry]]:
    from huggingface_hub.hf_api import RepoFile

    for each in api.list_repo_tree(repo, recursive=True, revision=head, repo_type=_KIND):
        if isinstance(each, RepoFile):
            yield each.path, Entry(each.size, each.blob_id, each.lfs.sha256 if each.lfs else None)


def _gating(said: object) -> Gating:
    if said == "manual":
        return "manual"
    return "auto" if said else "off"


def _edited(hub: Hub, head: str, stated: Stated, files: Mapping[str, Entry]) -> Iterator[str]:
    """Files of ours that are gone, or have other bytes; and tables laid beside ours by others."""
    for path, sha256 in stated.hashes.items():
        entry = files.get(path)
        if entry is None:
            yield path
        elif (entry.sha256 or digest_of(hub, head, path)) != sha256:
            yield path
    folders = {path.rpartition("/")[0] for path in stated.hashes} - {""}
    yield from sorted(
        path for path in files if path.rpartition("/")[0] in folders and path not in stated.hashes
    )


_LATEST = 20
"""How many pull requests are looked into, the newest first."""


def pull_with(hub: Hub, local: Local) -> tuple[str, str] | None:
    """The ref and the commit of a pull request that holds a release; None without one.

    Its manifest is what is compared: a pull request's commit is whole or not there.

    Raises:
        HubAnswerError: The Hub does not answer.
    """
    refs = hub.ask(
        lambda api: api.list_repo_refs(hub.repo, repo_type="dataset", include_pull_requests=True)
    )
    pulls = {each.ref: each.target_commit for each in refs.pull_requests or ()}
    for ref in sorted(pulls, key=_number, reverse=True)[:_LATEST]:
        commit = pulls[ref]
        found = manifest_at(hub, commit)
        if found is not None and found.facts == local.stated.facts:
            return ref, commit
    return None


def _number(ref: str) -> int:
    number = ref.rpartition("/")[2]
    return int(number) if number.isdecimal() else 0
