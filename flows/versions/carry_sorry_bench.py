"""The rows of a fine-grained release as the stages of the release that extends it know them."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from artifacts.base_schemas import BASE
from artifacts.manifest import Manifest
from artifacts.mutation_schemas import MUTATED
from flows.errors import RecipeError
from flows.recipe import SorryBench
from flows.runner.stage import Outcome, Row
from flows.sources.sorry_base import BASE_STYLE
from flows.stages.rows import drop
from flows.versions.carry import CARRIED, WITHDRAWN, Standing
from flows.versions.earlier import Earlier
from flows.versions.references import rows_of
from taxonomy import Taxonomy


@dataclass(frozen=True)
class CarriedSet:
    """A release that is extended.

    Attributes:
        parent: The release.
        withdrawn: Ids of rows that people withdrew. With a base request its whole family is out.
    """

    parent: Earlier
    withdrawn: AbstractSet[str]

    @cached_property
    def base(self) -> Outcome:
        """Its base requests; all that is withdrawn is dropped here, mutations too."""
        kept = [row for row in self._rows if self._is_base(row) and not self._gone(row)]
        gone = [drop({**_NOTHING, **row}, WITHDRAWN) for row in self._rows if self._gone(row)]
        return Outcome([{**_NOTHING, **row} for row in kept], gone)

    @cached_property
    def mutations(self) -> Mapping[str, Mapping[str, Row]]:
        """Its mutated rows by base row and style."""
        found: dict[str, dict[str, Row]] = {}
        for row in self._rows:
            if not self._is_base(row) and not self._gone(row):
                mutated = {name: row[name] for name in MUTATED}
                found.setdefault(row["parent"], {})[row["prompt_style"]] = mutated
        return found

    @cached_property
    def texts(self) -> Mapping[str, tuple[str, ...]]:
        """The texts of its base requests by category."""
        found: dict[str, list[str]] = {}
        for row in self.base.kept:
            found.setdefault(row["category"], []).append(row["text"])
        return {name: tuple(texts) for name, texts in found.items()}

    @cached_property
    def roots(self) -> frozenset[str]:
        """The roots of its rows, withdrawn ones included: their places in the sources."""
        return frozenset(row["root"] for row in self._rows)

    @cached_property
    def question_ids(self) -> frozenset[int]:
        """Every number that it has given."""
        return frozenset(row["question_id"] for row in self._rows)

    @property
    def width(self) -> int | None:
        """Ids that each of its categories has."""
        return width_of(self.parent.manifest)

    def _is_base(self, row: Row) -> bool:
        return bool(row["prompt_style"] == BASE_STYLE)

    def _gone(self, row: Row) -> bool:
        return row["id"] in self.withdrawn or row["parent"] in self._withdrawn_bases

    @cached_property
    def _withdrawn_bases(self) -> frozenset[str]:
        rows = self._rows
        return frozenset(
            row["row"] for row in rows if self._is_base(row) and row["id"] in self.withdrawn
        )

    @cached_property
    def _rows(self) -> list[Row]:
        manifest = self.parent.manifest
        may = {source.name: source.redistribute for source in manifest.sources}
        numbers = manifest.mutations.numbers if manifest.mutations else {}
        names = {number: name for name, number in numbers.items()}
        return [
            {
                **row,
                "parent": row["base_row"],
                "position": CARRIED,
                "text": row["turns"][0],
                "category": names.get(row["category"], row["category"]),
                "redistribute": may.get(row["source"], False),
                "chosen_by": CARRIED,
            }
            for row in rows_of(self.parent).iter_rows(named=True)
        ]


_NOTHING: Row = dict.fromkeys(BASE)


def carried_set(standing: Standing, recipe: SorryBench, taxonomy: Taxonomy) -> CarriedSet | None:
    """The release that a recipe extends; None where it extends none.

    Raises:
        RecipeError: The recipe leaves out a style or a category of that release.
    """
    if standing.parent is None:
        return None
    _require_all(standing.parent.manifest, recipe, taxonomy)
    return CarriedSet(standing.parent, standing.withdrawn)


def width_of(manifest: Manifest) -> int | None:
    """Ids that each category of a fine-grained release has; None for another release."""
    return manifest.mutations.base.width if manifest.mutations else None


def _require_all(parent: Manifest, recipe: SorryBench, taxonomy: Taxonomy) -> None:
    wanted = {BASE_STYLE, *(recipe.mutate.wanted if recipe.mutate else ())}
    had = [style.name for style in parent.mutations.styles] if parent.mutations else []
    if lacking := [name for name in had if name not in wanted]:
        rule = f"mode: extend must make every style that {parent.version} has"
        raise RecipeError(rule, f"no {', '.join(lacking)}")
    if lacking := [name for name in parent.categories if name not in taxonomy.names]:
        rule = f"mode: extend must have every category that {parent.version} has"
        raise RecipeError(rule, f"no {', '.join(lacking)}")
