"""What of a recipe decides what is asked and how, part by part: which pilots are of this recipe.

Sizes, addresses, limits, prices, keys, versions, licences and gates are left out: a pilot of a
larger set, or of last month's version, says the same of a row. What stands in files that a recipe
names is in, and the words in which its moderators are asked, whatever decides these.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from artifacts.manifest import MANIFEST
from base.digests import Json, bytes_digest, digest_of, digests_of
from base.files import sha256_file
from pipelines.errors import SourceError
from pipelines.pilots.record import PilotRecord
from pipelines.recipe import taxonomy_of
from pipelines.recipe.digest import content_of
from pipelines.recipe.hub_names import is_hub_name
from pipelines.recipe.names import parts_of
from pipelines.recipe.schema import OrBench, Runnable, SorryBench
from pipelines.sources.models import located
from pipelines.stages.makers import moderator_plans
from pipelines.versions.changes import own_files_of

_SIZES: Mapping[str, frozenset[str]] = {
    "seeds": frozenset({"per_category", "max_rounds", "license", "redistribute"}),
    "rewrite": frozenset({"target", "rounds", "min_yield"}),
    "hard": frozenset({"size", "balance", "quota", "seed", "rounds", "min_yield"}),
    "toxic": frozenset({"size", "balance", "quota", "seed"}),
    "base": frozenset({"per_category", "seed", "decisions", "license", "redistribute"}),
    "evaluate": frozenset({"title", "description", "scores", "seed"}),
}
"""Keys of parts that say how much is wanted, or on what terms, and not what is asked."""

_DRAWS = frozenset({"sample", "seed"})
"""The same of a data set."""

_FILES = frozenset({"from", "against", "template", "path"})
"""Keys that name files, or folders of them."""

_WILD = frozenset("*?[")

_OWN_WORDS = frozenset({"llm", "shipped", "seeds", "rewrites"})
"""What stands under such keys and is no file."""

_NOT_ASKED = frozenset({"release", "gates", "budget"})
_TEXTS = ("generators", "moderators", "checks")
_ENDINGS = (".md", ".yaml", ".json", ".txt")


def parts_digests(recipe: Runnable) -> dict[str, str]:
    """By key, a digest of what each part of a recipe says of what is asked.

    `prompts` stands for the texts that the program brings with it, `taxonomy` for the categories
    and the files of one of one's own.

    Args:
        recipe: As it is written: a pilot's own, in which names on the Hub have commits, is another.

    Raises:
        TaxonomyUnknownError: There is no such taxonomy.
        SourceError: A file that the recipe names cannot be read.
        ModeratorUnknownError: There is no such moderator.
    """
    found: dict[str, str] = {}
    for key, _ in parts_of(recipe):
        if key not in _NOT_ASKED:
            found[key] = digest_of(_asked(recipe, key))
    if isinstance(recipe, OrBench | SorryBench):
        found["mode"] = digest_of(recipe.mode)
    found["taxonomy"] = taxonomy_of(recipe).digest
    if isinstance(recipe, OrBench | SorryBench) and (own := own_files_of(recipe)):
        found["taxonomy"] = digest_of("own taxonomy", dict(own))
    found["prompts"] = digest_of(_shipped_texts())
    return found


def differing(record: PilotRecord, recipe: Runnable) -> tuple[str, ...]:
    """In which parts a pilot's recipe is another one; none where it is of this recipe."""
    if record.benchmark != recipe.benchmark:
        return ("benchmark",)
    own = parts_digests(recipe)
    keys = dict.fromkeys((*own, *record.parts))
    return tuple(key for key in keys if own.get(key) != record.parts.get(key))


def _asked(recipe: Runnable, key: str) -> Json:
    content = content_of(recipe, key)
    parts, models = content["parts"], content["models"]
    part = parts.get(key) if isinstance(parts, Mapping) else None
    said = dict(part) if isinstance(part, Mapping) else {}
    left: dict[str, Json] = {
        name: value for name, value in said.items() if name not in _SIZES.get(key, ())
    }
    if key == "evaluate" and isinstance(data := left.get("data"), Mapping):
        left["data"] = {name: _undrawn(each) for name, each in data.items()}
    asked: list[Json] = [_as_json(left), models, _contents(recipe.folder, left)]
    if key == "moderate" and isinstance(recipe, OrBench):
        asked += digests_of("moderator", moderator_plans(recipe, taxonomy_of(recipe)))
    return asked


def _contents(folder: Path, said: Json) -> dict[str, Json]:
    """Hashes of the files that a part names, by their names in it; the Hub's go by their names."""
    return {name: [*_hashes(folder, name)] for name in _files_named(said)}


def _files_named(said: Json, key: str = "") -> Iterator[str]:
    if isinstance(said, Mapping):
        for name, each in said.items():
            yield from _files_named(each, name)
    elif isinstance(said, list | tuple):
        for each in said:
            yield from _files_named(each, key)
    elif key in _FILES and isinstance(said, str):
        yield from () if said in _OWN_WORDS or is_hub_name(said) else (said,)


def _hashes(folder: Path, name: str) -> Iterator[Json]:
    """Of a file; of a release's manifest, which has its files'; of what else a folder holds."""
    above, _, last = name.rpartition("/")
    if _WILD & set(last):
        found = located(folder, above or ".")
        held = [] if found is None else [*found.glob(last)]
    elif (found := located(folder, name)) is None:
        return
    elif (found / MANIFEST).is_file():
        held = [found / MANIFEST]
    else:
        held = [*found.iterdir()] if found.is_dir() else [found]
    try:
        yield from sorted(f"{each.name} {sha256_file(each)}" for each in held if each.is_file())
    except OSError as error:
        rule = f"a file of the recipe must be readable: {error.strerror}"
        raise SourceError(rule, name) from None


def _undrawn(data: Json) -> Json:
    if not isinstance(data, Mapping):
        return data
    return {name: value for name, value in data.items() if name not in _DRAWS}


def _as_json(value: object) -> Json:
    """Tuples as lists: what was read from YAML and what was made in Python is the same."""
    if isinstance(value, Mapping):
        return {str(name): _as_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _shipped_texts() -> dict[str, Json]:
    return {
        f"{package}/{name}": bytes_digest(file.read_bytes())
        for package in _TEXTS
        for name, file in _data_files(files(package))
    }


def _data_files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for each in sorted(folder.iterdir(), key=lambda one: one.name):
        name = f"{above}{each.name}"
        if each.is_dir():
            yield from _data_files(each, f"{name}/")
        elif each.name.endswith(_ENDINGS):
            yield name, each
