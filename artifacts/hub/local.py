"""A release folder that is to be published: read, and held against its manifest."""

from pathlib import Path
from typing import Any

import yaml

from artifacts.hub.repository import stated_in
from artifacts.hub.values import Local, ReleaseUnsoundError
from artifacts.manifest import CARD, MANIFEST, read_manifest
from artifacts.verify.release import verify
from base.foreign_text import read_yaml


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
    card = (folder / CARD).read_bytes().decode()
    found = Local(folder, manifest, stated, card, front_matter(card))
    _require_features(found)
    return found


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


def _require_features(local: Local) -> None:
    """Loaders believe the card: features that are not the shards' columns break loading."""
    listed = local.front.get("dataset_info")
    infos = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    said = {
        info.get("config_name"): [each.get("name") for each in info.get("features") or ()]
        for info in infos
    }
    for config in local.filled:
        if said.get(config.name) != list(config.columns):
            rule = "the card's features must be the columns of the shards"
            raise ReleaseUnsoundError(rule, config.name)
