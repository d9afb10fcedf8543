"""Names of files on the Hub: `hf://datasets/owner/name@revision/path/in/the/repository`."""

import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote

from pipelines.errors import SourceError

SCHEME = "hf://"
FORMS = "hf://owner/name/file, hf://datasets/owner/name/file or hf://models/owner/name/file"

Kind = Literal["dataset", "model"]

_KINDS: dict[str, Kind] = {"datasets": "dataset", "models": "model"}
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_WILD = re.compile(r"[*?\[]")
_FILES = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx", ".gguf")


@dataclass(frozen=True, slots=True)
class HubName:
    """One file of a repository, or a folder of Parquet shards, at a revision.

    Attributes:
        kind: What the repository is.
        repo: Owner and name.
        path: The file's path in the repository; a folder's, or one whose last part is a pattern,
            stands for the Parquet shards in it; "" for the repository itself.
        revision: A branch, a tag or a commit; None for the newest.
    """

    kind: Kind
    repo: str
    path: str
    revision: str | None = None

    def __str__(self) -> str:
        """The name as it is written in recipes, always with what the repository is."""
        at = f"@{self.revision.replace('/', '%2F')}" if self.revision else ""
        below = f"/{self.path}" if self.path else ""
        return f"{SCHEME}{self.kind}s/{self.repo}{at}{below}"

    @property
    def unpinned(self) -> str:
        """The name without a revision: what rows call their source."""
        return str(replace(self, revision=None))

    @property
    def is_pinned(self) -> bool:
        """Whether the revision is a commit, which never changes."""
        return self.revision is not None and _COMMIT.fullmatch(self.revision) is not None

    @property
    def is_file(self) -> bool:
        """Whether the name is of one file, by its ending, rather than of a folder of shards."""
        return self.path.lower().endswith(_FILES) and not _WILD.search(self.path)

    @property
    def folder(self) -> str:
        """For shards: the folder in which they lie."""
        if not _WILD.search(self.path):
            return self.path
        parent = str(PurePosixPath(self.path).parent)
        return "" if parent == "." else parent

    def covers(self, path: str) -> bool:
        """For shards: whether a file of the folder is one of them."""
        below = f"{self.folder}/" if self.folder else ""
        pattern = self.path if _WILD.search(self.path) else f"{below}*.parquet"
        return path.endswith(".parquet") and fnmatchcase(path, pattern)

    def at(self, commit: str) -> "HubName":
        """The same at another revision."""
        return replace(self, revision=commit)


def is_hub_name(source: str) -> bool:
    """Whether a source is on the Hub rather than on this machine."""
    return source.startswith(SCHEME)


def hub_name(source: str, kind: Kind = "dataset") -> HubName:
    """The parts of a name.

    Args:
        source: The name, with `hf://`.
        kind: What the repository is where the name does not say so.

    Raises:
        SourceError: It is no such name.
    """
    parts = source.removeprefix(SCHEME).split("/")
    if parts[0] in _KINDS:
        kind, parts = _KINDS[parts[0]], parts[1:]
    if parts and not parts[-1]:
        parts.pop()  # a folder's closing slash
    if len(parts) < 2:
        raise SourceError(f"a source on the Hub must be written {FORMS}", source)
    owner, (name, at, revision), path = parts[0], parts[1].partition("@"), parts[2:]
    if revision == "refs" and len(path) >= 2:
        revision, path = "/".join((revision, *path[:2])), path[2:]
    words = _WORD.fullmatch(owner) and _WORD.fullmatch(name)
    if not words or bool(at) != bool(revision) or any(part in ("", ".", "..") for part in path):
        raise SourceError(f"a source on the Hub must be written {FORMS}", source)
    if _WILD.search("/".join(path[:-1])):
        raise SourceError("only the last part of a source on the Hub may be a pattern", source)
    return HubName(kind, f"{owner}/{name}", "/".join(path), unquote(revision) or None)
