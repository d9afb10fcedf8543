"""Repositories as a Hub keeps them: commits that never change, and names that move."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

Kind = Literal["datasets", "models"]
_LARGE = (".parquet", ".gguf", ".bin", ".safetensors")


@dataclass(frozen=True, slots=True)
class File:
    """One file of a commit.

    Attributes:
        data: Its bytes.
        large: Whether it is kept in the large file store, to which `resolve` redirects.
    """

    data: bytes
    large: bool

    @property
    def sha256(self) -> str:
        """Hash of its bytes: its name in the large file store."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def blob(self) -> str:
        """Its id in git."""
        return hashlib.sha1(b"blob %d\0" % len(self.data) + self.data).hexdigest()

    @property
    def etag(self) -> str:
        """What the Hub calls its content."""
        return self.sha256 if self.large else self.blob


@dataclass(slots=True)
class Repo:
    """A repository.

    Attributes:
        kind: Data sets or models.
        id: Owner and name.
        private: Whether only those with a token know of it.
        gated: Whether only those with a token may read its files, or how they are let in.
        writable: Whether the token may write.
        commits: The files of every commit, by its hash.
        branches: The commit of every branch.
        tags: The commit of every tag.
        pulls: The commit of every pull request, by its ref.
    """

    kind: Kind
    id: str
    private: bool = False
    gated: bool | str = False
    writable: bool = True
    commits: dict[str, dict[str, File]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    pulls: dict[str, str] = field(default_factory=dict)

    def commit(self, files: Mapping[str, bytes | None], branch: str = "main") -> str:
        """Puts files over those of a branch (None removes one); the new commit's hash."""
        self.branches[branch] = sha = self.commit_on(self.branches.get(branch, ""), files)
        return sha

    def commit_on(self, parent: str, files: Mapping[str, bytes | None]) -> str:
        """Puts files over those of a commit, without moving a branch; the new commit's hash."""
        found = dict(self.commits.get(parent, {}))
        for path, data in files.items():
            found.pop(path, None)
            if data is not None:
                found[path] = File(data, path.endswith(_LARGE))
        told = "".join(f"{path} {file.sha256}\n" for path, file in sorted(found.items()))
        sha = hashlib.sha1(f"{self.id} {parent} {len(self.commits)}\n{told}".encode()).hexdigest()
        self.commits[sha] = found
        return sha

    def resolve(self, revision: str) -> str | None:
        """The commit of a branch, a tag or a commit's hash."""
        if revision in self.commits:
            return revision
        return next(
            (refs[revision] for refs in (self.branches, self.tags, self.pulls) if revision in refs),
            None,
        )

    def card(self, sha: str) -> dict[str, Any]:
        """The front matter of a commit's `README.md`."""
        readme = self.commits[sha].get("README.md")
        text = readme.data.decode() if readme else ""
        head, found, _ = text.removeprefix("---\n").partition("\n---")
        return (
            yaml.load(head, Loader=yaml.CSafeLoader) if text.startswith("---\n") and found else {}
        )
