"""Which language a text is written in, by CLD2."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar

from base.digests import digest_of
from checks.errors import OptionInvalid
from inference.types import Item

# CLD2 is sure of itself from six words on: of 353 English sentences it was unsure of 8, all of
# four words or fewer.
SHORT_WORDS = 5
_READ_CHARACTERS = 10_000


@dataclass(frozen=True, slots=True)
class Language:
    """Objects to a text that is not in one language.

    CLD2 says a language and whether it is sure. A text is out where it is sure of another one,
    and where a text of more than five words convinces it of none. A short text that it is unsure
    of stays ("Kill weeds fast"): too little to tell is no finding. Of 490 English questions and
    instructions 2 are dropped.

    Attributes:
        code: The wanted language's code as CLD2 knows it: `en`, `fr`, `zh`, `ml`, ...
    """

    name: ClassVar[str] = "language"
    code: str = "en"

    def __post_init__(self) -> None:
        """Refuses a code that CLD2 does not know."""
        from pycld2 import LANGUAGES

        known = [code for _, code in LANGUAGES]
        if self.code not in known:
            near = get_close_matches(self.code, known, n=1, cutoff=0.0)[0]
            raise OptionInvalid(f"language: a code that CLD2 knows, such as {near!r}", self.code)

    @property
    def digest(self) -> str:
        """Of the language, and of what is too short to tell."""
        return digest_of(self.name, self.code, SHORT_WORDS, _READ_CHARACTERS)

    def __call__(self, item: Item, text: str) -> str | None:
        """`language`, or None."""
        import pycld2

        start = text[:_READ_CHARACTERS]
        try:
            sure, _, languages = pycld2.detect(start.encode("utf-8", "replace"))
        except pycld2.error:  # control codes and the like: it reads as no language
            return "language"
        if sure:
            return None if languages[0][1] == self.code else "language"
        return "language" if len(start.split()) > SHORT_WORDS else None
