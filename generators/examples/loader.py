"""Reads the examples of a taxonomy."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from base.digests import bytes_digest
from generators.errors import ExamplesInvalidError

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples of one category.

    Attributes:
        intro: A line that introduces them as a list.
        texts: Harmless questions that only sound bad.
    """

    intro: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExampleSet:
    """The examples of a taxonomy by category, and the hash of their file."""

    by_category: Mapping[str, Examples]
    digest: str

    def of(self, category: str) -> Examples:
        """The examples of a category.

        Raises:
            ExamplesInvalidError: There are none.
        """
        found = self.by_category.get(category)
        if found is None:
            raise ExamplesInvalidError(
                "a category that is written for must have examples", category
            )
        return found


@cache
def load_examples(taxonomy: str) -> ExampleSet:
    """The shipped examples of a taxonomy.

    Raises:
        ExamplesInvalidError: There are none.
    """
    path = _HERE / f"{taxonomy}.yaml"
    if not path.is_file():
        raise ExamplesInvalidError("a taxonomy that is written for must have examples", taxonomy)
    data = path.read_bytes()
    content = yaml.safe_load(data)
    by_category = {
        name: Examples(entry["intro"], tuple(entry["examples"])) for name, entry in content.items()
    }
    return ExampleSet(by_category, bytes_digest(data))
