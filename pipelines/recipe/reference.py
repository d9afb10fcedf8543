"""The key tables of `recipes/README.md`, made from the schema.

`python -m pipelines.recipe.reference recipes/README.md` puts them anew below the file's marker.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from pipelines.recipe.base import OneOf, Part
from pipelines.recipe.schema import Evaluation, OrBench, Recipe, SorryBench

MARKER = "<!-- below: python -m pipelines.recipe.reference recipes/README.md -->"
_BENCHMARKS: tuple[type[Recipe], ...] = (OrBench, SorryBench, Evaluation)


def reference() -> str:
    """Every key of a recipe, one line each, as Markdown tables: a part, its keys and defaults."""
    shown: set[type[Part]] = set()
    sections = [_section("", benchmark) for benchmark in _BENCHMARKS]
    for benchmark in _BENCHMARKS:
        for key, part in _parts(benchmark, ""):
            if part not in shown:
                shown.add(part)
                sections.append(_section(key, part))
    return "\n".join(sections)


def write_reference(path: Path) -> None:
    """Puts the tables anew into a Markdown file."""
    write_below(path, MARKER, reference())


def write_below(path: Path, marker: str, text: str) -> None:
    """Replaces what stands below the marker of a Markdown file."""
    above, _, _ = path.read_text(encoding="utf-8").partition(marker)
    path.write_text(f"{above}{marker}\n\n{text}", encoding="utf-8")


def _parts(part: type[Part], prefix: str) -> Iterator[tuple[str, type[Part]]]:
    """The parts inside a part with their dotted keys, depth first in the order of the schema."""
    for name, field in part.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        for inner in _parts_in(field.annotation):
            yield key, inner
            yield from _parts(inner, f"{key}.")


def _parts_in(annotation: object) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts_in(argument)


def _section(key: str, part: type[Part]) -> str:
    title = ", ".join(f"`{each}`" for each in (key, _kind(part)) if each)
    summary = (part.__doc__ or "").splitlines()[0]
    rows = [_row(field.alias or name, field) for name, field in part.model_fields.items()]
    head = ["| key | default | meaning |", "|---|---|---|"]
    return "\n".join([f"### {title}", "", summary, "", *head, *rows, ""])


def _kind(part: type[Part]) -> str:
    """The key and value that tell this part from others in its place, or ""."""
    for name, field in part.model_fields.items():
        values = _choices_of(field)
        if field.is_required() and len(values) == 1:
            return f"{field.alias or name}: {values[0]}"
    return ""


def _row(key: str, field: FieldInfo) -> str:
    meaning = " ".join((field.description or "").split()).replace("|", "\\|")
    choices = [f"`{each}`" for each in _choices_of(field)]
    told = all(each in meaning for each in choices)
    one_of = "" if told or len(choices) < 2 else f" One of {', '.join(choices)}."
    return f"| `{key}` | {_default(field)} | {meaning}{one_of} |"


def _choices_of(field: FieldInfo) -> tuple[str, ...]:
    """The names that may stand there; pydantic keeps those of a whole field beside its type."""
    beside = (name for each in field.metadata for name in _choices(each))
    return (*_choices(field.annotation), *beside)


def _choices(annotation: object) -> tuple[str, ...]:
    if isinstance(annotation, OneOf):
        return annotation.names
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(each for inner in get_args(annotation) for each in _choices(inner))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None:
        return ""
    if isinstance(value, Part):
        return "as below"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    if isinstance(value, dict):
        return f"`{{{', '.join(value)}}}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    write_reference(Path(sys.argv[1]))
