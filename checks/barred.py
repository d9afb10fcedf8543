"""Texts that must not come back: withdrawn by people, or published before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from base.digests import digest_of
from checks.identity import content_id
from inference.types import Item


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
