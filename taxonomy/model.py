"""A taxonomy and its categories, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from base.did_you_mean import did_you_mean
from base.errors import RefuseryError


class TaxonomyError(RefuseryError):
    """Base of this package's errors."""

    exit_code = 2


class TaxonomyUnknownError(TaxonomyError):
    """No taxonomy or seeds of that name are shipped, or there is no such file."""


class CategoryUnknownError(TaxonomyError):
    """A taxonomy has no category of that name."""


class TaxonomyInvalidError(TaxonomyError):
    """A taxonomy's data file is not what it should be."""


NONE = "none"
"""The name of the category that a harmless request falls into, where a taxonomy has one."""


FILES = {
    "seeds": "seeds that are plainly bad in intent: a table with the columns prompt and category",
    "cells": "what seeds may be about: sub-topics by category, roles, settings and forms",
    "rewrites": "pairs of a seed and its rewrite by category, which show a strong writer the task",
    "examples": "harmless questions by category, which a small writer goes on with",
    "prototypes": "texts that the offline moderators compare with: toxic, benign and plain ones",
}
"""What a taxonomy may have files for, and what each of them holds."""


@dataclass(frozen=True, slots=True)
class Category:
    """One category of a taxonomy.

    Attributes:
        name: Its key in tables and recipes, such as `self-harm`.
        title: Its name for people, in full.
        definition: What belongs to it and what does not, in a few sentences.
        sensitive: Prompts of it are only imported: no seeds are asked for, and fulfilling
            answers are redacted.
        number: Its number in the source's own files, or None where the source has none.
        domain: The group it belongs to, or None where the taxonomy has no groups.
        short_title: A shorter title for tables, or None where `title` serves.
        plot_title: The shortest title, for axes, or None where `short_title` serves.
    """

    name: str
    title: str
    definition: str
    sensitive: bool = False
    number: int | None = None
    domain: str | None = None
    short_title: str | None = None
    plot_title: str | None = None


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The categories of one benchmark.

    Attributes:
        name: Its name in recipes.
        version: The version of its data.
        source: Where the categories come from.
        categories: All of them in the source's order, the harmless one included.
        digest: SHA-256 of its data file, and of the one that it is based on, in hex.
        files: The files of its own that it names, by what they hold: a key of `FILES`.
        base: The taxonomy whose categories it has some of; None where all are its own.
        path: Its file, where it is one of somebody's own; None for a shipped one.
    """

    name: str
    version: str
    source: str
    categories: tuple[Category, ...]
    digest: str
    files: Mapping[str, Path] = field(default_factory=dict, hash=False)
    base: "Taxonomy | None" = None
    path: Path | None = None

    @property
    def named_files(self) -> Mapping[str, Path]:
        """The files that it names by what they hold, before those of what it is based on."""
        return {**(self.base.files if self.base is not None else {}), **self.files}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its categories, without `none`."""
        return tuple(category.name for category in self.categories if category.name != NONE)

    @property
    def numbers(self) -> Mapping[str, int]:
        """The number of each category but `none`: its own, else its place in the list."""
        places = enumerate(self.names, start=1)
        own = {category.name: category.number for category in self.categories}
        return {name: own[name] or place for place, name in places}

    @property
    def writable(self) -> tuple[str, ...]:
        """The names of the categories that texts are written for: none that is sensitive."""
        return tuple(name for name in self.names if not self.get(name).sensitive)

    def get(self, name: str) -> Category:
        """The category of that name, `none` included.

        Raises:
            CategoryUnknownError: There is none; the rule names the nearest one.
        """
        for category in self.categories:
            if category.name == name:
                return category
        hint = did_you_mean(name, [category.name for category in self.categories])
        raise CategoryUnknownError(f"category must be one of taxonomy {self.name}{hint}", name)
