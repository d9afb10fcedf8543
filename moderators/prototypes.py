"""What the offline moderators know: example texts of each category, and plain ones."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from base.digests import bytes_digest
from moderators.errors import PrototypesInvalidError

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


def load_prototypes(taxonomy: str) -> Prototypes:
    """Reads the examples shipped for a taxonomy.

    Raises:
        PrototypesInvalidError: There are none, or the file breaks a rule of prototypes.
    """
    path = _HERE / f"{taxonomy}.yaml"
    if not path.is_file():
        raise PrototypesInvalidError("offline moderators need prototypes of the taxonomy", taxonomy)
    return read_prototypes(path)


def read_prototypes(path: Path) -> Prototypes:
    """Reads a file of examples.

    Raises:
        PrototypesInvalidError: The file breaks a rule of prototypes.
    """
    data = path.read_bytes()
    try:
        examples = tuple(_examples(yaml.safe_load(data)))
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        rule = "prototypes must be categories with toxic and benign texts, and plain texts"
        raise PrototypesInvalidError(rule, path.name) from error
    _require_whole(examples, path.name)
    return Prototypes(examples, bytes_digest(data))


def _examples(content: Mapping[str, Any]) -> Iterator[Prototype]:
    for category, texts in content["categories"].items():
        for kind in _SOUNDING_BAD:
            for text in texts[kind]:
                yield Prototype(text.strip(), kind, category)
    for text in content["plain"]:
        yield Prototype(text.strip(), "plain")


def _require_whole(examples: tuple[Prototype, ...], name: str) -> None:
    for kind in (*_SOUNDING_BAD, "plain"):
        if not any(example.kind == kind for example in examples):
            raise PrototypesInvalidError(f"prototypes must have {kind} texts", name)
    if len({example.text for example in examples}) != len(examples):
        raise PrototypesInvalidError("each prototype must have a text of its own", name)
