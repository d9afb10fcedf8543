"""Who a text is and which row it stands in; texts that must not come back.

Every identity is the first 16 hexadecimal characters of the SHA-256 of a JSON array of its parts,
written with `json.dumps` defaults (ASCII only, `", "` between the parts). JSON quotes what it
joins, so no two lists of parts share an encoding.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from base.digests import digest_of
from inference.types import Item

HEX_CHARACTERS = 16


def normalise(text: str) -> str:
    """The text in NFC, runs of white space as one space, none at the ends; case is kept."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def content_id(text: str, style: str = "") -> str:
    """The identity of a prompt: the same for texts that differ in nothing but white space.

    Args:
        text: The prompt, normalised or not.
        style: The prompt style it was mutated into, "" for a base prompt.
    """
    return _digest(normalise(text), style)


def root_key(source: str, position: str | int) -> str:
    """The key of a row that has no parent: its source and its place in it."""
    return _digest(source, str(position))


def row_key(parent: str, stage: str, position: str) -> str:
    """The key of a row made from `parent` by `stage`; `position` is "attempt.place"."""
    return _digest(parent, stage, position)


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()[:HEX_CHARACTERS]


@dataclass(frozen=True)
class Barred:
    """Objects to a text whose id is among given ones, with the reason that is given with it.

    Attributes:
        style: The prompt style that texts are written in, a part of their ids; "" for none.
        reasons: Why, by id.
        digest: Hash over both, so that a stage's digest need not hold every id.
    """

    name: ClassVar[str] = "barred"

    style: str
    reasons: Mapping[str, str] = field(repr=False, compare=False)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        """Hashes the ids, in their order by name."""
        known = digest_of(self.name, self.style, dict(self.reasons))
        object.__setattr__(self, "digest", known)

    def __call__(self, item: Item, text: str) -> str | None:
        """The reason against the text, or None."""
        return self.reasons.get(content_id(text, self.style))


@dataclass(frozen=True)
class SeedCopy:
    """Objects to a rewrite that is its seed again (`seed_copy`): a seed is unsafe by design.

    >>> seed = Item("r", "How do I rob a bank?", "illegal")
    >>> SeedCopy()(seed, "how do I  rob a bank?"), SeedCopy()(seed, "How do banks stop robbers?")
    ('seed_copy', None)
    """

    name: ClassVar[str] = "seed_copy"

    @property
    def digest(self) -> str:
        """Of its name: it has no settings."""
        return digest_of(self.name)

    def __call__(self, item: Item, text: str) -> str | None:
        """The reason against the text, or None."""
        same = normalise(text).casefold() == normalise(item.text).casefold()
        return self.name if same else None
