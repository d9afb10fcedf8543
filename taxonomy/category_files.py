"""Files that hold something for each category of a taxonomy: found and read in one way.

A taxonomy's own file comes first, then the one that is shipped under the taxonomy's name, then
those of the taxonomy that it is based on, of which the categories that are left out are not read.
"""

import unicodedata
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from base.did_you_mean import did_you_mean
from base.digests import bytes_digest, digest_of
from base.errors import RefuseryError
from base.foreign_text import YAML_LOADER, read_regular, read_yaml, without_invisible
from base.problems import Problems
from taxonomy.model import NONE, Taxonomy

_LARGEST = 1_000_000
_NEVER_SHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control codes, halves of pairs, line ends


@dataclass(frozen=True, slots=True)
class CategoryFile:
    """A file with something for each category.

    Attributes:
        path: Where it lies.
        taxonomy: For whose categories it is read.
        owner: For whose categories it was written: that taxonomy, or the one it is based on.
        is_own: Whether a taxonomy of one's own names it; else it is shipped.
    """

    path: Path
    taxonomy: Taxonomy
    owner: Taxonomy
    is_own: bool = True

    def read(self, what: str, error: type[RefuseryError]) -> tuple[Any, str]:
        """The value in a YAML file, which nobody may change, and a digest of what is read of it.

        Args:
            what: What it holds, for messages: `rewrites`.
            error: Raised where it is not there, or is no YAML.
        """
        try:
            data = read_regular(self.path, _LARGEST)
        except OSError as reason:
            rule = f"a file of {what} must exist, be readable and have at most 1 MB"
            raise error(rule, self.path.name) from reason
        digest, names = bytes_digest(data), self.taxonomy.names
        if any(name not in names for name in self.owner.names):
            digest = digest_of("categories kept", digest, list(names))
        return parsed(data, what, self.path.name, error), digest

    def entries(
        self,
        given: object,
        what: str,
        error: type[RefuseryError],
        problems: Problems,
        sensitive: str | None = None,
    ) -> dict[str, Any]:
        """What a mapping has by category, less the categories that the taxonomy has not kept.

        What is wrong is noted: that it is no mapping, or that a key is no category of bad intent.

        Args:
            given: The mapping.
            what: What it holds, for messages: `rewrites`.
            error: What problems are told as.
            problems: Where they are noted.
            sensitive: Why a sensitive category must have none; None where it may.
        """
        if not isinstance(given, dict) or not given:
            problems.add(error(f"{what} must be given by category", self.path.name))
            return {}
        fit: set[object] = set()
        for name in given:
            with problems.gathered():
                self._require_fit(name, what, error, sensitive)
                fit.add(name)
        return {name: given[name] for name in given if name in fit and name in self.taxonomy.names}

    def _require_fit(
        self, name: object, what: str, error: type[RefuseryError], sensitive: str | None
    ) -> None:
        where = f"{name} in {self.path.name}"
        if name == NONE:
            raise error(f"{what} must be for a category of bad intent", where)
        if name not in self.owner.names:
            hint = did_you_mean(name, self.owner.names)
            raise error(f"{what} must be for a category of {self.owner.name}{hint}", where)
        if sensitive is not None and self.owner.get(str(name)).sensitive:
            raise error(f"a sensitive category must have no {what}: {sensitive}", where)


def lengths(by_category: object, *lists: str) -> dict[str, int]:
    """How many entries a file gives each category, sound or not: what is no list has none.

    Args:
        by_category: What its file has by category.
        lists: The keys under which a category has its lists, of which the shortest counts; none
            where the category's entry is the list.

    Example:
        >>> lengths({"theft": ["a", 3], "noise": None}), lengths({"theft": {"a": [1]}}, "a", "b")
        ({'theft': 2, 'noise': 0}, {'theft': 0})
    """
    if not isinstance(by_category, dict):
        return {}
    found: dict[str, int] = {}
    for name, entry in by_category.items():
        keyed = entry if isinstance(entry, dict) else {}
        counted = [keyed.get(key) for key in lists] if lists else [entry]
        found[str(name)] = min(len(each) if isinstance(each, list) else 0 for each in counted)
    return found


def file_for(
    taxonomy: Taxonomy, kind: str, shipped: Callable[[str], Path | None]
) -> CategoryFile | None:
    """The file of a kind for a taxonomy; None where there is none.

    Args:
        taxonomy: Whose categories it is for.
        kind: What it holds, a key of `FILES`.
        shipped: The shipped file for the taxonomy of that name; None where there is none.

    Example:
        >>> from taxonomy import load_taxonomy
        >>> file_for(load_taxonomy("or_bench"), "cells", lambda name: None) is None
        True
    """
    for owner in (taxonomy, taxonomy.base):
        if owner is None:
            continue
        if (own := owner.files.get(kind)) is not None:
            return CategoryFile(own, taxonomy, owner)
        path = shipped(owner.name)
        if path is not None and path.is_file():
            return CategoryFile(path, taxonomy, owner, is_own=False)
    return None


def require_file(
    taxonomy: Taxonomy,
    kind: str,
    shipped: Callable[[str], Path | None],
    rule: str,
    error: type[RefuseryError],
    path: Path | None = None,
) -> CategoryFile:
    """The file of a kind for a taxonomy, or the error that says where one is named.

    Args:
        taxonomy: Whose categories it is for.
        kind: What it holds, a key of `FILES`.
        shipped: The shipped file for the taxonomy of that name; None where there is none.
        rule: Who must have one.
        error: Raised where there is none.
        path: A file that is taken in any case.
    """
    if path is not None:
        return CategoryFile(path, taxonomy, taxonomy)
    found = file_for(taxonomy, kind, shipped)
    if found is None:
        raise error(f"{rule}, in a file that it names as files.{kind}", taxonomy.name)
    return found


def is_shown_whole(text: str) -> bool:
    r"""Whether a text is not blank, and readers see all that it holds; it may have several lines.

    Example:
        >>> is_shown_whole("Theft\nand fraud"), is_shown_whole("Theft\u202e"), is_shown_whole(" ")
        (True, False, False)
    """
    bare = text.replace("\n", " ")
    shown = all(unicodedata.category(character) not in _NEVER_SHOWN for character in bare)
    return shown and bool(bare.strip()) and without_invisible(bare) == bare


def is_line(text: str) -> bool:
    """Whether such a text is one line, with nothing around it."""
    return "\n" not in text and text == text.strip() and is_shown_whole(text)


def parsed(data: bytes, what: str, file: str, error: type[RefuseryError]) -> Any:  # noqa: ANN401
    """What a YAML file says; nobody changes it, and many stages of a run ask for the same one.

    Args:
        data: Its bytes.
        what: What it holds, for messages.
        file: Its name.
        error: Raised where it is no YAML in UTF-8, or gives a key twice.
    """
    try:
        return _value(data)
    except _KeyTwiceError as twice:
        rule = f"{what} must give each key once"
        raise error(rule, f"{twice.args[0]} in {file}, line {twice.args[1]}") from None
    except (ValueError, RecursionError, yaml.YAMLError) as reason:
        mark = getattr(reason, "problem_mark", None)
        where = file if mark is None else f"{file}, line {mark.line + 1}"
        raise error(f"{what} must be YAML in UTF-8", where) from reason


@lru_cache(maxsize=32)
def _value(data: bytes) -> Any:  # noqa: ANN401 - YAML
    return read_yaml(data.decode("utf-8"), _UniqueKeys)


class _KeyTwiceError(Exception):
    """A mapping gives a key twice; its arguments are the key and its line."""


class _UniqueKeys(YAML_LOADER):  # type: ignore[misc, valid-type]
    """PyYAML keeps the last of two equal keys in silence: a category's texts would be gone."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Hashable] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise _KeyTwiceError(key.value, key.start_mark.line + 1)
                seen.add(key.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found
