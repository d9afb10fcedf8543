"""What of a recipe decides what is asked and how, part by part: which pilots are of this recipe.

Sizes, addresses, limits, prices, keys, versions, licences and gates are left out: a pilot of a
larger set, or of last month's version, says the same of a row.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from base.digests import Json, bytes_digest, digest_of
from pipelines.pilots.record import PilotRecord
from pipelines.recipe import taxonomy_of
from pipelines.recipe.digest import content_of
from pipelines.recipe.names import parts_of
from pipelines.recipe.schema import OrBench, Runnable, SorryBench

_SIZES: Mapping[str, frozenset[str]] = {
    "seeds": frozenset({"per_category", "max_rounds", "license", "redistribute"}),
    "rewrite": frozenset({"target", "rounds"}),
    "hard": frozenset({"size", "balance", "quota", "seed", "rounds"}),
    "toxic": frozenset({"size", "balance", "quota", "seed"}),
    "base": frozenset({"per_category", "seed", "decisions", "license", "redistribute"}),
    "evaluate": frozenset({"scores", "seed"}),
}
"""Keys of parts that say how much is wanted, or on what terms, and not what is asked."""

_DRAWS = frozenset({"sample", "seed"})
"""The same of a data set."""

_NOT_ASKED = frozenset({"release", "gates", "budget"})
_TEXTS = ("generators", "moderators", "checks")
_ENDINGS = (".md", ".yaml", ".json", ".txt")


def parts_digests(recipe: Runnable) -> dict[str, str]:
    """By key, a digest of what each part of a recipe says of what is asked.

    `prompts` stands for the texts that the program brings with it, `taxonomy` for the categories.

    Raises:
        TaxonomyUnknownError: There is no such taxonomy.
    """
    found: dict[str, str] = {}
    for key, _ in parts_of(recipe):
        if key not in _NOT_ASKED:
            found[key] = digest_of(_asked(recipe, key))
    if isinstance(recipe, OrBench | SorryBench):
        found["mode"] = digest_of(recipe.mode)
    found["taxonomy"] = taxonomy_of(recipe).digest
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
    return [_as_json(left), models]


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
