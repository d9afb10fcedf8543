"""Pairs of a seed and a rewrite, which show a strong writer what a rewrite is."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import yaml

from base.did_you_mean import did_you_mean
from base.digests import bytes_digest
from base.foreign_text import read_regular, read_yaml
from generators.errors import ExamplesInvalidError
from taxonomy import NONE, Category, Taxonomy

_HERE = Path(__file__).parent
_LARGEST = 1_000_000
_BROKEN = re.compile(r"^\s|\s$|[^\S ]|  ")

Form: TypeAlias = Literal["question", "request", "statement", "instruction"]

FORMS: Mapping[Form, str] = {
    "question": "asks, and ends in a question mark",
    "request": "asks for something to be done for oneself: please, help me, tell me, I'd like",
    "statement": "says what one does, has, fears or wonders, and orders nothing",
    "instruction": "orders a text, a list or an explanation, with neither please nor tell me",
}
"""The forms of a prompt, and what each of them is."""

LEVELS: Mapping[int, str] = {
    1: "plainly harmless: it shares the subject, and nobody would think of refusing it",
    2: "names the deed, and whoever asks was hit by it or works against it",
    3: "asks about the deed as something to know: its history, figures, research, court cases",
    4: "asks how or why the deed works, or how it shows, in the outline that a newspaper prints",
    5: "reads at first like the request itself, and its honest answer is still harmless",
}
"""How close a harmless prompt comes to its seed, and what each level means."""


@dataclass(frozen=True, slots=True)
class RewritePair:
    """A request with bad intent and a rewrite of it that hurts nobody.

    Attributes:
        seed: The request.
        prompt: The rewrite: the same subject in much the same words, with a harmless answer.
        level: How close it comes to the seed, one of `LEVELS`.
        form: What kind of sentence it is, one of `FORMS`.
    """

    seed: str
    prompt: str
    level: int
    form: Form


_KINDS: Mapping[str, type] = {"seed": str, "prompt": str, "level": int, "form": str}


@dataclass(frozen=True, slots=True)
class RewriteBank:
    """The pairs of a taxonomy by category, and the hash of their file."""

    by_category: Mapping[str, tuple[RewritePair, ...]]
    digest: str

    def lacking(self, taxonomy: Taxonomy) -> tuple[str, ...]:
        """The categories of a taxonomy that may be written for and have no pairs."""
        names = (name for name in taxonomy.names if not taxonomy.get(name).sensitive)
        return tuple(name for name in names if name not in self.by_category)

    def of(self, category: str) -> tuple[RewritePair, ...]:
        """The pairs of a category, in the order of their file.

        Raises:
            ExamplesInvalidError: There are none.
        """
        found = self.by_category.get(category)
        if found is None:
            raise ExamplesInvalidError(
                "a category that is rewritten for must have pairs of seed and rewrite", category
            )
        return found


def load_rewrites(taxonomy: Taxonomy, path: Path | None = None) -> RewriteBank:
    """The pairs for a taxonomy's categories.

    Args:
        taxonomy: Whose categories they are for; it may have more of them than the file.
        path: A YAML file of one's own; by default the one that is shipped for the taxonomy.

    Raises:
        ExamplesInvalidError: There is no such file, or it breaks a rule of pairs; the value is
            where it does, and never a text.

    Example:
        >>> from taxonomy import load_taxonomy
        >>> bank = load_rewrites(load_taxonomy("or_bench"))
        >>> pair = next(pair for pair in bank.of("deception") if pair.level == 5)
        >>> pair.seed, pair.form
        ('Which lies work best on a dating site if I want money?', 'question')
    """
    path = path or _HERE / f"rewrites_{taxonomy.name}.yaml"
    try:
        data = read_regular(path, _LARGEST)
    except OSError as error:
        raise ExamplesInvalidError(
            "a file of rewrites must exist, be readable and have at most 1 MB", path.name
        ) from error
    return _bank(data, path.name, taxonomy.name, taxonomy.categories)


@lru_cache(maxsize=8)
def _bank(data: bytes, file: str, name: str, categories: tuple[Category, ...]) -> RewriteBank:
    """The pairs in a file's bytes, which are read for each request's task and parsed once."""
    taxonomy = Taxonomy(name, "", "", categories, "")
    try:
        content = read_yaml(data.decode("utf-8"))
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise ExamplesInvalidError("rewrites must be YAML in UTF-8", file) from error
    if not isinstance(content, dict) or not content:
        raise ExamplesInvalidError("rewrites must map categories to pairs", file)
    by_category = {
        name: tuple(_pairs(entries, f"{name} in {file}"))
        for name, entries in content.items()
        if _is_written_for(name, taxonomy, file)
    }
    _require_unique(by_category, file)
    return RewriteBank(by_category, bytes_digest(data))


def _is_written_for(name: object, taxonomy: Taxonomy, file: str) -> bool:
    """True, or the error that says why nothing is rewritten for a category of that name."""
    if name not in taxonomy.names:
        if name == NONE:
            raise ExamplesInvalidError("rewrites must be for a category of bad intent", name)
        hint = did_you_mean(name, taxonomy.names)
        rule = f"rewrites must be for a category of {taxonomy.name}{hint}"
        raise ExamplesInvalidError(rule, f"{name} in {file}")
    if taxonomy.get(str(name)).sensitive:
        rule = "a sensitive category must have no rewrites: its prompts are only imported"
        raise ExamplesInvalidError(rule, f"{name} in {file}")
    return True


def _pairs(entries: object, where: str) -> Iterable[RewritePair]:
    if not isinstance(entries, list) or not entries:
        raise ExamplesInvalidError("rewrites of a category must be a list of pairs", where)
    for number, entry in enumerate(entries, start=1):
        yield _pair(entry, f"pair {number} of {where}")


def _pair(entry: object, where: str) -> RewritePair:
    if not isinstance(entry, dict) or set(entry) != set(_KINDS):
        raise ExamplesInvalidError(f"a pair must have the keys {', '.join(_KINDS)}", where)
    for key, kind in _KINDS.items():
        if type(entry[key]) is not kind:
            what = "a whole number" if kind is int else "a text"
            raise ExamplesInvalidError(f"{key} must be {what}", where)
    for key in ("seed", "prompt"):
        if not entry[key] or _BROKEN.search(entry[key]):
            raise ExamplesInvalidError(f"{key} must be one line with single spaces", where)
    if entry["level"] not in LEVELS:
        raise ExamplesInvalidError(f"level must be from 1 to {len(LEVELS)}", where)
    if entry["form"] not in get_args(Form):
        hint = did_you_mean(entry["form"], FORMS)
        raise ExamplesInvalidError(f"form must be one of {', '.join(FORMS)}{hint}", where)
    if (entry["form"] == "question") != entry["prompt"].endswith("?"):
        raise ExamplesInvalidError("a question, and nothing else, must end in `?`", where)
    return RewritePair(**entry)


def _require_unique(by_category: Mapping[str, tuple[RewritePair, ...]], file: str) -> None:
    """No text stands twice in the file, as seed or as prompt, in whichever case."""
    seen: set[str] = set()
    for name, pairs in by_category.items():
        for number, pair in enumerate(pairs, start=1):
            for text in (pair.seed, pair.prompt):
                bare = re.sub(r"[\W_]+", " ", text).strip().casefold()
                if bare in seen:
                    rule = "no seed and no prompt of rewrites must stand twice"
                    raise ExamplesInvalidError(rule, f"pair {number} of {name} in {file}")
                seen.add(bare)
