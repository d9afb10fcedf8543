"""What a style is: a name, a template, and what its texts must keep."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from base.digests import digest_of, digests_of
from inference.templates import Template, load_template
from inference.types import Check

Group = Literal["encoding", "writing", "persuasion", "language"]

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Band:
    """Cosines to the base text between which a mutated text must lie.

    Attributes:
        low: Below it the intent is lost.
        high: Above it nothing was changed that an encoder sees; 1 where that is no matter.
    """

    low: float
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class Style:
    """A prompt style that a model writes.

    Attributes:
        name: Its name as published.
        group: Which of the groups of SORRY-Bench it belongs to.
        shortest: Smallest length in characters, as a multiple of the base's.
        longest: Largest length, likewise.
        band: The cosines to the base (of the text put back into English, for languages) that
            its texts have.
        checks: What its texts must pass beside what every text must.
        template: The file of its chat in `templates/`, less its ending; "" for its own name.
        language: The code of the language that its texts are in.
        values: What its template's places are filled with, beside the text.
    """

    name: str
    group: Group
    shortest: float
    longest: float
    band: Band
    checks: tuple[Check, ...] = ()
    template: str = ""
    language: str = "en"
    values: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """Of the chat, and of all that texts must keep.

        Raises:
            TemplateInvalidError: There is no such file.
        """
        lengths = (self.shortest, self.longest, self.band.low, self.band.high)
        asked = (self.chat().digest, self.values, self.language)
        checks = digests_of("check", self.checks)
        return digest_of("style", self.name, self.group, *lengths, *asked, checks)

    def chat(self) -> Template:
        """The chat that asks for a text of this style.

        Raises:
            TemplateInvalidError: There is no such file.
        """
        return load_chat(self.template or self.name)

    def demonstrations(self) -> tuple[str, ...]:
        """The texts that its chat shows as answers, and what they were made from.

        Raises:
            TemplateInvalidError: There is no such file.
        """
        chat = self.chat().messages(**dict(self.values), text="")
        return tuple(each.content for each in chat[1:-1])


def load_chat(name: str) -> Template:
    """Reads the shipped chat `name`.md.

    Raises:
        TemplateInvalidError: There is none of that name.
    """
    return load_template(_TEMPLATES, name)
