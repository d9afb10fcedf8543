"""What a recipe asks of its taxonomy and does not find there: every gap at once, before any call.

A taxonomy of one's own may lack what the shipped ones have: sub-topics for the writer of seeds,
pairs or examples for the rewriter, prototypes for the offline moderators, a harmless category.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from generators.seed_writer import CELL
from moderators.offline import BASELINE, KERNEL, NEAREST, WORDS
from pipelines.errors import TaxonomyGapsError
from pipelines.recipe import OrBench, SorryBench, taxonomy_of
from pipelines.recipe.base_set import LoadedBase
from pipelines.recipe.guards import dialects_of
from pipelines.recipe.moderation import ModelModerator, asked_model
from pipelines.recipe.schema import Buildable
from pipelines.recipe.writing import ShippedSeeds, WrittenSeeds
from pipelines.sources.seeds import SHIPPED
from pipelines.sources.templates import own_template
from pipelines.stages.holdings import holding, plain_prototypes
from taxonomy import NONE
from taxonomy.loader import seeds_file

LEAST_PAIRS = 10
"""Pairs of seed and rewrite that a category must have: five are shown in a call, and with fewer to
draw from all calls look alike. With thirty, as the shipped categories have, each is in a sixth."""

LEAST_EXAMPLES = 6
"""Examples that a category must have: a small writer is shown so many."""

LEAST_PROTOTYPES = 5
"""Toxic texts, and benign ones, that a category must have for offline moderators."""

LEAST_PLAIN = 10
"""Plain texts that offline moderators must have."""

_BY_PROTOTYPES = (KERNEL, NEAREST, WORDS)


@dataclass(frozen=True, slots=True)
class TaxonomyGap:
    """One thing that a recipe asks for and its taxonomy lacks.

    Attributes:
        key: The recipe's key that asks for it.
        lacks: What is lacking, and for which categories.
        fill: The file, or the key of the taxonomy, that would fill it.
    """

    key: str
    lacks: str
    fill: str


def require_no_taxonomy_gaps(recipe: Buildable) -> None:
    """Refuses a recipe whose taxonomy lacks something that the recipe asks of it.

    Raises:
        TaxonomyGapsError: It does; the error lists every gap.
    """
    if found := taxonomy_gaps(recipe):
        listed = "; ".join(f"{gap.lacks} ({gap.key}; fill {gap.fill})" for gap in found)
        name = taxonomy_of(recipe).name
        rule = f"taxonomy {name} must have all that the recipe asks of it, and lacks {listed}"
        raise TaxonomyGapsError(rule, f"{len(found)} gap{'s' if len(found) > 1 else ''}")


def taxonomy_gaps(recipe: Buildable) -> tuple[TaxonomyGap, ...]:
    """Every gap, in the order of the recipe; nothing is asked of anybody."""
    return tuple(_Taxonomy(recipe).gaps())


def _shows(recipe: OrBench, key: str, places: Set[str]) -> bool:
    """Whether a template, shipped or the recipe's own, has one of these places."""
    template = own_template(recipe, key)
    return template is None or not places.isdisjoint(template.places)


_SHOWN = 8
_PROBLEMS = 20  # of one file


def _listed(names: Sequence[str]) -> str:
    """The names, of many the first and how many more: an error is one line that can be read."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


class _Taxonomy:
    """A recipe's taxonomy, held against the recipe."""

    def __init__(self, recipe: Buildable) -> None:
        """Reads the taxonomy alone."""
        self._recipe = recipe
        self._taxonomy = taxonomy_of(recipe)
        self._open = self._taxonomy.writable

    def gaps(self) -> Iterator[TaxonomyGap]:
        """Files that are named and not there, then what the recipe's parts ask for."""
        for kind, path in self._taxonomy.named_files.items():
            if not path.is_file():
                yield TaxonomyGap("taxonomy", f"its file {path.name}", self._where(kind))
        if isinstance(self._recipe, SorryBench):
            yield from self._base(self._recipe)
        else:
            yield from self._seeds(self._recipe)
            yield from self._rewrites(self._recipe)
            yield from self._moderators(self._recipe)

    def _base(self, recipe: SorryBench) -> Iterator[TaxonomyGap]:
        base = recipe.base
        if not isinstance(base, LoadedBase) or base.source != SHIPPED:
            return
        key = f"base.from: {SHIPPED}"
        if seeds_file(self._taxonomy) is None:
            yield TaxonomyGap(key, "a base set", self._where("seeds"))
        elif self._is_there("seeds"):
            yield from self._counted(key, "seeds", "requests", 1)

    def _seeds(self, recipe: OrBench) -> Iterator[TaxonomyGap]:
        if isinstance(recipe.seeds, WrittenSeeds):
            if _shows(recipe, "seeds.template", CELL):
                yield from self._counted("seeds.from: llm", "cells", "sub-topics", 1)
        elif isinstance(recipe.seeds, ShippedSeeds):
            yield from self._counted(f"seeds.from: {SHIPPED}", "seeds", "seeds", 1)

    def _rewrites(self, recipe: OrBench) -> Iterator[TaxonomyGap]:
        key = f"rewrite.form: {recipe.rewrite.form}"
        if recipe.rewrite.form == "json":
            if _shows(recipe, "rewrite.template", {"pairs"}):
                yield from self._counted(key, "rewrites", "pairs of seed and rewrite", LEAST_PAIRS)
        else:
            yield from self._counted(key, "examples", "examples", LEAST_EXAMPLES)

    def _moderators(self, recipe: OrBench) -> Iterator[TaxonomyGap]:
        given = recipe.moderate.moderators
        kinds = {each.kind for each in given if not isinstance(each, str | ModelModerator)}
        asking = sorted(kinds.intersection(_BY_PROTOTYPES))
        if asking:
            yield from self._prototypes(f"moderate.moderators: {', '.join(asking)}")
        spoken = dialects_of(recipe)
        asked = [model for each in given if (model := asked_model(each)) is not None]
        judging = [model for model in asked if model not in spoken]
        judging += [BASELINE] if BASELINE in kinds else []
        if judging and all(each.name != NONE for each in self._taxonomy.categories):
            key = f"moderate.moderators: {', '.join(judging)}"
            yield TaxonomyGap(
                key, f"a category {NONE} for what is harmless", self._where("categories")
            )

    def _prototypes(self, key: str) -> Iterator[TaxonomyGap]:
        yield from self._counted(key, "prototypes", "toxic and benign prototypes", LEAST_PROTOTYPES)
        if self._is_there("prototypes"):
            plain = plain_prototypes(self._taxonomy)
            if 0 < plain < LEAST_PLAIN:  # none at all is a problem, or no file: told already
                lacks = f"at least {LEAST_PLAIN} plain prototypes ({plain})"
                yield TaxonomyGap(key, lacks, self._where("prototypes"))

    def _counted(self, key: str, kind: str, what: str, least: int) -> Iterator[TaxonomyGap]:
        """What is wrong with a file of a kind, then the categories of which it has too little."""
        if not self._is_there(kind):
            return
        held = holding(self._recipe, kind)
        problems = [str(each) for each in held.problems]
        if len(problems) > _PROBLEMS:
            problems[_PROBLEMS:] = [f"and {len(problems) - _PROBLEMS} problems more"]
        for problem in problems:
            yield TaxonomyGap(key, f"a sound file of {kind}: {problem}", self._where(kind))
        counts = held.counts
        if counts is None:
            return
        short = [name for name in self._open if counts.get(name, 0) < least]
        if least > 1:
            what = f"at least {least} {what}"
            short = [f"{name} ({counts.get(name, 0)})" for name in short]
        else:
            short = [name for name in short if name not in counts]  # an empty list is a problem
        if short:
            yield TaxonomyGap(key, f"{what} for {_listed(short)}", self._where(kind))

    def _is_there(self, kind: str) -> bool:
        """Whether no file of a kind is named that is missing: that is a gap of its own."""
        path = self._taxonomy.named_files.get(kind)
        return path is None or path.is_file()

    def _where(self, key: str) -> str:
        """What would fill a gap: a file that is named, or the key that would name one."""
        path = self._taxonomy.named_files.get(key)
        if path is not None and path.is_file():
            return path.name
        whole = self._taxonomy.path
        own = "a taxonomy of your own" if whole is None else whole.name
        return f"{key} of {own}" if key == "categories" else f"files.{key} of {own}"
