"""Texts that are the writer's own words: the phrases that say no, and the checks on them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from base.digests import Json, bytes_digest, digest_of, pattern_part
from checks.clean import quotes_part, straight
from checks.foreign_refusals import foreign_part, openings_part, opens_abroad, opens_with_refusal
from inference.types import Item

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_FENCE = "```"
_STEPS = 3
_MARKS = re.compile(r"[*_`#~]+")
_LEADING_MARKS = " \t>-\u2022\"'(["
_LIST_LINE = re.compile(r"[ \t*_>]*(?:\d{1,2}[.):]|[-*\u2022]|step \d)[ \t]*\S", re.IGNORECASE)
_INLINE_STEP = re.compile(r"(?:^|\s)\d{1,2}[.)] ")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]*\s+")


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text made plain.

    Attributes:
        sentences: Its sentences in lower case, with straight quotes and single spaces; markdown,
            fenced code and the marks before a sentence are gone.
        steps: Whether it lists at least three things, as instructions do.
    """

    sentences: tuple[str, ...]
    steps: bool

    @property
    def text(self) -> str:
        """The sentences in one line."""
        return " ".join(self.sentences)


def plain_part() -> Json:
    """What `plain` depends on, for a digest."""
    patterns = (_INVISIBLE, _MARKS, _LIST_LINE, _INLINE_STEP, _SENTENCE_END)
    return [*map(pattern_part, patterns), _FENCE, _STEPS, _LEADING_MARKS, quotes_part()]


def plain(text: str) -> PlainText:
    """Makes a text plain; time is linear in its length."""
    text = straight(_INVISIBLE.sub("", unicodedata.normalize("NFKC", straight(text))))
    lines = _without_code(text).splitlines()
    listed = sum(bool(_LIST_LINE.match(line)) for line in lines)
    inline = sum(len(_INLINE_STEP.findall(line)) for line in lines)
    return PlainText(tuple(_sentences(lines)), max(listed, inline) >= _STEPS)


def _sentences(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        bare = _MARKS.sub("", line).lower().lstrip(_LEADING_MARKS)
        for piece in _SENTENCE_END.split(bare):
            if words := " ".join(piece.split()):
                yield words


def _without_code(text: str) -> str:
    """The text outside fenced code; all of it where nothing else is there."""
    outside = " ".join(text.split(_FENCE)[::2])
    return outside if outside.strip() else text


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


@dataclass(frozen=True, slots=True)
class RefusedAbroad:
    """Objects to a text that opens as a refusal does in its language.

    Attributes:
        code: The language's code; one without phrases, as English here, objects to nothing.
    """

    name: ClassVar[str] = "writer_refused"
    code: str

    @property
    def digest(self) -> str:
        """Of the language and of all phrases."""
        return digest_of(self.name, self.code, foreign_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`writer_refused`, or None."""
        return "writer_refused" if opens_with_refusal(text, self.code) else None


def declines_part() -> Json:
    """What `declines` depends on, for a digest."""
    return [WriterRefused().digest, openings_part()]


def declines(text: str) -> bool:
    """Whether a whole answer is a refusal in words, in English or another language.

    Example:
        >>> declines("I'm sorry, but I can't help with that.")
        True
        >>> declines("Désolé, je ne peux pas vous aider.")
        True
    """
    return WriterRefused()(Item("", "", ""), text) is not None or opens_abroad(text)
