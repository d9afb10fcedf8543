"""Reads taxonomies, and the seeds that are shipped with them, from their data files."""

import csv
import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from base.did_you_mean import did_you_mean
from base.foreign_text import open_regular
from base.problems import Problems
from taxonomy.category_files import CategoryFile, file_for, is_line, is_shown_whole, parsed
from taxonomy.model import (
    FILES,
    NONE,
    Category,
    Taxonomy,
    TaxonomyInvalidError,
    TaxonomyUnknownError,
)

_HERE = Path(__file__).parent
_LARGEST = 1_000_000
_ENDINGS = (".yaml", ".yml")
_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_LONGEST_NAME = 80
_LONGEST_FILE_NAME = 255  # bytes, on most systems
_LARGEST_NUMBER = 1_000_000  # ids are numbers times a width, and have to fit their column
_SEPARATORS = ("/", "\\")

_TAXONOMY_KEYS: dict[str, type] = {"name": str, "version": str, "source": str, "categories": list}
_DERIVED_KEYS: dict[str, type] = {
    **{"name": str, "version": str, "source": str},
    **{"based_on": str, "removed": list},
}
_NEEDED_KEYS: dict[str, type] = {"name": str, "title": str, "definition": str, "sensitive": bool}
_OTHER_KEYS: dict[str, type] = {"number": int, "domain": str, "short_title": str, "plot_title": str}
_FILES_KEY: dict[str, type] = {"files": dict}
_TEXTS = ("source", "definition")
_LINES = ("name", "version", "title", "domain", "short_title", "plot_title")
_KINDS = {
    **{str: "a non-empty string", bool: "true or false", int: "a whole number", list: "a list"},
    dict: "a mapping",
}


@dataclass(frozen=True, slots=True)
class Seed:
    """One shipped seed: a request that is plainly bad in intent, and its category's name."""

    text: str
    category: str


def available() -> tuple[str, ...]:
    """The names of the shipped taxonomies, sorted."""
    return tuple(sorted(_named("data/*.yaml")))


def load_taxonomy(name_or_path: str | Path) -> Taxonomy:
    """Reads a shipped taxonomy by its name, or any other by its YAML file's path.

    Args:
        name_or_path: A string is a path where it ends in `.yaml` or `.yml`, else a name.

    Raises:
        TaxonomyUnknownError: There is no such taxonomy or file.
        TaxonomyInvalidError: The file breaks a rule of taxonomies.
    """
    if isinstance(name_or_path, Path) or name_or_path.endswith(_ENDINGS):
        path = Path(name_or_path)
        return replace(_loaded(path), path=path)
    rule = "taxonomy must be shipped or a .yaml file"
    return _loaded(_shipped(rule, "data/*.yaml", name_or_path))


def _loaded(path: Path) -> Taxonomy:
    data = _read(path)
    said = _said(data, path.name)
    if isinstance(said, dict) and "based_on" in said:
        return _derived(data, said, path)
    return _taxonomy(data, said, path)


def _said(data: bytes, file: str) -> object:
    return parsed(data, "taxonomy file", file, TaxonomyInvalidError)


def _read(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            data = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        raise TaxonomyUnknownError("taxonomy file must exist and be readable", path) from error
    if len(data) > _LARGEST:
        raise TaxonomyInvalidError("taxonomy file must be smaller than 1 MB", path.name)
    return data


def seeds_file(taxonomy: Taxonomy) -> CategoryFile | None:
    """The table of the seeds that come with a taxonomy: its own one, else the shipped one."""
    shipped = _named("seeds/*.csv")
    return file_for(taxonomy, "seeds", shipped.get)


def seeds_path(name: str) -> Path:
    """The CSV file (columns prompt, category) of the seeds shipped with a taxonomy.

    Raises:
        TaxonomyUnknownError: None are shipped for a taxonomy of that name.
    """
    return _shipped("taxonomy must be one with shipped seeds", "seeds/*.csv", name)


def shipped_seeds(name: str) -> tuple[Seed, ...]:
    """The seeds shipped with a taxonomy, in the order of their file."""
    with seeds_path(name).open(encoding="utf-8", newline="") as file:
        return tuple(Seed(row["prompt"], row["category"]) for row in csv.DictReader(file))


def _named(pattern: str) -> dict[str, Path]:
    return {path.stem: path for path in _HERE.glob(pattern)}


def _shipped(rule: str, pattern: str, name: str) -> Path:
    known = _named(pattern)
    if name not in known:
        raise TaxonomyUnknownError(f"{rule}{did_you_mean(name, known)}", name)
    return known[name]


def _derived(data: bytes, said: object, path: Path) -> Taxonomy:
    """A taxonomy that is another one without some categories, the rest numbered anew."""
    file = path.name
    record = _named_record(said, _DERIVED_KEYS, file)
    files = _files(record.pop("files", {}), path)
    base = _base_of(record.pop("based_on"), path)
    removed = record.pop("removed")
    _unique("removed categories", map(str, removed), file)
    known = [category.name for category in base.categories]
    for name in removed:
        if name not in known:
            rule = f"removed must name categories of {base.name}{did_you_mean(name, known)}"
            raise TaxonomyInvalidError(rule, f"{name} in {file}")
    kept = [category for category in base.categories if category.name not in removed]
    if not kept:
        raise TaxonomyInvalidError("taxonomy must have a category", file)
    digest = hashlib.sha256(base.digest.encode() + b"\n" + data).hexdigest()
    categories = tuple(_renumbered(kept))
    found = Taxonomy(**record, categories=categories, digest=digest, files=files, base=base)
    _require_numbers(found, file)
    return found


def _base_of(name: str, path: Path) -> Taxonomy:
    """The taxonomy that another one is based on: a shipped one, or a file beside or below it."""
    own_file = name.endswith(_ENDINGS)
    base = path.parent / name if own_file else _named("data/*.yaml").get(name)
    outside = own_file and (Path(name).is_absolute() or ".." in Path(name).parts)
    if base is None or outside or not os.path.isfile(base):  # of a name too long it says no
        near = "" if own_file else did_you_mean(name, available())
        rule = f"based_on must be a shipped taxonomy or a file beside it or below{near}"
        raise TaxonomyInvalidError(rule, f"{name} in {path.name}")
    data = _read(base)
    said = _said(data, base.name)
    if isinstance(said, dict) and "based_on" in said:
        rule = "based_on must be a taxonomy with categories of its own"
        raise TaxonomyInvalidError(rule, f"{name} in {path.name}")
    return _taxonomy(data, said, base)


def _renumbered(categories: Iterable[Category]) -> Iterable[Category]:
    """Those that have a number get their new place, which is the number of those without, too."""
    place = 0
    for category in categories:
        place += category.name != NONE
        own = None if category.number is None or category.name == NONE else place
        yield replace(category, number=own)


def _taxonomy(data: bytes, said: object, path: Path) -> Taxonomy:
    file = path.name
    problems = Problems()
    record: dict[str, Any] = {}
    with problems.gathered():
        record = _named_record(said, _TAXONOMY_KEYS, file)
    files: dict[str, Path] = {}
    with problems.gathered():
        files = _files(record.pop("files", {}), path)
    # What is wrong with the whole hides nothing of its categories.
    given = record.pop("categories", said.get("categories") if isinstance(said, dict) else None)
    entries = given if isinstance(given, list) else []
    categories: list[Category] = []
    for i, entry in enumerate(entries, 1):
        with problems.gathered():
            categories.append(_category(entry, f"{file}, category {i}"))
    if given == []:
        problems.add(TaxonomyInvalidError("taxonomy must have a category", file))
    with problems.gathered():
        _unique("category names", (category.name for category in categories), file)
    with problems.gathered():
        # A classifier may answer with a title, and readers have nothing else to tell rows by.
        _unique("category titles", (category.title.casefold() for category in categories), file)
    problems.raise_any()
    digest = hashlib.sha256(data).hexdigest()
    found = Taxonomy(**record, categories=tuple(categories), digest=digest, files=files)
    _require_numbers(found, file)
    return found


def _require_numbers(taxonomy: Taxonomy, file: str) -> None:
    """No two categories share a number, be it their own or their place: ids are made of it."""
    holders: dict[int, str] = {}
    for name, number in taxonomy.numbers.items():
        if number in holders:
            rule = "category numbers must be unique, and without one the place in the list counts"
            where = f"{number} of {holders[number]} and {name} in {file}"
            raise TaxonomyInvalidError(rule, where)
        holders[number] = name


def _files(said: dict[Any, Any], path: Path) -> dict[str, Path]:
    """The files that a taxonomy names, from its own folder; whether they are there, readers say."""
    where = f"files of {path.name}"
    found: dict[str, Path] = {}
    for kind, given in said.items():
        if kind not in FILES:
            rule = f"files must be among {', '.join(FILES)}{did_you_mean(kind, FILES)}"
            raise TaxonomyInvalidError(rule, f"{kind} in {where}")
        if not isinstance(given, str) or not _may_name_a_file(given):
            raise TaxonomyInvalidError(f"{kind} must be a file's name", where)
        if ".." in Path(given).parts:
            rule = "a file must lie beside the taxonomy or below it, or be named by its whole path"
            raise TaxonomyInvalidError(rule, f"{kind}: {given} in {where}")
        found[kind] = path.parent / given
    return found


def _may_name_a_file(text: str) -> bool:
    parts = Path(text).parts
    return is_line(text) and all(len(part.encode()) <= _LONGEST_FILE_NAME for part in parts)


def _named_record(said: object, needed: dict[str, type], file: str) -> dict[str, Any]:
    """A taxonomy's entry, whose name may be the beginning of a file's name."""
    record = _record(said, needed, _FILES_KEY, file)
    name = record["name"]
    if name.startswith(".") or any(separator in name for separator in _SEPARATORS):
        rule = "name must have no / or \\ in it and no dot at its start"
        raise TaxonomyInvalidError(rule, file)
    if len(name) > _LONGEST_NAME:
        raise TaxonomyInvalidError(f"name must have at most {_LONGEST_NAME} characters", file)
    return record


def _category(entry: object, where: str) -> Category:
    category = Category(**_record(entry, _NEEDED_KEYS, _OTHER_KEYS, where))
    problems = Problems()
    if not _NAME.fullmatch(category.name):
        rule = "category name must be lower-case letters, digits, - and _"
        problems.add(TaxonomyInvalidError(rule, where))
    if category.number is not None and not 1 <= category.number <= _LARGEST_NUMBER:
        rule = f"number must be from 1 to {_LARGEST_NUMBER:,}"
        problems.add(TaxonomyInvalidError(rule, where))
    problems.raise_any()
    return category


def _record(
    entry: object, needed: dict[str, type], other: dict[str, type], where: str
) -> dict[str, Any]:
    """The entry itself, once it has all needed keys, no unknown one, and values of their kinds.

    Raises:
        TaxonomyInvalidError: It has not; the error carries all that is wrong with it.
    """
    kinds = needed | other
    if not isinstance(entry, dict):
        raise TaxonomyInvalidError("entry must map keys to values", where)
    problems = Problems()
    for key, value in entry.items():
        with problems.gathered():
            _require_value(kinds, key, value, where)
    for key in needed:
        if key not in entry:
            problems.add(TaxonomyInvalidError(f"{key} must be given", where))
    problems.raise_any()
    return dict(entry)


def _require_value(kinds: dict[str, type], key: str, value: object, where: str) -> None:
    if key not in kinds:
        rule = f"key must be a known one{did_you_mean(key, kinds)}"
        raise TaxonomyInvalidError(rule, f"{key} in {where}")
    if type(value) is not kinds[key] or value == "":
        raise TaxonomyInvalidError(f"{key} must be {_KINDS[kinds[key]]}", where)
    if key in _LINES and not is_line(str(value)):
        rule = f"{key} must be one line, without spaces around it or hidden characters"
        raise TaxonomyInvalidError(rule, where)
    if key in _TEXTS and not is_shown_whole(str(value)):
        raise TaxonomyInvalidError(f"{key} must be text without hidden characters", where)


def _unique(what: str, values: Iterable[object], file: str) -> None:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            raise TaxonomyInvalidError(f"{what} must be unique", f"{value} in {file}")
        seen.add(value)
