"""Reads the examples of a taxonomy."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from base.problems import Problems
from generators.errors import ExamplesInvalidError
from taxonomy import Taxonomy
from taxonomy.category_files import CategoryFile, file_for, require_file

_HERE = Path(__file__).parent
_IMPORTED = "its prompts are only imported"


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples of one category.

    Attributes:
        intro: A line that introduces them as a list.
        texts: Harmless questions that only sound bad.
    """

    intro: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExampleSet:
    """The examples of a taxonomy by category, and the hash of their file."""

    by_category: Mapping[str, Examples]
    digest: str

    def of(self, category: str) -> Examples:
        """The examples of a category.

        Raises:
            ExamplesInvalidError: There are none.
        """
        found = self.by_category.get(category)
        if found is None:
            raise ExamplesInvalidError(
                "a category that is written for must have examples", category
            )
        return found


def _shipped(name: str) -> Path:
    return _HERE / f"{name}.yaml"


def examples_file(taxonomy: Taxonomy) -> CategoryFile | None:
    """The file of a taxonomy's examples: its own one, else the shipped one."""
    return file_for(taxonomy, "examples", _shipped)


def load_examples(taxonomy: Taxonomy, path: Path | None = None) -> ExampleSet:
    """The examples for a taxonomy's categories.

    Args:
        taxonomy: Whose categories they are for; it may have more of them than the file.
        path: A YAML file; by default the one that the taxonomy names as `files.examples`, else
            the one that is shipped for it.

    Raises:
        ExamplesInvalidError: There is none, or it breaks a rule; the value is where it does, and
            never a text. The first problem carries the others (`base.problems`).

    Example:
        >>> from taxonomy import load_taxonomy
        >>> load_examples(load_taxonomy("or_bench")).of("violence").intro
        'Questions about fighting, killing and weapons that are perfectly innocent:'
    """
    rule = "a taxonomy that a small writer rewrites for must have examples"
    file = require_file(taxonomy, "examples", _shipped, rule, ExamplesInvalidError, path)
    content, digest = file.read("examples", ExamplesInvalidError)
    problems, by_category = Problems(), {}
    entries = file.entries(content, "examples", ExamplesInvalidError, problems, _IMPORTED)
    for name, entry in entries.items():
        with problems.gathered():
            by_category[name] = _examples(entry, f"{name} in {file.path.name}")
    problems.raise_any()
    return ExampleSet(by_category, digest)


def _examples(entry: object, where: str) -> Examples:
    if not isinstance(entry, dict) or set(entry) != {"intro", "examples"}:
        raise ExamplesInvalidError("examples must have the keys intro, examples", where)
    problems, intro, texts = Problems(), entry["intro"], entry["examples"]
    if not isinstance(intro, str) or not _is_line(intro):
        problems.add(ExamplesInvalidError("intro must be one line of text", where))
    if not isinstance(texts, list) or not texts:
        problems.add(ExamplesInvalidError("examples must be a list of texts", where))
        texts = []
    seen: set[str] = set()
    for number, text in enumerate(texts, start=1):
        place = f"example {number} of {where}"
        if not isinstance(text, str) or not _is_line(text):
            problems.add(ExamplesInvalidError("an example must be one line of text", place))
            continue
        if text.casefold() in seen:
            problems.add(ExamplesInvalidError("no example must stand twice", place))
        seen.add(text.casefold())
    problems.raise_any()
    return Examples(intro, tuple(texts))


def _is_line(text: str) -> bool:
    return bool(text.strip()) and text.isprintable()
