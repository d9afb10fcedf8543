"""The stages of the fine-grained set by their names, made from a recipe."""

from __future__ import annotations

from artifacts.manifest import ModelIdentity
from flows.errors import StageUnknown
from flows.recipe import SorryBench, taxonomy_of
from flows.recipe.mutate import Mutate
from flows.recipe.sorry_base import LoadedBase
from flows.runner.layout import Layout
from flows.runner.stage import AnyStage, Parameters, StageMaker
from flows.sources.prior_tables import base_sources, read_prior
from flows.sources.question_ids import number_of, width_for
from flows.sources.sorry_base import read_base
from flows.stages import mutate
from flows.stages.identities import Identities, hashed
from flows.stages.sorry_base import BaseStages
from flows.stages.style_models import asked_models
from flows.stages.styles import makers

PILOT_ROWS, PILOT, MUTATE, COLLECT = "pilot_rows", "pilot", "mutate", "collect"


def stage_maker(recipe: SorryBench, layout: Layout, limit: int | None = None) -> StageMaker:
    """Makes the stages of a run by name.

    Args:
        recipe: What the run is.
        layout: Where its files lie.
        limit: At most so many requests per category.
    """
    return _Stages(recipe, layout, limit)


def identities(recipe: SorryBench, layout: Layout) -> tuple[ModelIdentity, ...]:
    """Every model and encoder that the recipe's parts name, for the manifest."""
    found = Identities(recipe, layout.embeddings)
    return found.all(() if not isinstance(recipe.base, LoadedBase) else ("dedup",))


def widest(recipe: SorryBench, limit: int | None = None) -> int:
    """About how many rows the widest stage will have; decides the number of shards."""
    taxonomy, base, sources = taxonomy_of(recipe), recipe.base, base_sources(recipe)
    categories = len(taxonomy.names)
    if isinstance(base, LoadedBase):
        candidates = len(read_base(sources[0], taxonomy, base).base)
        requests = min(candidates, categories * limit) if limit else candidates
    else:
        candidates = len(read_prior(base, sources, taxonomy))
        requests = categories * min(base.per_category, limit or base.per_category)
    styles = len(recipe.mutate.wanted) if recipe.mutate else 0
    return max(candidates, requests * (1 + styles))


def id_width(recipe: SorryBench) -> int:
    """Ids that each category of the recipe's base set has."""
    base = recipe.base
    if not isinstance(base, LoadedBase):
        return width_for(base.per_category)
    (source,) = base_sources(recipe)
    return read_base(source, taxonomy_of(recipe), base).width


class _Stages:
    """Makes each stage of the mutations; those of the base set are made beside it."""

    def __init__(self, recipe: SorryBench, layout: Layout, limit: int | None) -> None:
        self._recipe = recipe
        self._taxonomy = taxonomy_of(recipe)
        self._base = BaseStages(recipe, layout, limit)
        self._identities = Identities(recipe, layout.embeddings)

    def __call__(self, name: str, parameters: Parameters) -> AnyStage:
        """The stage of that name."""
        if name == PILOT_ROWS:
            rows = self._part.pilot
            return mutate.PilotRows(name, hashed(mutate.STAGE_VERSION, rows), rows)
        if name in (PILOT, MUTATE):
            return self._mutate(name, parameters)
        if name == COLLECT:
            numbers = {each: number_of(self._taxonomy, each) for each in self._taxonomy.names}
            digest = hashed(mutate.STAGE_VERSION, sorted(numbers.items()))
            return mutate.CollectStage(name, digest, numbers)
        return self._base(name, parameters)

    def _mutate(self, name: str, stopped: Parameters) -> AnyStage:
        part = self._part
        made = makers(self._recipe, part)
        asked = [self._identities.model(each) for each in asked_models(part, part.wanted)]
        measured = part.intent is not None or part.bands
        encoder = self._identities.encoder(part.encoder) if measured else None
        digest = hashed(mutate.STAGE_VERSION, made, asked, encoder, stopped)
        return mutate.MutateStage(name, digest, made, frozenset(style for style, _ in stopped))

    @property
    def _part(self) -> Mutate:
        if self._recipe.mutate is None:
            raise StageUnknown("the recipe must have the part of a stage", "mutate")
        return self._recipe.mutate
