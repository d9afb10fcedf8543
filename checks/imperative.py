"""Whether a text is one instruction in the imperative, the form of a base set's requests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of, pattern_part
from checks.quotes import quotes_part, straight
from inference.types import Item

# An English sentence that opens with one of these is no instruction; a verb is what remains.
_NO_VERB = frozenset(
    "a an the this that these those my your his her its our their i you he she it we they one"
    " what which who whom whose when where why how whether if because since while although though"
    " is are am was were been does did has had can could will would shall should may"
    " might must isn't aren't wasn't doesn't didn't can't couldn't won't wouldn't shouldn't"
    " i'm i'd i've i'll you're it's there there's here and or but so also as at by for from in into"
    " of on to with without about after before during under over between some any every all each"
    " no not yes sure okay ok hello hi hey dear thanks sorry perhaps maybe ever never always"
    " suppose supposing assuming given imagine".split()
)
# "Don't be gentle: ..." and "Let me know" are instructions, and so is what follows "please".
_POLITE = re.compile(r"(?:please|kindly|now|just|go ahead and)[, ]+", re.IGNORECASE)
_FIRST = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_QUOTED = re.compile(r"\"[^\"]*\"")
_ENDS = re.compile(r"[.!?:;]+[\"')]*\s+(?=[\"'(]?[A-Z])")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|vs|etc|e\.g|i\.e|U\.S|No)\.\s")


@dataclass(frozen=True, slots=True)
class Imperative:
    """Objects to a text that asks, tells or chats instead of instructing, or instructs twice.

    For English. The opening word must be none of those that begin other sentences; nothing may be
    asked; what is quoted does not count.
    """

    name: ClassVar[str] = "imperative"

    @property
    def digest(self) -> str:
        """Of the words and patterns that tell an instruction."""
        patterns = (_POLITE, _FIRST, _QUOTED, _ENDS, _ABBREVIATED)
        return digest_of(self.name, sorted(_NO_VERB), *map(pattern_part, patterns), quotes_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`not_imperative`, `several_instructions`, or None."""
        plain = straight(text.strip())
        said = _POLITE.sub("", plain, count=1) if _POLITE.match(plain) else plain
        first = _FIRST.match(said)
        if first is None or first[0].lower() in _NO_VERB:
            return "not_imperative"
        bare = _QUOTED.sub("x", said)
        if "?" in bare or "\uff1f" in bare:
            return "not_imperative"
        if "\n" in bare or _ENDS.search(_ABBREVIATED.sub("x ", bare)):
            return "several_instructions"
        return None
