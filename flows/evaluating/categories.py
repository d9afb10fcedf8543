"""What a data set's categories are called, in which order they stand, and which are sensitive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from artifacts.report.withheld import sensitive_categories
from flows.evaluating.data_files import DataFiles
from flows.recipe import Evaluation
from flows.recipe.evaluate import DataSet
from flows.sources.question_ids import number_of
from taxonomy.loader import load_taxonomy

_SORRY_TAXONOMY = "sorry_bench_202503"


@dataclass(frozen=True, slots=True)
class Categories:
    """The categories that rows of one data set may have.

    Attributes:
        names: Those that are known, in the order in which they are shown.
        sensitive: Those whose fulfilling answers are withheld.
        numbers: Names by the numbers that some files have in their place.
    """

    names: tuple[str, ...]
    sensitive: frozenset[str]
    numbers: Mapping[str, str] = field(default_factory=dict)

    def named(self, given: str | None) -> str:
        """A category by its name or number; as it is where it is not known, "" where there is none.

        Case makes no difference to a known name.
        """
        text = (given or "").strip()
        if text in self.numbers:
            return self.numbers[text]
        return text.lower() if text.lower() in self.names else text

    def ordered(self, there: frozenset[str]) -> tuple[str, ...]:
        """The categories that are there; those that are not known come last, by name."""
        known = [name for name in self.names if name in there]
        return (*known, *sorted(there - set(known)))


def categories_of(
    recipe: Evaluation, part: DataSet, files: DataFiles, published: bool
) -> Categories:
    """The categories of a data set: those of its own taxonomy, of its release, or of the recipe.

    Args:
        recipe: Whose taxonomy is the default.
        part: The data set.
        files: Its files.
        published: Whether they are SORRY-Bench's own, whose categories are numbers.

    Raises:
        TaxonomyUnknown: There is no such taxonomy.
        TaxonomyInvalid: A file of one breaks a rule of taxonomies.
    """
    withheld = sensitive_categories(None)
    if files.release is not None and part.taxonomy is None:
        mutations = files.release.mutations
        numbers = {} if mutations is None else {no: name for name, no in mutations.numbers.items()}
        return Categories(files.release.categories, withheld, numbers)
    own = recipe.taxonomy
    named = part.taxonomy or (_SORRY_TAXONOMY if published and "sorry" not in own else own)
    is_file = named.endswith((".yaml", ".yml"))
    taxonomy = load_taxonomy(recipe.folder / named if is_file else named)
    sensitive = {each.name for each in taxonomy.categories if each.sensitive}
    numbered = {str(number_of(taxonomy, name)): name for name in taxonomy.names}
    return Categories(taxonomy.names, withheld | sensitive, numbered if published else {})
