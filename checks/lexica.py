"""Lists of expressions that tell what a text is, read from data files beside the checks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from base.digests import Json, digest_of

_FOLDER = Path(__file__).parent / "data"
_ANY, _REST = "_", "*"


@dataclass(frozen=True, slots=True)
class Found:
    """Where an expression stands among the words of a text.

    Attributes:
        start: Index of its first word.
        end: Index behind its last word.
        expression: The expression, as the list has it.
    """

    start: int
    end: int
    expression: str


@dataclass(frozen=True)
class Phrases:
    """A list of expressions, found word by word.

    In an expression `*` is the rest of a word, and `_` any word.

    >>> Phrases(("stop*", "keep _ from")).first("please keep him from it".split())
    Found(start=1, end=4, expression='keep _ from')
    """

    expressions: tuple[str, ...]
    _whole: Mapping[str, list[tuple[str, ...]]] = field(init=False, repr=False, compare=False)
    _begun: Mapping[str, list[tuple[str, ...]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sorts the expressions by how they begin."""
        whole: dict[str, list[tuple[str, ...]]] = {}
        begun: dict[str, list[tuple[str, ...]]] = {}
        for expression in self.expressions:
            first, *_ = parts = tuple(expression.split())
            table = begun if first.endswith(_REST) else whole
            table.setdefault(first.rstrip(_REST), []).append(parts)
        object.__setattr__(self, "_whole", whole)
        object.__setattr__(self, "_begun", begun)

    @property
    def digest(self) -> str:
        """Of the expressions, in their order."""
        return digest_of("phrases", self.expressions)

    def find(self, words: Sequence[str]) -> Iterator[Found]:
        """The expressions among these lower-case words, in their order."""
        for start in range(len(words)):
            longest: tuple[str, ...] = ()
            for parts in self._starting(words[start]):
                if len(parts) > len(longest) and _stands(parts, words, start):
                    longest = parts
            if longest:
                yield Found(start, start + len(longest), " ".join(longest))

    def first(self, words: Sequence[str]) -> Found | None:
        """The first of them, or None."""
        return next(self.find(words), None)

    def distinct(self, words: Sequence[str]) -> set[str]:
        """What of the text is one of the expressions, each once."""
        return {" ".join(words[found.start : found.end]) for found in self.find(words)}

    def _starting(self, word: str) -> Iterator[tuple[str, ...]]:
        yield from self._whole.get(word, ())
        for length in range(1, len(word) + 1):
            yield from self._begun.get(word[:length], ())


def _stands(parts: tuple[str, ...], words: Sequence[str], start: int) -> bool:
    if start + len(parts) > len(words):
        return False
    return all(
        part == _ANY or (word.startswith(part[:-1]) if part.endswith(_REST) else part == word)
        for part, word in zip(parts, words[start:], strict=False)
    )


@cache
def lexicon(name: str) -> Mapping[str, Phrases]:
    """The lists of a data file by their names, with what files of that name say in YAML.

    Args:
        name: The file's name in `data/`, less its ending.
    """
    lists = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return {key: Phrases(tuple(_expressions(value))) for key, value in lists.items()}


@cache
def lexicon_part(name: str) -> Json:
    """What readings by the lists of a data file depend on, for a digest."""
    return {key: phrases.digest for key, phrases in lexicon(name).items()}


def _expressions(value: str | list[str]) -> Iterator[str]:
    """Single words in one text, expressions of several words one by one; as a text is read."""
    listed = value.split() if isinstance(value, str) else ",".join(value).split(",")
    for each in listed:
        words = (word.strip("'") for word in each.replace("-", " ").split())
        if expression := " ".join(word for word in words if word):
            yield expression
