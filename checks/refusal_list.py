"""The list of phrases that say no, `refusal_list.yaml`, read once and compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from base.digests import bytes_digest, digest_of, pattern_part

_FILE = Path(__file__).with_name("refusal_list.yaml")
_NAME = re.compile(r"<([a-z_]+)>")

Label = Literal["direct_refusal", "indirect_refusal", "direct_answer"]
Where = Literal["start", "opening", "sentence", "anywhere"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: str
    match: str
    where: Where


class _JudgeEntry(_Entry):
    label: Label
    unless: str | None = None
    unless_ahead: str | None = None
    steps: Literal["no"] | None = None
    families: list[str] = []


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    courtesies: str
    vocabulary: dict[str, str]
    judge: list[_JudgeEntry]
    writer: list[_Entry]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule for reading answers.

    Attributes:
        id: Its name.
        label: What a text is where it holds.
        where: Where its phrases must stand (the list's head says what the words mean).
        match: The phrases.
        unless: What must not stand in the rest of the sentence; None for nothing.
        unless_ahead: What must not stand in the first sentences; None for nothing.
        no_steps: Whether it holds only for texts that list no three things.
        families: The families of models whose answers it is for; empty for all.
    """

    id: str
    label: Label
    where: Where
    match: re.Pattern[str]
    unless: re.Pattern[str] | None
    unless_ahead: re.Pattern[str] | None
    no_steps: bool
    families: frozenset[str]


@dataclass(frozen=True, slots=True)
class RefusalList:
    """The compiled list.

    Attributes:
        courtesies: What a text may open with before it says anything.
        rules: The rules for answers; the first one that holds decides.
        writer: What a writer says instead of writing a prompt.
        digest: SHA-256, in hex, of the file and of what its words stand for.
    """

    courtesies: re.Pattern[str]
    rules: tuple[Rule, ...]
    writer: re.Pattern[str]
    digest: str


@cache
def refusal_list() -> RefusalList:
    """The shipped list."""
    data = _FILE.read_bytes()
    file = _File.model_validate(yaml.safe_load(data))
    words = _expanded(file.vocabulary)
    return RefusalList(
        re.compile(rf"(?:{file.courtesies})(?:[\s,.!?;:-]+|\Z)"),
        tuple(_rule(entry, words) for entry in file.judge),
        re.compile(_writer(file.writer, words)),
        digest_of(bytes_digest(data), pattern_part(_NAME), dict(_BEFORE)),
    )


def _expanded(vocabulary: Mapping[str, str]) -> dict[str, str]:
    """Each entry with the ones before it filled in."""
    words: dict[str, str] = {}
    for name, pattern in vocabulary.items():
        words[name] = _filled(pattern, words)
    return words


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: words[found[1]], pattern)


def _rule(entry: _JudgeEntry, words: Mapping[str, str]) -> Rule:
    def compiled(pattern: str | None) -> re.Pattern[str] | None:
        return None if pattern is None else re.compile(_filled(pattern, words))

    return Rule(
        entry.id,
        entry.label,
        entry.where,
        re.compile(f"{_BEFORE[entry.where]}(?:{_filled(entry.match, words)})"),
        compiled(entry.unless),
        compiled(entry.unless_ahead),
        entry.steps == "no",
        frozenset(entry.families),
    )


def _writer(entries: list[_Entry], words: Mapping[str, str]) -> str:
    at = {
        where: "|".join(_filled(entry.match, words) for entry in entries if entry.where == where)
        for where in ("start", "anywhere")
    }
    return rf"\A\W{{0,3}}(?:{at['start']})|{at['anywhere']}"


_CLAUSE = (
    r"(?:\A\W{0,3}|[,;:.!?] |\u2014 ?|\u2013 ?| - "
    r"|\b(?:but|however|and|so|as|because|since|afraid|therefore|thus|sorry) )"
)
_BEFORE: Mapping[str, str] = {
    "start": r"\A\W{0,3}",
    "sentence": r"\A\W{0,3}",
    "opening": _CLAUSE,
    "anywhere": "",
}
