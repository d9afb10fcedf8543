"""Rows as the report's browser shows them, and what is left out of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import polars as pl
import yaml

from artifacts import schemas, views
from artifacts.manifest import Manifest
from base.foreign_text import read_yaml
from base.formats import html_text
from taxonomy import Taxonomy, TaxonomyError, available, load_taxonomy

_MUTATED = frozenset({"turns", "prompt_style"})


def leaves_out(config: str, manifest: Manifest | None, rows: pl.DataFrame | None = None) -> bool:
    """Whether a config's rows are shown only to those who ask for unsafe text.

    A bare table has no benchmark: it is judged by its name and its columns.
    """
    if manifest is not None:
        return views.is_unsafe(manifest.benchmark, config)
    mutated = rows is not None and not _MUTATED.isdisjoint(rows.columns)
    return mutated or "toxic" in config or "sorry" in config


def sensitive_categories(manifest: Manifest | None) -> frozenset[str]:
    """The categories whose texts are never shown, as the `category` column may have them.

    They are those of all shipped taxonomies and of the recipe's own one, by name, title and, where
    rows have numbers, by number. Without a manifest nobody knows which taxonomy numbered the rows,
    so that each number counts which is a sensitive category's in any of them.
    """
    found = [category for each in _taxonomies(manifest) for category in each.categories]
    sensitive = [category for category in found if category.sensitive]
    names = {name for category in sensitive for name in (category.name, category.title)}
    if manifest is None:
        return frozenset(names | {str(each.number) for each in sensitive if each.number})
    numbers = manifest.mutations.numbers if manifest.mutations else {}
    return frozenset(names | {numbers[name] for name in names if name in numbers})


def _taxonomies(manifest: Manifest | None) -> list[Taxonomy]:
    found = [load_taxonomy(name) for name in available()]
    own = _named_by(manifest) if manifest is not None else None
    if own is not None and own not in available():
        try:
            found.append(load_taxonomy(own))
        except TaxonomyError:  # a file that lay beside the recipe and is not here
            pass
    return found


def _named_by(manifest: Manifest) -> str | None:
    try:
        recipe = read_yaml(manifest.recipe.text)
    except (ValueError, yaml.YAMLError):
        return None
    name = recipe.get("taxonomy") if isinstance(recipe, dict) else None
    return name if isinstance(name, str) else None


LONGEST = 6_000
"""Characters of a text that are shown; longer ones are cut, and say so."""
_CUT = "\n[cut here: the text has {:,} characters]"
Record: TypeAlias = "Mapping[str, Any]"


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the browser.

    Attributes:
        config: Its config.
        category: Its category.
        label: Its label; "" for none.
        style: Its prompt style; "" for none.
        id: Its id; "" for none.
        text: Its text; None where it is withheld.
        facts: What else is known of it: votes, verdicts, where it comes from.
    """

    config: str
    category: str
    label: str
    style: str
    id: str
    text: str | None
    facts: tuple[str, ...]


def shown_rows(
    config: str,
    frame: pl.DataFrame,
    *,
    sensitive: frozenset[str] = frozenset(),
    titles: Mapping[str, str] | None = None,
    toxic_text: bool = False,
) -> Iterator[Shown]:
    """The rows of a table in its order.

    Args:
        config: The config's name.
        frame: A table with `prompt` or `turns`, and any of the other columns of a release.
        sensitive: Categories whose texts are withheld.
        titles: Longer names of categories, by what the column has.
        toxic_text: Whether seeds, which are unsafe by design, are shown too.
    """
    for row in frame.iter_rows(named=True):
        category = _string(row.get("category"))
        withheld = category in sensitive
        yield Shown(
            config=html_text(config),
            category=html_text((titles or {}).get(category, category)),
            label=_string(row.get("label")),
            style=_string(row.get("prompt_style")),
            id=_string(row.get("id")),
            text=None if withheld else text_of(row),
            facts=tuple(_facts(row, toxic_text and not withheld)),
        )


def text_of(row: Record) -> str:
    """The row's text: its prompt, or its turns one after the other; cut where it is very long."""
    turns = row.get("turns")
    parts = turns if isinstance(turns, list) else [row.get("prompt")]
    text = "\n\n".join(_string(part) for part in parts)
    return text if len(text) <= LONGEST else text[:LONGEST] + _CUT.format(len(text))


def _facts(row: Record, with_seed: bool) -> Iterator[str]:
    for column, name in schemas.TOLD.items():
        if said := _said(name, row.get(column)):
            yield html_text(said)
    if with_seed and row.get("seed"):
        yield f"seed: {_string(row['seed'])[:LONGEST]}"


def _said(name: str, value: object) -> str:
    """A value beside its name; a flag that is set is its name; what is not there says nothing."""
    if value is None or isinstance(value, bool):
        return name if value else ""
    if not isinstance(value, list):
        return f"{name}: {_string(value)}"
    given = [each for each in value if isinstance(each, dict)]
    listed = ", ".join(
        f"{_string(each.get('model'))} {_string(each.get('label') or each.get('outcome'))}"
        for each in given
    )
    return f"{name}: {listed}" if listed else ""


def _string(value: object) -> str:
    return "" if value is None else html_text(str(value))
