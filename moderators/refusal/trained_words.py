"""The word lists of the trained judge, `trained_words.yaml`, read once and compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from base.digests import bytes_digest

_FILE = Path(__file__).with_name("trained_words.yaml")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    answer: dict[str, str]
    request: dict[str, str]
    together: list[list[str]]


@dataclass(frozen=True, slots=True)
class TrainedWords:
    """The compiled lists.

    Attributes:
        answer: What is counted in answers, by name.
        request: Kinds of requests, by name.
        together: Names of a list and of a kind whose product is a feature too.
        digest: SHA-256 of the file, in hex.
    """

    answer: Mapping[str, re.Pattern[str]]
    request: Mapping[str, re.Pattern[str]]
    together: tuple[tuple[str, str], ...]
    digest: str


@cache
def trained_words() -> TrainedWords:
    """The shipped lists."""
    data = _FILE.read_bytes()
    file = _File.model_validate(yaml.safe_load(data))
    return TrainedWords(
        {name: re.compile(pattern) for name, pattern in file.answer.items()},
        {name: re.compile(pattern) for name, pattern in file.request.items()},
        tuple((words, kind) for words, kind in file.together),
        bytes_digest(data),
    )
