"""What must hold of a repository that a release was published to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from artifacts.hub.plan import plan_publish
from artifacts.hub.publish import publish
from artifacts.hub.values import Plan, Published, PublishOptions, Waits
from artifacts.manifest import Manifest
from artifacts.release import write_release
from base.errors import ArtifactError
from tests.artifacts.small_run import SmallRun
from tests.servers.hub.repos import Repo
from tests.servers.hub.server import Hub

REPO = "me/or-bench"
KEY = ("datasets", REPO)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Plans and publishes to one repository, with waits that are noted and passed over."""

    hub: Hub
    waited: list[float]

    @property
    def waits(self) -> Waits:
        return Waits(tries=4, sleep=self.waited.append)

    @property
    def repo(self) -> Repo:
        return self.hub.repos[KEY]

    def plan(self, release: Path, repo: str = REPO, **options: object) -> Plan:
        return plan_publish(release, repo, PublishOptions(**options), waits=self.waits)  # type: ignore[arg-type]

    def publish(self, release: Path, **options: object) -> Published:
        return publish(self.plan(release, **options), waits=self.waits)

    def refusals(self, release: Path, repo: str = REPO, **options: object) -> str:
        return "\n".join(self.plan(release, repo, **options).refusals)


def require_published(repo: Repo, release: Path, tag: str = "v1.0", commits: int = 2) -> None:
    """One commit beside those that were there, one tag on it, every file whole."""
    assert len(repo.commits) == commits
    assert repo.tags[tag] == repo.branches["main"]
    files = repo.commits[repo.tags[tag]]
    told = json.loads(files["manifest.json"].data)
    local = json.loads((release / "manifest.json").read_bytes())
    assert {**told, "card": None} == {**local, "card": None}
    shards = [file for config in told["configs"] for file in config["files"]]
    pages = [page for page in (told["card"], told["report"]) if page]
    for each in (*shards, *pages):
        assert hashlib.sha256(files[each["name"]].data).hexdigest() == each["sha256"]
    named = {each["name"] for each in (*shards, *pages)}
    assert set(files) == {*named, "manifest.json", ".gitattributes"}


def write_version(
    run: SmallRun,
    folder: Path,
    version: str,
    *,
    change: Callable[[pl.DataFrame], pl.DataFrame] = lambda rows: rows,
    report: str | None = None,
    **facts: object,
) -> Path:
    """A release of another version beside the run's, its rows changed."""
    views = run.views(change(run.kept("subsets")))

    def page(manifest: Manifest) -> str:
        return f"<html>{report}</html>"

    write_release(
        folder / version,
        views,
        run.facts(version=version, **facts),
        report=page if report is not None else None,
    )
    return folder / version


def write_manifest_again(release: Path, **changes: object) -> None:
    """Changes what a manifest states."""
    path = release / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **changes}, indent=2))


def write_card_again(release: Path, change: Callable[[str], str]) -> None:
    """Changes the card, and what the manifest says of it with it."""
    data = change((release / "README.md").read_text()).encode()
    (release / "README.md").write_bytes(data)
    record = {"name": "README.md", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    write_manifest_again(release, card=record)


def refused(publisher: Publisher, release: Path, **options: object) -> str:
    """Why a publish is refused; nothing may have been sent that writes."""
    before = sum(each.writes for each in publisher.hub.requests)
    with pytest.raises(ArtifactError) as caught:
        publisher.publish(release, **options)
    assert sum(each.writes for each in publisher.hub.requests) == before
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)
