"""What stands behind the ids of a table of answers: kept from the people who label them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from base.files import read_json, write_json
from people.answers_table import Answer

FORMAT = 1
_ID = 12
_MARK = re.compile(r"answers ([0-9a-f]{12}) / person (\d+) of (\d+), (\d+) rows")


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer behind an id.

    Attributes:
        question_id: The base prompt.
        prompt_style: The prompt's style.
        model: Who answered.
        category: The prompt's category.
        prompt: The prompt as it was put.
        answer: The answer, or `REDACTED`.
        train: Whether it is marked for training a judge.
    """

    question_id: int
    prompt_style: str
    model: str
    category: str
    prompt: str
    answer: str
    train: bool


@dataclass(frozen=True, slots=True)
class Key:
    """An export of answers.

    Attributes:
        source: The name of the table that they were drawn from.
        sha256: Hash of its bytes.
        seed: The draw's seed.
        per_prompt: Answers to base and mutated prompts.
        people: How many people there are tables for.
        entries: The answers by id.
        format: Of this record.
    """

    source: str
    sha256: str
    seed: int
    per_prompt: tuple[int, int]
    people: int
    entries: dict[str, Entry]
    format: int = FORMAT

    @property
    def pin(self) -> str:
        """What tells this export from any other."""
        parts = (self.sha256, str(self.seed), str(self.people), *sorted(self.entries))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class PersonMark:
    """What one person's table says of itself on every row."""

    pin: str
    person: int
    people: int
    rows: int

    def __str__(self) -> str:
        """The cell."""
        return f"answers {self.pin} / person {self.person} of {self.people}, {self.rows} rows"


_KEY = TypeAdapter(Key)


def parsed_mark(cell: str) -> PersonMark | None:
    """The mark in a cell; None where it is none."""
    found = _MARK.fullmatch(" ".join(cell.split()))
    return PersonMark(found[1], int(found[2]), int(found[3]), int(found[4])) if found else None


def opaque_id(answer: Answer, salt: str) -> str:
    """An id that tells nobody who answered; a letter first, so that it is no number."""
    said = f"{salt}\n{answer.place}\n{answer.question}\n{answer.style}\n{answer.model}"
    return f"a-{hashlib.sha256(said.encode()).hexdigest()[:_ID]}"


def write_key(path: Path, key: Key) -> None:
    """Writes a key.

    Raises:
        FileUnwritableError: The file cannot be written.
    """
    write_json(path, key, _KEY)


def read_key(path: Path) -> Key:
    """The key that `write_key` wrote.

    Raises:
        RecordUnreadableError: The file is missing, or is no such key.
    """
    return read_json(path, _KEY, FORMAT)
