"""What the offline moderators know: example texts of each category, and plain ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from base.problems import Problems
from moderators.errors import PrototypesInvalidError
from taxonomy import Taxonomy
from taxonomy.category_files import CategoryFile, file_for, require_file

_HERE = Path(__file__).parent / "prototypes"

Kind = Literal["toxic", "benign", "plain"]
_SOUNDING_BAD: tuple[Kind, ...] = ("toxic", "benign")


@dataclass(frozen=True, slots=True)
class Prototype:
    """One example text.

    Attributes:
        text: The text.
        kind: `toxic`, `benign` (harmless, but it sounds bad) or `plain`.
        category: What it is bad for, or sounds bad for; None for a plain one.
    """

    text: str
    kind: Kind
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Prototypes:
    """The examples of one taxonomy.

    Attributes:
        examples: All of them, in the file's order.
        digest: SHA-256 of the file, in hex.
    """

    examples: tuple[Prototype, ...]
    digest: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The examples' texts, in their order."""
        return tuple(example.text for example in self.examples)

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories that have toxic examples, in the file's order."""
        names = (each.category for each in self.examples if each.kind == "toxic" and each.category)
        return tuple(dict.fromkeys(names))


def _shipped(name: str) -> Path:
    return _HERE / f"{name}.yaml"


def prototypes_file(taxonomy: Taxonomy) -> CategoryFile | None:
    """The file of a taxonomy's prototypes: its own one, else the shipped one."""
    return file_for(taxonomy, "prototypes", _shipped)


def load_prototypes(taxonomy: Taxonomy, path: Path | None = None) -> Prototypes:
    """The examples for a taxonomy's categories.

    Args:
        taxonomy: Whose categories they are of; it may have more of them than the file.
        path: A YAML file; by default the one that the taxonomy names as `files.prototypes`, else
            the one that is shipped for it.

    Raises:
        PrototypesInvalidError: There is none, or it breaks a rule of prototypes; the value is where
            it does, and never a text. The first problem carries the others (`base.problems`).

    Example:
        >>> from taxonomy import load_taxonomy
        >>> load_prototypes(load_taxonomy("or_bench")).categories[:3]
        ('deception', 'harassment', 'harmful')
    """
    rule = "offline moderators need prototypes of the taxonomy"
    error = PrototypesInvalidError
    file = require_file(taxonomy, "prototypes", _shipped, rule, error, path)
    content, digest = file.read("prototypes", error)
    name = file.path.name
    if not isinstance(content, dict) or not {"categories", "plain"} <= set(content):
        raise error("prototypes must have the keys categories, plain", name)
    problems = Problems()
    entries = file.entries(content["categories"], "prototypes", error, problems)
    placed = (
        *_by_category(entries, name, problems),
        *_of_kind(content["plain"], "plain", None, name, problems),
    )
    for kind in (*_SOUNDING_BAD, "plain"):
        if not any(example.kind == kind for example, _ in placed):
            problems.add(error(f"prototypes must have {kind} texts", name))
    _require_own_texts(placed, problems)
    problems.raise_any()
    return Prototypes(tuple(example for example, _ in placed), digest)


_Placed: TypeAlias = tuple[Prototype, str]
"""A prototype, and where it stands."""


def _by_category(entries: Mapping[str, Any], file: str, problems: Problems) -> Iterator[_Placed]:
    for category, texts in entries.items():
        if not isinstance(texts, dict) or set(texts) != set(_SOUNDING_BAD):
            rule = f"prototypes of a category must be {' and '.join(_SOUNDING_BAD)} texts"
            problems.add(PrototypesInvalidError(rule, f"{category} in {file}"))
            continue
        for kind in _SOUNDING_BAD:
            yield from _of_kind(texts[kind], kind, category, file, problems)


def _of_kind(
    texts: object, kind: Kind, category: str | None, file: str, problems: Problems
) -> Iterator[_Placed]:
    where = f"{file}" if category is None else f"{category} in {file}"
    if not isinstance(texts, list):
        problems.add(PrototypesInvalidError(f"{kind} must be a list of texts", where))
        return
    for number, text in enumerate(texts, start=1):
        place = f"{kind} {number} of {where}"
        if isinstance(text, str) and text.strip():
            yield Prototype(text.strip(), kind, category), place
        else:
            problems.add(PrototypesInvalidError("a prototype must be a text", place))


def _require_own_texts(placed: Sequence[_Placed], problems: Problems) -> None:
    seen: set[str] = set()
    for example, place in placed:
        if example.text in seen:
            rule = "each prototype must have a text of its own"
            problems.add(PrototypesInvalidError(rule, place))
        seen.add(example.text)
