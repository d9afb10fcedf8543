"""The languages that a recipe may be written in: one data file, which everybody else reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from base.digests import bytes_digest
from checks.errors import OptionInvalidError

ENGLISH = "en"
"""The language of the published benchmarks, and of every rule that says no other."""

_FILE = Path(__file__).with_name("languages.yaml")


class _Refusals(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    openings: list[str]
    machine: list[str]
    cannot: list[str]
    phrases: list[str]
    joins: list[str]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: str
    script: str
    codes: list[str] = []
    foreign: list[str] = []
    charset: str | None = None
    hinted: bool = False
    common: list[str] = []
    spaces: bool = True
    shortest: int
    refusals: _Refusals | None = None


@dataclass(frozen=True, slots=True)
class Refusals:
    """How one says no in a language; the head of the file says what is what.

    Attributes:
        openings: Apologies, which a refusal opens with.
        machine: What a writer opens with that speaks of itself: "as an AI".
        cannot: What says that one cannot.
        phrases: Whole refusals.
        joins: What may stand before them.
    """

    openings: tuple[str, ...]
    machine: tuple[str, ...]
    cannot: tuple[str, ...]
    phrases: tuple[str, ...]
    joins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language as checks, writers and judges know it.

    Attributes:
        code: Its code, as in a recipe.
        name: Its English name, as a writer is told it.
        script: Its script, one of `checks.language.SCRIPTS`.
        codes: CLD2's codes of what counts as this language; none where the script says it all.
        foreign: Scripts that do not occur in it.
        charset: An encoding that holds its letters and not its neighbours'; None for none.
        hinted: Whether CLD2 is told to expect it.
        common: Small words by which a short text is told where CLD2 is not sure.
        spaces: Whether spaces stand between its words.
        shortest: The fewest characters of a text, unless a recipe says otherwise.
        refusals: How one says no in it; None for English, which has a list of its own.
    """

    code: str
    name: str
    script: str
    codes: tuple[str, ...]
    foreign: tuple[str, ...]
    charset: str | None
    hinted: bool
    common: frozenset[str]
    spaces: bool
    shortest: int
    refusals: Refusals | None


@cache
def tongues() -> Mapping[str, Tongue]:
    """The languages by their codes, English first."""
    given = yaml.safe_load(_FILE.read_bytes())
    return {code: _tongue(code, _Entry.model_validate(entry)) for code, entry in given.items()}


@cache
def tongues_digest() -> str:
    """SHA-256, in hex, of the file."""
    return bytes_digest(_FILE.read_bytes())


def tongue(code: str) -> Tongue:
    """The language of a code.

    Example:
        >>> tongue("zh").name, tongue("zh").spaces
        ('Simplified Chinese', False)

    Raises:
        OptionInvalidError: Nobody knows it; the rule names all that are known, and the near one.
    """
    if code not in tongues():
        raise OptionInvalidError(f"language must be {unknown(code)}", code)
    return tongues()[code]


def unknown(code: str) -> str:
    """The rule that an unknown language breaks: which there are, and the nearest one.

    Example:
        >>> unknown("chinese").rpartition("(")[2]
        'did you mean `zh`?)'
    """
    known = tongues()
    words = {word: each.code for each in known.values() for word in each.name.casefold().split()}
    names = {**words, **{each: each for each in known}}
    said = code.casefold().partition("-")[0]
    near = names.get(said) or next(
        (names[each] for each in get_close_matches(said, names, n=1)), None
    )
    hint = f" (did you mean `{near}`?)" if near else ""
    return f"one of {', '.join(known)}{hint}"


def _tongue(code: str, entry: _Entry) -> Tongue:
    said = entry.refusals
    return Tongue(
        code,
        entry.name,
        entry.script,
        tuple(entry.codes),
        tuple(entry.foreign),
        entry.charset,
        entry.hinted,
        frozenset(entry.common),
        entry.spaces,
        entry.shortest,
        None if said is None else _refusals(said),
    )


def _refusals(said: _Refusals) -> Refusals:
    each = (said.openings, said.machine, said.cannot, said.phrases, said.joins)
    return Refusals(*map(tuple, each))
