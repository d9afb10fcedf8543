"""A release folder that is to be published: read, and held against its manifest."""

from pathlib import Path
from typing import Any

import yaml

from artifacts.hub.repository import stated_in
from artifacts.hub.values import Local, ReleaseUnsoundError
from artifacts.manifest import CARD, MANIFEST, read_manifest
from artifacts.release_files import release_file
from artifacts.verify.release import verify
from base.foreign_text import open_regular, read_yaml

_LARGEST_CARD = 8_000_000


def open_local(folder: Path) -> Local:
    """Reads a release folder and checks every hash of it.

    Raises:
        RecordUnreadableError: The folder holds no release, or its manifest is malformed or of a
            newer format.
        ReleaseUnsoundError: It is not what its manifest says, or its card is broken.
    """
    manifest = read_manifest(folder)
    problems = verify(folder).problems
    if problems:
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise ReleaseUnsoundError(
            f"release must be what its manifest says: {problems[0]}{more}", folder
        )
    stated = stated_in((folder / MANIFEST).read_bytes())
    if stated is None:
        raise ReleaseUnsoundError(f"{MANIFEST} must state benchmark, version and files", folder)
    card = _text(release_file(folder, CARD))
    found = Local(folder, manifest, stated, card, front_matter(card))
    _require_features(found)
    return found


def _text(path: Path) -> str:
    """A card's text; it has the hash that the manifest states, and may be anything all the same."""
    with open_regular(path) as file:
        data = file.read(_LARGEST_CARD + 1)
    if len(data) > _LARGEST_CARD:
        raise ReleaseUnsoundError(f"the card must have at most {_LARGEST_CARD:,} bytes", CARD)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ReleaseUnsoundError("the card must be text in UTF-8", CARD) from None


def front_matter(card: str) -> dict[str, Any]:
    """The front matter of a card.

    Raises:
        ReleaseUnsoundError: There is none, or it is no YAML mapping.
    """
    head, found, _ = card.removeprefix("---\n").partition("\n---\n")
    if not card.startswith("---\n") or not found:
        raise ReleaseUnsoundError(
            "the card must begin with front matter between two lines of ---", CARD
        )
    try:
        front = read_yaml(head)
    except ValueError as error:
        raise ReleaseUnsoundError(f"the card's front matter: {error}", CARD) from None
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f"line {place.line + 2}" if place else "somewhere"
        raise ReleaseUnsoundError(
            "the card's front matter must be YAML", f"{CARD}, {where}"
        ) from None
    if not isinstance(front, dict):
        raise ReleaseUnsoundError("the card's front matter must be a mapping", CARD)
    return front


def _feature_names(listed: object) -> list[object]:
    given = listed if isinstance(listed, list) else []
    return [each.get("name") if isinstance(each, dict) else None for each in given]


def _require_features(local: Local) -> None:
    """Loaders believe the card: features that are not the shards' columns break loading."""
    listed = local.front.get("dataset_info")
    infos = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    said = {str(info.get("config_name")): _feature_names(info.get("features")) for info in infos}
    for config in local.filled:
        if said.get(config.name) != list(config.columns):
            rule = "the card's features must be the columns of the shards"
            raise ReleaseUnsoundError(rule, config.name)
