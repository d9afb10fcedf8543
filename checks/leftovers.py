"""What a writer left in a text although it is no part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of, pattern_part
from checks.quotes import quotes_part, straight
from inference.types import Item

# Each pattern is anchored or starts with a fixed character, so that 1 MB is read in linear time.
_LEFTOVERS: dict[str, str] = {
    "several lines": r"\n",
    "code fence": r"```|~~~",
    "bold words": r"\*\*\w[^*]{1,200}\*\*",
    "chat markup": r"<\|\w{1,40}\|>|</?s>|\[/?INST\]|<<SYS>>|</?think>|<(?:start|end)_of_turn>",
    "JSON": r"\A[\[{]|[\]}],?\Z|\"\s?:\s?[\"\[{]|\\\"|\\u[0-9a-fA-F]{4}",
    "HTML entity": r"&(?:quot|apos|amp|lt|gt|nbsp|#\d{1,5});",
    "template placeholder": (
        r"\{\w{1,40}\}|(?-i:\[[A-Z][A-Z _]{1,40}\])"
        r"|[\[<](?:insert|your|seed|topic|category|name|prompt|text)\b[^\]>]{0,80}[\]>]"
    ),
    "opening words": (
        r"\A(?:sure|certainly|of course|absolutely)(?:[,!.:]| here\b| i\b)"
        r"|\A(?:okay|ok|great)[,!.] (?:here|i\b|let)"
        r"|\Ahere(?:'s| is| are) .{0,60}\b"
        r"(?:rewrit\w{1,5}|rephras\w{1,5}|questions?|prompts?|versions?|examples?)\b"
    ),
    "label": r"\b(?:re-?written|rephrased|revised) (?:question|prompt|request|version)s?:",
    "next item of a list": r"[?!][\"']? \(?\d{1,3}[.)] ",
    "closing note": (
        r"\((?:note|explanation|this (?:is|question|prompt)|rewritten)\b[^)]{0,400}\)\Z"
    ),
    "quote that does not close": r"\A\"[^\"]*\Z|\A«[^»]*\Z",
}
_ANY = re.compile("|".join(_LEFTOVERS.values()), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Objects to a text in which something remains that `tidy` cannot safely take off."""

    name: ClassVar[str] = "leftovers"

    @property
    def digest(self) -> str:
        """Of all that may be left over."""
        return digest_of(self.name, pattern_part(_ANY), quotes_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`leftover`, or None."""
        return "leftover" if _ANY.search(straight(text.strip())) else None
