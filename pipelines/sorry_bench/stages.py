"""The stages of the fine-grained set by their names, made from a recipe."""

from __future__ import annotations

from artifacts.manifest import ModelIdentity
from base.digests import digest_of, digests_of
from moderators.classifier import Classifier
from pipelines.benchmark import Benchmark
from pipelines.errors import StageUnknownError
from pipelines.recipe import SorryBench, taxonomy_of
from pipelines.recipe.base_set import BuiltBase, LoadedBase, Mutate
from pipelines.runner.shards import Layout
from pipelines.runner.stage import AnyStage, Parameters, StageMaker
from pipelines.sorry_bench import mutate
from pipelines.sorry_bench.base_stages import BaseStages
from pipelines.sorry_bench.styles import Draws, asked_models, is_written, makers
from pipelines.sources.base_sets import read_base
from pipelines.sources.seeds import base_sources, read_prior
from pipelines.stages.identities import Identities
from pipelines.stages.makers import cleaning_checks
from pipelines.versions.lineage import WITHDRAWN, VersionLineage, lineage_of, pinned_part, width_of
from pipelines.versions.references import earlier_ids
from taxonomy.question_ids import number_of, width_for

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


def id_width(recipe: SorryBench, layout: Layout) -> int:
    """Ids that each category of a run's base set has: as many as the set it extends has."""
    base, parent = recipe.base, lineage_of(recipe, layout).parent
    if parent is not None and (width := width_of(parent.manifest)):
        return width
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
            return mutate.PilotRows(name, digest_of(mutate.STAGE_VERSION, rows), rows)
        if name in (PILOT, MUTATE):
            return self._mutate(name, parameters)
        if name == COLLECT:
            numbers = {each: number_of(self._taxonomy, each) for each in self._taxonomy.names}
            digest = digest_of(mutate.STAGE_VERSION, dict(numbers))
            return mutate.CollectStage(name, digest, numbers)
        return self._base(name, parameters)

    def _mutate(self, name: str, stopped: Parameters) -> AnyStage:
        part = self._part
        made = makers(self._recipe, part, self._draws(part))
        asked = [self._identities.model(each) for each in asked_models(part, part.wanted)]
        measured = part.intent is not None or part.bands
        encoder = self._identities.encoder(part.encoder) if measured else None
        found = self._base.carried
        made_from = (
            *({each.style: each.digest for each in made}, asked, encoder, dict(stopped)),
            *((pinned_part(found.parent.pinned), self._base.lineage.withdrawals) if found else ()),
        )
        return mutate.MutateStage(
            name,
            digest_of(mutate.STAGE_VERSION, *made_from),
            made,
            frozenset(style for style, _ in stopped),
            (lambda: found.mutations) if found else dict,
        )

    def _draws(self, part: Mutate) -> Draws:
        """What is withdrawn does not come back; what is written anew is not what was there."""
        lineage = self._base.lineage
        gone = dict.fromkeys(lineage.withdrawn, WITHDRAWN)
        barred = {style: {**self._earlier(lineage, part, style), **gone} for style in part.wanted}
        return Draws(lineage.edition, lineage.first_sample, barred)

    def _earlier(self, lineage: VersionLineage, part: Mutate, style: str) -> dict[str, str]:
        if lineage.mode != "refresh" or not is_written(part, style):
            return {}
        return dict.fromkeys(earlier_ids(lineage.against, style), "equal_reference")

    @property
    def _part(self) -> Mutate:
        if self._recipe.mutate is None:
            raise StageUnknownError("the recipe must have the part of a stage", "mutate")
        return self._recipe.mutate


def _require_digests(recipe: SorryBench) -> None:
    digests_of("check", cleaning_checks(recipe))
    if recipe.mutate is not None:
        digests_of("style", makers(recipe, recipe.mutate))
    if isinstance(recipe.base, BuiltBase):
        taxonomy = taxonomy_of(recipe)
        digests_of(
            "classifier", [Classifier.of(each, taxonomy) for each in recipe.base.classifiers]
        )


SORRY_BENCH = Benchmark(stage_maker, widest, _require_digests)
