"""Why a release may not go to a repository: one line a reason, that which no option lifts first."""

import re
from collections.abc import Iterator

import yaml

from artifacts.hub.values import Gating, Local, Plan, PlannedFile, PublishOptions, There
from artifacts.licenses import LICENSES
from artifacts.manifest import FORMAT, MANIFEST, Manifest
from artifacts.published_recipe import encoder_name, model_name, private_keys
from base.foreign_text import read_yaml

_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_VERSION = re.compile(r"\d+(\.\d+)*")
_ITS_OWN = frozenset({".gitattributes"})
"""What the Hub puts into every new repository."""


def name_refusals(repo: str, tag: str | None) -> Iterator[str]:
    """Names that the Hub would not take."""
    if not _REPO.fullmatch(repo):
        yield f"--repo must be owner/name (got {repo})"
    if tag is not None and not _TAG.fullmatch(tag):
        yield f"--tag must be letters, digits, dots, dashes and underscores (got {tag})"


def release_refusals(local: Local, options: PublishOptions) -> Iterator[str]:
    """What of the release itself may not be published."""
    for config in local.filled:
        if not config.redistribute:
            rule = "every row's source must allow redistribution"
            yield f"{rule} (got one that does not in {config.name})"
    for source in local.manifest.sources:
        if source.redistribute and source.license is None:
            yield f"every source must state a licence (got none for {source.name})"
    license = local.manifest.license.strip().lower()
    if license not in LICENSES:
        yield f"release.license must be a known licence (got {local.manifest.license or 'none'})"
    if local.manifest.demo and not options.demo:
        yield f"a demo release must be asked for with --demo (got {local.manifest.version})"
    if key := _private_key(local.manifest):
        yield (
            "a manifest must hold no address, key name or folder; one of an earlier version is "
            f"published as a new version, built again from the same ledger (got {key})"
        )
    for name in options.understood:
        if name not in local.unsafe:
            known = ", ".join(local.unsafe) or "none"
            yield f"--i-understand-ungated must name an unsafe config: {known} (got {name})"


def _private_key(manifest: Manifest) -> str | None:
    """The first key of a manifest's recipe or models that is private; None where there is none."""
    for each in manifest.models:
        if (encoder_name(each.name), model_name(each.model)) != (each.name, each.model):
            return f"the folder of {encoder_name(each.name)}"
    try:
        said = read_yaml(manifest.recipe.text)
    except (ValueError, yaml.YAMLError):
        return None  # what is no recipe says nothing of a server
    key = next(iter(private_keys(said)), None) if isinstance(said, dict) else None
    return key and f"{key} in its recipe"


def exposure_refusals(
    local: Local, options: PublishOptions, there: There, public: bool, gate: Gating
) -> Iterator[str]:
    """Where unsafe prompts would lie open, and settings that a pull request cannot change."""
    if public and gate == "off":
        for name in local.unsafe:
            if name not in options.understood:
                yield (
                    f"{name} must be gated or private, or be named by --i-understand-ungated "
                    "(got a public repository without a gate)"
                )
    if not options.pr:
        return
    if there.head is None:
        yield "a pull request's repository must be there; publish without --pr first"
    if (options.public, options.gated, options.tag) != (None, None, None):
        yield "a pull request must leave settings and tags alone: no --public, --gated, --tag"


def repository_refusals(
    local: Local, there: There, files: tuple[PlannedFile, ...], base: There | None
) -> Iterator[str]:
    """What is in the repository and may not be overwritten, or be read together with the release.

    Where it was found fit before, at `base`, what others laid beside ours since is no reason.
    """
    stated, ours = there.stated, local.stated
    if stated is None:
        others = sorted(set(there.files) - _ITS_OWN)
        if others and base is None:
            rule = f"repository must be empty or hold a release of {ours.data_set}"
            yield f"{rule} (got {', '.join(others[:3])})"
        yield from _foreign(there, files)
        return
    if stated.format > FORMAT:
        rule = f"the repository's {MANIFEST} must be of format {FORMAT} at most"
        yield f"{rule} (got {stated.format})"
    elif stated.data_set != ours.data_set:
        yield f"repository must hold releases of {ours.data_set} (got {stated.data_set})"
    elif there.edited:
        rule = "the repository's files must be as its manifest says; nothing is overwritten"
        yield f"{rule} (changed: {', '.join(there.edited[:3])})"
    elif stated.version == ours.version:
        yield f"a published version must not change; publish another version (got {ours.version})"
    elif _later(stated.version, ours.version):
        yield f"release must be newer than {stated.version}, which is there (got {ours.version})"
    else:
        yield from _foreign(there, files)


def later_first(tags: Iterator[str], than: str) -> tuple[str, ...]:
    """The tags of versions before one, the newest first."""
    bound = _key(than)
    keys = {tag: _key(tag.removeprefix("v")) for tag in tags}
    known = [(key, tag) for tag, key in keys.items() if key is not None and bound and key < bound]
    return tuple(tag for _, tag in sorted(known, reverse=True))


def tag_refusal(plan_tag: str | None, there: There, tagged: bool) -> Iterator[str]:
    """A tag that names something else."""
    if plan_tag is not None and plan_tag in there.tags and not tagged:
        rule = f"tag {plan_tag} must be free or name this release"
        yield f"{rule} (got one on commit {there.tags[plan_tag][:8]})"


def moved(base: There, now: There, plan: Plan) -> str | None:
    """The path that somebody changed since `base` and that `plan` would write or remove."""
    ours = {each.path for each in plan.operations}
    return next(
        (path for path in sorted(ours) if base.files.get(path) != now.files.get(path)), None
    )


def _foreign(there: There, files: tuple[PlannedFile, ...]) -> Iterator[str]:
    known = {*there.stated.hashes, MANIFEST} if there.stated else set()
    planned = {file.path: file for file in files}
    folders = {_folder(path) for path in planned} - {""}
    for path, entry in there.files.items():
        if path in known or (path in planned and planned[path].is_in(entry)):
            continue
        if path in planned:
            yield f"a file that is not ours must not be overwritten (got {path})"
        elif _folder(path) in folders:
            yield f"a config's folder must hold its shards alone (got {path})"


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _later(there: str, ours: str) -> bool:
    first, second = _key(there), _key(ours)
    return first is not None and second is not None and first > second


def _key(version: str) -> tuple[int, ...] | None:
    found = _VERSION.match(version)
    return tuple(int(part) for part in found[0].split(".")) if found else None
