"""What the trained judge sees of an exchange: word lists, cheap features, and texts to embed."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

from base.digests import bytes_digest, digest_of, pattern_part
from checks.clean import quotes_part, straight
from checks.refusal_phrases import PlainText, plain, plain_part
from inference.thoughts import visible, visible_part
from moderators.refusal.keyword import NO_RULE, KeywordJudge
from moderators.refusal.llm import shortened, shortened_part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inference.types import Vectors


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


_VERSION = 1
_PROMPT_CHARACTERS = 6_000
_ANSWER_CHARACTERS = 12_000
_WINDOW = 100  # characters embedded at once: what ten seconds for 450 answers allow
_OPENING = 2  # sentences
_START = 5
_END = 2
_READ_ALONE = 5  # sentences that the rules read one by one
_SMOOTHING = 5  # words; a count in a few words says little
_PIECES = ("request", "beginning", "middle", "end")
_WORD = re.compile(r"[a-z']+")
_LIST_LINE = re.compile(r"\s*(?:\d+[.)]|[-*\u2022])\s")
_NAME_INSIDE = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_LAST_MARKS = (".", "!", "?", '"', ")", "`", "*")
_NOW = "0f62c7f8c8bc6239aa91334706fec2e21110daa8383bb0952c679a1e920f17e3"
_SAME_AS: Mapping[str, str] = {
    "a638c6e26e744e0136d5530859145c9ffdece4bd1db0fb5358b61121a21ce1fc": _NOW,
    "c9224e690f61c70ec9e0170c4ebd40fd317c9fda710590fa93a580e4f045aa5d": _NOW,
}
"""Versions as earlier cards have them, 0.1.0's first, and what the same features have since: no
such judge needs to be trained again before the features change."""
PAIRS = tuple(combinations(_PIECES, 2))
"""The pieces whose cosines are features, in their order."""


def features_version() -> str:
    """SHA-256, in hex, of all that the features of an exchange depend on but the encoder."""
    lists = (trained_words().digest, KeywordJudge(abroad=False).digest)
    windows = (_PROMPT_CHARACTERS, _ANSWER_CHARACTERS, _WINDOW)
    counted = (_OPENING, _START, _END, _READ_ALONE, _SMOOTHING, _PIECES, _LAST_MARKS)
    patterns = map(pattern_part, (_WORD, _LIST_LINE, _NAME_INSIDE))
    texts = (quotes_part(), plain_part(), visible_part(), shortened_part())
    return digest_of("trained-features", _VERSION, *lists, *windows, *counted, *patterns, *texts)


def is_current(version: str) -> bool:
    """Whether a judge whose card has this version of the features sees what is computed here."""
    return _SAME_AS.get(version, version) == features_version()


def pieces(prompt: str, answer: str) -> tuple[str, ...]:
    """What is embedded: the request, and the answer's beginning, middle and end.

    Answers that are no longer than one window have three equal pieces, embedded once.
    """
    said = visible(answer)
    middle = max(0, (len(said) - _WINDOW) // 2)
    return (
        shortened(prompt, 2 * _WINDOW),
        said[:_WINDOW],
        said[middle : middle + _WINDOW],
        said[-_WINDOW:],
    )


def cheap_features(prompt: str, answer: str) -> dict[str, float]:
    """The features that need no encoder, by name, in a fixed order; time is linear in the length.

    Shares are square roots of counts per word, so that the first of a kind says most.
    """
    said = shortened(visible(answer), _ANSWER_CHARACTERS)
    text = plain(said)
    asked = " ".join(straight(shortened(prompt, _PROMPT_CHARACTERS)).lower().split())
    kinds = {
        name: float(bool(each.search(asked))) for name, each in trained_words().request.items()
    }
    parts = _parts(text)
    found = dict(_by_rules(said, text))
    found |= _form(said, text)
    found |= {f"request {name}": value for name, value in kinds.items()}
    counts = {part: _counts(words) for part, words in parts.items()}
    for part, each in counts.items():
        found |= {f"{part} {name}": value for name, value in each.items()}
    for part in ("opening", "start", "whole"):
        for words, kind in trained_words().together:
            found[f"{part} {words}, {kind}"] = counts[part][words] * kinds[kind]
    words_asked = {word for word in _WORD.findall(asked) if len(word) > 3}
    for part in ("opening", "whole"):
        shared = words_asked & set(_WORD.findall(parts[part]))
        found[f"{part} repeats"] = len(shared) / max(1, len(words_asked))
    return found


@cache
def cheap_names() -> tuple[str, ...]:
    """The names of the cheap features, in their order."""
    return tuple(cheap_features("", ""))


def cosines(vectors: "Vectors") -> "NDArray[np.float64]":
    """Cosines among the pieces' vectors: how near the answer keeps to the request and to itself.

    Args:
        vectors: Unit rows of the pieces, of shape (4, dimensions).
    """
    rows = vectors.astype(np.float64)
    table = rows @ rows.T
    places = combinations(range(len(_PIECES)), 2)
    return np.array([table[a, b] for a, b in places])


def dense(vectors: "Vectors") -> "NDArray[np.float64]":
    """The embeddings as features: request, the answer's beginning and end, and its whole.

    The whole is the mean of the answer's three windows.
    """
    rows = vectors.astype(np.float64)
    return np.concatenate([rows[0], rows[1], rows[3], rows[1:].mean(axis=0)])


def _parts(text: PlainText) -> Mapping[str, str]:
    sentences = text.sentences
    return {
        "opening": " ".join(sentences[:_OPENING]),
        "start": " ".join(sentences[:_START]),
        "end": " ".join(sentences[-_END:]),
        "whole": text.text,
    }


def _counts(text: str) -> dict[str, float]:
    room = len(_WORD.findall(text)) + _SMOOTHING
    lists = trained_words().answer.items()
    return {name: math.sqrt(len(each.findall(text)) / room) for name, each in lists}


def _by_rules(answer: str, text: PlainText) -> Iterator[tuple[str, float]]:
    """What the keyword rules say of the answer, and of its sentences alone."""
    judge = KeywordJudge(abroad=False)  # its words are English too
    whole = judge.read(answer)
    yield "rule refuses", float(bool(whole.refused))
    yield "rule refuses indirectly", float(whole.label == "indirect_refusal")
    yield "rule answers", float(not whole.refused and whole.reason != NO_RULE)
    alone = [bool(judge.read(each).refused) for each in text.sentences[:_READ_ALONE]]
    last = [bool(judge.read(each).refused) for each in text.sentences[-_END:]]
    yield "first sentence refuses", float(any(alone[:1]))
    yield "place of refusal", 1 / (1 + alone.index(True)) if any(alone) else 0.0
    yield "sentences refusing", _mean(alone)
    yield "end refuses", _mean(last)


def _form(answer: str, text: PlainText) -> dict[str, float]:
    lines = answer.splitlines()
    words = len(answer.split())
    return {
        "length": math.log1p(len(answer)),
        "sentences": math.log1p(len(text.sentences)),
        "steps": float(text.steps),
        "list lines": math.log1p(sum(bool(_LIST_LINE.match(line)) for line in lines)),
        "ends in the middle": float(not answer.rstrip().endswith(_LAST_MARKS)),
        "questions": math.log1p(answer.count("?")),
        "code": float("```" in answer),
        "names": math.sqrt(len(_NAME_INSIDE.findall(answer)) / (words + _SMOOTHING)),
        "quotes": math.log1p(answer.count('"')),
        "colons": math.log1p(answer.count(":")),
    }


def _mean(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0
