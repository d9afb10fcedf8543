"""What seeds may be about: the cells that a writer of seeds is asked for, one in each call."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from base.did_you_mean import did_you_mean
from base.problems import Problems
from taxonomy.category_files import CategoryFile, file_for, is_line, require_file
from taxonomy.model import Taxonomy, TaxonomyInvalidError, TaxonomyUnknownError

_SHIPPED = Path(__file__).parent / "seeds"
_LONGEST = 80
_COMMON = ("roles", "settings", "forms")
_KEYS = ("sub_topics", *_COMMON)
_IMPORTED = "its seeds are only imported"


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


def _shipped(name: str) -> Path:
    return _SHIPPED / f"{name}_cells.yaml"


def cells_file(taxonomy: Taxonomy) -> CategoryFile | None:
    """The file of a taxonomy's cells: its own one, else the shipped one."""
    return file_for(taxonomy, "cells", _shipped)


def load_cells(taxonomy: Taxonomy, path: Path | None = None) -> Cells:
    """The lists for a taxonomy's categories.

    Args:
        taxonomy: Whose categories have the sub-topics; it may have more of them than the file.
        path: A YAML file; by default the one that the taxonomy names as `files.cells`, else the
            one that is shipped for it.

    Raises:
        TaxonomyUnknownError: There is none for the taxonomy.
        TaxonomyInvalidError: It is not there or breaks a rule: an unknown category or a sensitive
            one has sub-topics, or a list is empty, has an entry twice or one that is no short text.
            The first problem carries the others (`base.problems`).

    Example:
        >>> from taxonomy import load_taxonomy
        >>> cells = load_cells(load_taxonomy("or_bench"))
        >>> cells.of("illegal")[:3]
        ('shoplifting', 'burglary', 'stolen cars and parts')
    """
    rule = "a taxonomy that seeds are written for must have cells"
    file = require_file(taxonomy, "cells", _shipped, rule, TaxonomyUnknownError, path)
    content, digest = file.read("cells", TaxonomyInvalidError)
    problems, name = Problems(), file.path.name
    entry = _record(content, name, problems)
    common = {key: _names(entry[key], key, name, problems) for key in _COMMON if key in entry}
    sub_topics: dict[str, tuple[str, ...]] = {}
    if "sub_topics" in entry:
        given = entry["sub_topics"]
        topics = file.entries(given, "sub-topics", TaxonomyInvalidError, problems, _IMPORTED)
        for category, each in topics.items():
            sub_topics[category] = _names(each, f"sub-topics of {category}", name, problems)
    problems.raise_any()
    return Cells(sub_topics, **common, digest=digest)


def _record(content: object, file: str, problems: Problems) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise TaxonomyInvalidError("cells must map keys to lists", file)
    for key in content:
        if key not in _KEYS:
            rule = f"key of cells must be a known one{did_you_mean(key, _KEYS)}"
            problems.add(TaxonomyInvalidError(rule, f"{key} in {file}"))
    for key in _KEYS:
        if key not in content:
            problems.add(TaxonomyInvalidError(f"{key} must be given", file))
    return content


def _names(entries: object, what: str, file: str, problems: Problems) -> tuple[str, ...]:
    """The entries of a list, each a short line of text and none there twice."""
    if not isinstance(entries, list) or not entries:
        problems.add(TaxonomyInvalidError(f"{what} must be a list with entries", file))
        return ()
    seen: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, str) or not _is_short_line(entry):
            rule = f"{what} must be texts of one line and at most {_LONGEST} characters"
            problems.add(TaxonomyInvalidError(rule, f"entry {number} in {file}"))
            continue
        if entry.casefold() in seen:
            problems.add(TaxonomyInvalidError(f"{what} must be unique", f"{entry} in {file}"))
        seen.add(entry.casefold())
    return tuple(entries)


def _is_short_line(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and is_line(text) and text == " ".join(text.split())
