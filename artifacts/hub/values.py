"""What a publish is asked to do, would do, and did; and what can go wrong on the way."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from artifacts.manifest import ConfigRecord, Manifest
from artifacts.seed_columns import SEED
from artifacts.views import is_unsafe
from base.errors import ArtifactError


class ReleaseUnsoundError(ArtifactError):
    """A release folder is not what its manifest says, or its card cannot be read."""

    exit_code = 2


class PublishRefusedError(ArtifactError):
    """A release may not go where it was asked to go; nothing was sent."""

    exit_code = 2


class HubMovedError(ArtifactError):
    """Somebody changed, meanwhile, what a publish would have written; nothing was overwritten."""


class HubUnlikeError(ArtifactError):
    """What was read back from the Hub is not what was sent."""


class HubAnswerError(ArtifactError):
    """The Hub said no, or nothing.

    Attributes:
        status: The HTTP status; None where there was no answer.
        wait_s: For how many seconds the Hub asks to be left alone; None where it does not say.
    """

    def __init__(
        self,
        rule: str,
        value: object = "",
        *,
        status: int | None = None,
        wait_s: float | None = None,
    ) -> None:
        """Keeps rule and value, and what the answer was."""
        super().__init__(rule, value)
        self.status, self.wait_s = status, wait_s
        self.exit_code = 2 if status in (400, 401, 403, 404) else 1

    @property
    def passing(self) -> bool:
        """Whether the same call may well succeed later."""
        return self.status is None or self.status in PASSING


PASSING = (408, 425, 429, 500, 502, 503, 504)
"""The statuses that say: try again later."""


Gating: TypeAlias = Literal["auto", "manual", "off"]
"""Who may read a public repository's files: who asks for access, who is let in, or everybody."""
Action: TypeAlias = Literal["add", "replace", "delete", "keep"]


@dataclass(frozen=True, slots=True)
class PublishOptions:
    """How a release is to be published.

    Attributes:
        public: Whether the repository is to be public; None leaves one that is there as it is, and
            makes a new one private.
        gated: Its gate; None leaves one that is there, and else is `auto` where the release has an
            unsafe config, `off` where it has none.
        pr: Whether to open a pull request instead of writing to `main`; no tag then.
        demo: Whether a demo release may be published.
        understood: Unsafe configs that may be in a public repository without a gate.
        tag: The tag; None for `v` and the release's version.
    """

    public: bool | None = None
    gated: Gating | None = None
    pr: bool = False
    demo: bool = False
    understood: tuple[str, ...] = ()
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """How long a publish waits for a Hub that is busy or gone.

    Attributes:
        tries: How often one call is sent at most.
        first_s: The first wait; each further one is twice as long.
        longest_s: The longest wait, whatever the Hub asks for.
        sleep: Waits.
        tell: Told in one line what is waited for, when that begins.
    """

    tries: int = 6
    first_s: float = 1.0
    longest_s: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[str], None] | None = None

    def wait(self, tried: int, asked_s: float | None) -> None:
        """Waits after the try of this number, from 1; for as long as the Hub asks, if it does."""
        wait_s = self.first_s * 2.0 ** (tried - 1) if asked_s is None else asked_s
        self.sleep(min(max(wait_s, 0.0), self.longest_s))


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file as it is to be in the repository.

    Attributes:
        path: Its path there.
        content: Where its bytes are: a file of the release, or the bytes.
        sha256: Their hash.
        size: How many bytes there are.
    """

    path: str
    content: Path | bytes = field(repr=False)
    sha256: str
    size: int

    @classmethod
    def of(cls, path: str, data: bytes) -> "PlannedFile":
        """A file with these bytes."""
        return cls(path, data, hashlib.sha256(data).hexdigest(), len(data))

    def read(self) -> bytes:
        """Its bytes."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()

    def is_in(self, entry: "Entry") -> bool:
        """Whether a file of the repository has these bytes."""
        if entry.sha256 is not None or entry.size != self.size:
            return entry.sha256 == self.sha256
        data = self.read()
        return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest() == entry.blob


@dataclass(frozen=True, slots=True)
class Operation:
    """What becomes of one file of the repository.

    Attributes:
        path: Its path in the repository.
        action: `add`, `replace`, `delete`, or `keep` where its bytes are there already.
        size: Its bytes; of a deleted file, the size it has.
    """

    path: str
    action: Action
    size: int

    @property
    def sent(self) -> int:
        """Bytes that are uploaded at most; large files that the Hub has elsewhere are not."""
        return self.size if self.action in ("add", "replace") else 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the repository.

    Attributes:
        size: Its bytes.
        blob: Its id in git.
        sha256: The hash of its bytes where it is a large file, else None.
    """

    size: int
    blob: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Stated:
    """A release as a repository's manifest states it.

    Attributes:
        data_set: Its data set.
        version: Its version.
        format: The manifest's format.
        hashes: The SHA-256 of every file that it names.
        facts: The manifest without what it says of the card, which publishing may add to.
    """

    data_set: str
    version: str
    format: int
    hashes: Mapping[str, str]
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class There:
    """A repository at a commit.

    Attributes:
        head: The commit; None where there is no such repository, or none that the token opens.
        private: Whether it is private.
        gate: Its gate.
        files: Its files.
        tags: The commit of every tag.
        stated: The release that its manifest states; None without a manifest of ours.
        edited: Files of ours that are not as its manifest says.
    """

    head: str | None
    private: bool = True
    gate: Gating = "off"
    files: Mapping[str, Entry] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    stated: Stated | None = None
    edited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a publish would do.

    Attributes:
        repo: The repository, `owner/name`.
        release: The release's folder.
        data_set: The release's data set.
        version: Its version.
        options: What was asked for.
        tag: The tag; None for a pull request.
        files: All files of the release as they are to be in the repository.
        operations: What becomes of each of them, and of files of configs that are gone.
        public: Whether the repository is public in the end.
        gate: Its gate in the end.
        settings: What of its settings is changed, a phrase each.
        there: The repository as it was when the plan was made.
        committed: The commit that holds the release already; None where it is to be made.
        tagged: Whether the tag is there, on this release.
        pull_request: The ref of a pull request that holds the release already; else None.
        refusals: Why it may not be done, a line each; none where it may.
    """

    repo: str
    release: Path
    data_set: str
    version: str
    options: PublishOptions
    tag: str | None
    files: tuple[PlannedFile, ...]
    operations: tuple[Operation, ...]
    public: bool
    gate: Gating
    settings: tuple[str, ...]
    there: There
    committed: str | None
    tagged: bool
    pull_request: str | None
    refusals: tuple[str, ...]

    @property
    def nothing_to_do(self) -> bool:
        """Whether the release is published already, just as asked."""
        done = self.committed is not None and (self.tagged or self.tag is None)
        return done and not self.settings and not self.refusals

    @property
    def upload_bytes(self) -> int:
        """Bytes that would be uploaded at most."""
        return sum(each.sent for each in self.operations)


@dataclass(frozen=True, slots=True)
class Published:
    """What a publish did.

    Attributes:
        repo: The repository.
        commit: The commit that holds the release.
        tag: The tag on it; None for a pull request.
        pull_request: The pull request's ref, such as `refs/pr/1`; None without one.
        public: Whether the repository is public.
        gate: Its gate.
        files: How many files were read back, each with the hash that the release states.
        sent: Bytes of files that were new or changed.
        nothing_to_do: Whether everything was there before.
    """

    repo: str
    commit: str
    tag: str | None
    pull_request: str | None
    public: bool
    gate: Gating
    files: int
    sent: int
    nothing_to_do: bool


@dataclass(frozen=True, slots=True)
class Local:
    """A release folder that is what its manifest says.

    Attributes:
        folder: The folder.
        manifest: Its manifest.
        stated: The same as it can be compared with a repository's.
        card: Its card.
        front: The card's front matter.
    """

    folder: Path
    manifest: Manifest
    stated: Stated
    card: str
    front: Mapping[str, Any]

    @property
    def filled(self) -> tuple[ConfigRecord, ...]:
        """The configs that have rows."""
        return tuple(config for config in self.manifest.configs if config.rows)

    @property
    def unsafe(self) -> tuple[str, ...]:
        """The configs with prompts that a model should refuse, or with the texts of unsafe seeds.

        In releases of the first edition safe configs have the latter.
        """
        benchmark = self.manifest.benchmark
        return tuple(
            each.name
            for each in self.filled
            if SEED in each.columns or is_unsafe(benchmark, each.name)
        )
