"""What changes with a release that is about to be written, and which templates it was asked by."""

from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from artifacts.diff import compare, rows
from artifacts.manifest import ReleaseFacts
from artifacts.releases import releases_before
from artifacts.version_facts import Changes
from artifacts.views import View
from base.files import sha256_text
from generators.rewriter import WORDINGS
from pipelines.recipe import OrBench, SorryBench


def changes_since(out: Path, views: Sequence[View], facts: ReleaseFacts) -> Changes | None:
    """What has changed since the newest version before this one.

    Args:
        out: The output folder.
        views: The configs of the release to come.
        facts: What it says of itself beside them.

    Returns:
        The changes; None for a benchmark's first version, and after one whose rows have no ids.

    Raises:
        RecordUnreadableError: The manifest of an earlier version is malformed.
        TableDamagedError: A shard of the version before is not what its manifest says.
    """
    earlier = releases_before(out, facts.benchmark, facts.version)
    if not earlier:
        return None
    try:
        return compare.changes_of(compare.compare_rows(earlier[-1].path, views, facts))
    except rows.NotComparableError:
        return None


_WRITING = {"or-bench": (*WORDINGS, "seeds"), "sorry-bench": ("imperative",)}
_CLASSIFIER = "classifier"


def templates_of(recipe: OrBench | SorryBench) -> dict[str, str]:
    """SHA-256 of each shipped template that models of the benchmark are asked by, by its name.

    By benchmark, not by recipe: a changed template is named even where no model was asked by it.
    """
    writers = _texts("generators", "templates")
    moderators = _texts("moderators", "templates")
    found = {name: writers[name] for name in writers if _stem(name) in _WRITING[recipe.benchmark]}
    if isinstance(recipe, SorryBench):
        found |= _texts("generators", "mutations", "templates")
        found |= _texts("generators", "mutations", "encodings", "templates")
    of_moderators = isinstance(recipe, OrBench)
    found |= {
        name: digest
        for name, digest in moderators.items()
        if (_stem(name) != _CLASSIFIER) == of_moderators
    }
    return dict(sorted(found.items()))


def _texts(package: str, *folders: str) -> dict[str, str]:
    place: Traversable = files(package)
    for folder in folders:
        place = place / folder
    base = "/".join((package, *(each for each in folders if each != "templates")))
    return {
        f"{base}/{each.name.removesuffix('.md')}": sha256_text(each.read_text(encoding="utf-8"))
        for each in place.iterdir()
        if each.name.endswith(".md")
    }


def _stem(name: str) -> str:
    return name.rpartition("/")[2]
