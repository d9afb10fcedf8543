"""What seeds may be about: the cells that a writer of seeds is asked for, one in each call."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from base.did_you_mean import did_you_mean
from base.digests import bytes_digest
from base.foreign_text import read_regular, read_yaml
from taxonomy.model import NONE, Taxonomy, TaxonomyInvalidError, TaxonomyUnknownError

_SHIPPED = Path(__file__).parent / "seeds"
_LARGEST = 1_000_000
_LONGEST = 80
_COMMON = ("roles", "settings", "forms")
_KEYS = ("sub_topics", *_COMMON)


@dataclass(frozen=True, slots=True)
class Cells:
    """The lists that cells are made from: a sub-topic, a role, a setting and a form make one.

    Attributes:
        sub_topics: What a seed may be about, by category.
        roles: Who may be asking: `a landlord`.
        settings: Where or when: `at a wedding`.
        forms: What kind of sentence a seed may be: `a question`.
        digest: SHA-256 of their file, in hex.
    """

    sub_topics: Mapping[str, tuple[str, ...]]
    roles: tuple[str, ...]
    settings: tuple[str, ...]
    forms: tuple[str, ...]
    digest: str

    def of(self, category: str) -> tuple[str, ...]:
        """The sub-topics of a category, in the order of their file.

        Raises:
            TaxonomyInvalidError: There are none.
        """
        found = self.sub_topics.get(category)
        if found is None:
            raise TaxonomyInvalidError(
                "a category that seeds are written for must have sub-topics", category
            )
        return found

    def count(self, category: str) -> int:
        """How many cells a category has.

        Raises:
            TaxonomyInvalidError: It has no sub-topics.
        """
        return len(self.of(category)) * len(self.roles) * len(self.settings) * len(self.forms)


def load_cells(taxonomy: Taxonomy, path: Path | None = None) -> Cells:
    """The lists for a taxonomy's categories.

    Args:
        taxonomy: Whose categories have the sub-topics; it may have more of them than the file.
        path: A YAML file of one's own; by default the one that is shipped for the taxonomy.

    Raises:
        TaxonomyUnknownError: There is no such file.
        TaxonomyInvalidError: It breaks a rule: an unknown category or a sensitive one has
            sub-topics, or a list is empty, has an entry twice or one that is no short text.

    Example:
        >>> from taxonomy import load_taxonomy
        >>> cells = load_cells(load_taxonomy("or_bench"))
        >>> cells.of("illegal")[:3]
        ('shoplifting', 'burglary', 'stolen cars and parts')
    """
    path = path or _SHIPPED / f"{taxonomy.name}_cells.yaml"
    try:
        data = read_regular(path, _LARGEST)
    except OSError as error:
        rule = "a file of cells must exist, be readable and have at most 1 MB"
        raise TaxonomyUnknownError(rule, path.name) from error
    try:
        content = read_yaml(data.decode("utf-8"))
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise TaxonomyInvalidError("cells must be YAML in UTF-8", path.name) from error
    entry = _record(content, path.name)
    common = {key: _names(entry[key], key, path.name) for key in _COMMON}
    sub_topics = _sub_topics(entry["sub_topics"], taxonomy, path.name)
    return Cells(sub_topics, **common, digest=bytes_digest(data))


def _record(content: object, file: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise TaxonomyInvalidError("cells must map keys to lists", file)
    for key in content:
        if key not in _KEYS:
            rule = f"key of cells must be a known one{did_you_mean(key, _KEYS)}"
            raise TaxonomyInvalidError(rule, f"{key} in {file}")
    for key in _KEYS:
        if key not in content:
            raise TaxonomyInvalidError(f"{key} must be given", file)
    return content


def _sub_topics(content: object, taxonomy: Taxonomy, file: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(content, dict) or not content:
        raise TaxonomyInvalidError("sub_topics must map categories to lists", file)
    for name in content:
        _require_written_for(name, taxonomy, file)
    return {name: _names(topics, f"sub-topics of {name}", file) for name, topics in content.items()}


def _require_written_for(name: object, taxonomy: Taxonomy, file: str) -> None:
    where = f"{name} in {file}"
    if name == NONE:
        raise TaxonomyInvalidError("sub-topics must be of a category of bad intent", where)
    if name not in taxonomy.names:
        hint = did_you_mean(name, taxonomy.names)
        rule = f"sub-topics must be of a category of {taxonomy.name}{hint}"
        raise TaxonomyInvalidError(rule, where)
    if taxonomy.get(str(name)).sensitive:
        rule = "a sensitive category must have no sub-topics: its seeds are only imported"
        raise TaxonomyInvalidError(rule, where)


def _names(entries: object, what: str, file: str) -> tuple[str, ...]:
    """The entries of a list, each a short line of text and none there twice."""
    if not isinstance(entries, list) or not entries:
        raise TaxonomyInvalidError(f"{what} must be a list with entries", file)
    seen: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, str) or not _is_short_line(entry):
            rule = f"{what} must be texts of one line and at most {_LONGEST} characters"
            raise TaxonomyInvalidError(rule, f"entry {number} in {file}")
        if entry.casefold() in seen:
            raise TaxonomyInvalidError(f"{what} must be unique", f"{entry} in {file}")
        seen.add(entry.casefold())
    return tuple(entries)


def _is_short_line(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and text.isprintable() and text == " ".join(text.split())
