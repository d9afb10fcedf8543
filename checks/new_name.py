"""Rewrites that name somebody of whom their seed says nothing."""

import re
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of, pattern_part
from checks.clean import quotes_part, straight
from checks.language import READ_CHARACTERS
from checks.proper_names import is_known, proper_names_part
from inference.types import Item

NEW_NAME = "new_name"
"""The reason against a name that is not the seed's."""

_NAMED = re.compile(r"[A-Z][a-z]+(?:-?[A-Z][a-z]+){0,4}")
_OPENING = re.compile(r"(?:\A|[.!?:\"'(]\s?)\Z")  # what may stand before a capital that is no name
_BEFORE = 2  # characters that are read of it


@dataclass(frozen=True, slots=True)
class NewName:
    """Objects to a text with a name that its seed lacks: a person's or a company's, for the most.

    A small model names politicians and singers where nobody asked for one. Names of countries,
    cities, languages and peoples, and words with a capital that are nobody's name, may be new.

    Example:
        >>> told = NewName()
        >>> told(Item("r", "Make up a quote from a senator", "c"), "What did Joe Smith say?")
        'new_name'
        >>> told(Item("r", "Rob a bank", "c"), "Did the Romans in Paris rob banks?") is None
        True
    """

    name: ClassVar[str] = NEW_NAME

    @property
    def digest(self) -> str:
        """Of what is a name, and of the names that may be new."""
        patterns = map(pattern_part, (_NAMED, _OPENING))
        known = (proper_names_part(), quotes_part())
        return digest_of(self.name, *patterns, _BEFORE, READ_CHARACTERS, *known)

    def __call__(self, item: Item, text: str) -> str | None:
        """`new_name`, or None."""
        read = straight(text[:READ_CHARACTERS])
        base = straight(item.text).casefold()
        for found in _NAMED.finditer(read):
            before = read[max(0, found.start() - _BEFORE) : found.start()]
            if _OPENING.search(before) or before[-1:].isalnum():
                continue
            name = found[0]
            if name.casefold() not in base and not is_known(name):
                return self.name
        return None
