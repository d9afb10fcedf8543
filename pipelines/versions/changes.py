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
from base.files import sha256_file, sha256_text
from generators.rewriter import WORDINGS
from pipelines.recipe import OrBench, SorryBench, taxonomy_of
from pipelines.sources.templates import own_templates


def changes_since(out: Path, views: Sequence[View], facts: ReleaseFacts) -> Changes | None:
    """What has changed since the newest version before this one.

    Args:
        out: The output folder.
        views: The configs of the release to come.
        facts: What it says of itself beside them.

    Returns:
        The changes; None for a data set's first version, and after one whose rows have no ids.

    Raises:
        RecordUnreadableError: The manifest of an earlier version is malformed.
        TableDamagedError: A shard of the version before is not what its manifest says.
    """
    earlier = releases_before(out, facts.data_set, facts.version)
    if not earlier:
        return None
    try:
        return compare.changes_of(compare.compare_rows(earlier[-1].path, views, facts))
    except rows.NotComparableError:
        return None


_WRITING = {"or-bench": (*WORDINGS, "seeds"), "sorry-bench": ("imperative",)}
_CLASSIFIER = "classifier"


def templates_of(recipe: OrBench | SorryBench) -> dict[str, str]:
    """SHA-256 of each template that models of the benchmark are asked by, by its name.

    Shipped ones by benchmark, not by recipe: a changed one is named even where no model was asked
    by it. The recipe's own by their keys, such as `rewrite.template`;
    the files of a taxonomy of one's own come with them, as they stand in what models are asked.

    Raises:
        RecipeError: One of its own is not there.
        TemplateInvalidError: It lacks a place that it must have, or has one that nothing fills.
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
    found |= {key: template.digest for key, template in own_templates(recipe)}
    return dict(sorted((found | own_files_of(recipe)).items()))


_OWN = "taxonomy"
OWN_CATEGORIES = f"{_OWN}/categories"


def own_files_of(recipe: OrBench | SorryBench) -> dict[str, str]:
    """SHA-256 of a taxonomy of one's own and of the files that it names, by what they hold.

    None of a shipped taxonomy. Folders and names of files stay out: a manifest has these keys.
    """
    taxonomy = taxonomy_of(recipe)
    if taxonomy.path is None:
        return {}
    named = taxonomy.named_files
    found = {kind: sha256_file(path) for kind, path in named.items() if path.is_file()}
    return {f"{_OWN}/{kind}": digest for kind, digest in found.items()} | {
        OWN_CATEGORIES: taxonomy.digest
    }


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
