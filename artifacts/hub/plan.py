"""What publishing a release would do; reads the release and the repository, and writes nothing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from artifacts.hub.card import published_card
from artifacts.hub.client import Hub, session, token
from artifacts.hub.local import open_local
from artifacts.hub.publish_checks import (
    exposure_refusals,
    later_first,
    name_refusals,
    release_refusals,
    repository_refusals,
    tag_refusal,
)
from artifacts.hub.repository import look, pull_with
from artifacts.hub.values import (
    Gating,
    Local,
    Operation,
    Plan,
    PlannedFile,
    PublishOptions,
    PublishRefusedError,
    There,
    Waits,
)
from artifacts.manifest import CARD, MANIFEST
from artifacts.release_files import release_file

_DEFAULT = PublishOptions()
_WAITS = Waits()
_LOGIN = "a token must be there: set HF_TOKEN or log in to the Hub"


def plan_publish(
    release: Path, repo: str, options: PublishOptions = _DEFAULT, *, waits: Waits = _WAITS
) -> Plan:
    """What publishing a release to a repository of data sets would do. Sends nothing that writes.

    Args:
        release: The release's folder.
        repo: The repository, `owner/name`.
        options: How it is to be published.
        waits: How long a busy Hub is waited for.

    Returns:
        The plan; its `refusals` say why `publish` would not do it.

    Raises:
        RecordUnreadableError: The folder holds no release.
        ReleaseUnsoundError: It is not what its manifest says, or its card is broken.
        PublishRefusedError: The name of the repository or of the tag is none.
        HubAnswerError: The Hub does not answer.
    """
    local = open_local(release)
    tag = tag_of(local, options)
    wrong = tuple(name_refusals(repo, tag))
    if wrong:
        raise PublishRefusedError(wrong[0])
    with session() as api:
        return draft(Hub(api, repo, waits), local, options)


def tag_of(local: Local, options: PublishOptions) -> str | None:
    """The tag of a release: `v2026.11.0`, or what was asked for; None for a pull request."""
    return None if options.pr else options.tag or f"v{local.manifest.version}"


def draft(hub: Hub, local: Local, options: PublishOptions, base: There | None = None) -> Plan:
    """The plan for a repository as it is now.

    Args:
        hub: The Hub and the repository.
        local: The release.
        options: How it is to be published.
        base: The repository as it was when it was found fit; None to find out.

    Raises:
        HubAnswerError: The Hub does not answer.
    """
    there = look(hub)
    tag = tag_of(local, options)
    at_tag = look(hub, tag) if tag in there.tags else None
    tagged = at_tag is not None and has_release(at_tag, local)
    asked = options.pr and there.head is not None and not has_release(there, local)
    pull = pull_with(hub, local) if asked else None
    committed = _committed(there, at_tag if tagged else None, local) or (pull and pull[1])
    public, gate = _settings(local, there, options)
    files = planned_files(hub.repo, local, there, gate)
    plan = Plan(
        repo=hub.repo,
        release=local.folder,
        data_set=local.manifest.data_set,
        version=local.manifest.version,
        options=options,
        tag=tag,
        files=files,
        operations=tuple(_operations(files, there, committed is not None)),
        public=public,
        gate=gate,
        settings=tuple(_changes(there, public, gate)),
        there=there,
        committed=committed,
        tagged=tagged,
        pull_request=pull[0] if pull else None,
        refusals=(),
    )
    return replace(plan, refusals=tuple(_refusals(plan, local, base)))


def has_release(there: There, local: Local) -> bool:
    """Whether a commit holds the release whole, however its card was added to when published."""
    stated = there.stated
    return stated is not None and stated.facts == local.stated.facts and not there.edited


def planned_files(repo: str, local: Local, there: There, gate: Gating) -> tuple[PlannedFile, ...]:
    """The files of a release as they are to be in the repository, the card and manifest last."""
    manifest = local.manifest
    kept = [
        (file.name, file.sha256, file.bytes) for each in manifest.configs for file in each.files
    ]
    if manifest.report is not None:
        kept.append((manifest.report.name, manifest.report.sha256, manifest.report.bytes))
    earlier = later_first(iter(there.tags), manifest.version)
    text = published_card(local.card, local.front, gated=gate != "off", repo=repo, earlier=earlier)
    card = PlannedFile.of(CARD, text.encode())
    stated = (local.folder / MANIFEST).read_bytes()
    if text != local.card:
        stated = _with_card(stated, card)
    return (
        *(
            PlannedFile(name, release_file(local.folder, name), sha256, size)
            for name, sha256, size in kept
        ),
        card,
        PlannedFile.of(MANIFEST, stated),
    )


def _with_card(manifest: bytes, card: PlannedFile) -> bytes:
    """The manifest with the published card: who fetches the repository can then verify it."""
    record = {"name": card.path, "sha256": card.sha256, "bytes": card.size}
    text = json.dumps({**json.loads(manifest), "card": record}, indent=2, ensure_ascii=False)
    return f"{text}\n".encode()


def _committed(there: There, at_tag: There | None, local: Local) -> str | None:
    if at_tag is not None:
        return at_tag.head
    return there.head if has_release(there, local) else None


def _settings(local: Local, there: There, options: PublishOptions) -> tuple[bool, Gating]:
    """Whether the repository is public in the end, and its gate."""
    is_there = there.head is not None
    if options.pr:
        return is_there and not there.private, there.gate
    public = options.public if options.public is not None else is_there and not there.private
    default: Gating = "auto" if local.unsafe else "off"
    return public, options.gated or (there.gate if there.gate != "off" else default)


def _changes(there: There, public: bool, gate: Gating) -> Iterator[str]:
    if there.head is None:
        yield "create the repository, private"
    if gate != there.gate:
        yield f"set its gate to {gate}"
    if public == there.private:
        yield "make it public" if public else "make it private"


def _operations(
    files: tuple[PlannedFile, ...], there: There, committed: bool
) -> Iterator[Operation]:
    for file in files:
        entry = there.files.get(file.path)
        if committed or (entry is not None and file.is_in(entry)):
            yield Operation(file.path, "keep", file.size)
        else:
            yield Operation(file.path, "replace" if entry else "add", file.size)
    wanted = {file.path for file in files}
    for path in there.stated.hashes if there.stated and not committed else ():
        if path not in wanted and path in there.files:
            yield Operation(path, "delete", there.files[path].size)


def _refusals(plan: Plan, local: Local, base: There | None) -> Iterator[str]:
    yield from release_refusals(local, plan.options)
    yield from exposure_refusals(local, plan.options, plan.there, plan.public, plan.gate)
    yield from tag_refusal(plan.tag, plan.there, plan.tagged)
    if plan.committed is None and plan.there.head is not None:
        yield from repository_refusals(local, plan.there, plan.files, base)
    if token() is None:
        yield _LOGIN
