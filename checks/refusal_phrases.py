"""Texts that are the writer's own words: a refusal, or a comment on what it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from base.digests import digest_of
from checks.quotes import quotes_part, straight
from checks.refusal_list import refusal_list
from inference.types import Item

_READ_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class WriterRefused:
    """Objects to a text in which the writer refuses, or speaks of the task instead of doing it.

    Its phrases are those of the list's part `writer`.
    """

    name: ClassVar[str] = "writer_refused"

    @property
    def digest(self) -> str:
        """Of the list's file."""
        return digest_of(self.name, refusal_list().digest, _READ_CHARACTERS, quotes_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`writer_refused`, or None; apostrophes may be straight or curly."""
        words = " ".join(straight(text[:_READ_CHARACTERS]).lower().split())
        return "writer_refused" if refusal_list().writer.search(words) else None
