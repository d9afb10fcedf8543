"""Which shipped template goes with which key and which places, as `templates` and its page say it.

`python -m pipelines.sources.template_reference docs/templates.md` puts the page's table anew below
the file's marker.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.recipe.reference import write_below
from pipelines.sources.templates import KEYS, TemplateKey

MARKER = "<!-- below: python -m pipelines.sources.template_reference docs/templates.md -->"
_ENDS = (".", "-")
"""Where a part of a key's name ends."""


def joined(names: Sequence[str]) -> str:
    """The names of keys as one text, with a star for all keys that open alike.

    Example:
        >>> joined(["moderate.template", "rewrite.template"])
        'moderate.template, rewrite.template'
        >>> joined([name for name in KEYS if name.startswith("mutate.template.translate")])
        'mutate.template.translate-*'
    """
    first, *others = names
    for place in range(len(first) if others else 0, 0, -1):
        opening = first[:place]
        alike = [name for name in KEYS if name.startswith(opening)]
        if opening.endswith(_ENDS) and alike == [*names]:
            return f"{opening}*"
    return ", ".join(names)


def by_file(keys: Iterable[TemplateKey]) -> dict[str, str]:
    """The shipped templates of keys in their order, each with the keys that it serves."""
    served: dict[str, list[str]] = {}
    for key in keys:
        for name in key.shipped:
            served.setdefault(name, []).append(key.name)
    return {name: joined(each) for name, each in served.items()}


def by_places(keys: Iterable[TemplateKey]) -> dict[str, tuple[TemplateKey, ...]]:
    """Keys of the same places, by their joined names."""
    alike: dict[tuple[frozenset[str], frozenset[str]], list[TemplateKey]] = {}
    for key in keys:
        alike.setdefault(_places(key), []).append(key)
    return {joined([key.name for key in each]): tuple(each) for each in alike.values()}


def reference() -> str:
    """Every key with its shipped templates and its places, as a Markdown table."""
    lines = ["| key | shipped | must have | may have |", "|---|---|---|---|"]
    for keys, each in by_places(KEYS.values()).items():
        shipped = (name.rpartition("/")[2] for name in by_file(each))
        needed, other = ([f"${place}" for place in sorted(of)] for of in _places(each[0]))
        cells = (keys.split(", "), shipped, needed, other)
        lines.append(f"| {' | '.join(map(_code, cells))} |")
    return "\n".join([*lines, ""])


def _places(key: TemplateKey) -> tuple[frozenset[str], frozenset[str]]:
    return key.needed, key.other


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


if __name__ == "__main__":
    write_below(Path(sys.argv[1]), MARKER, reference())
