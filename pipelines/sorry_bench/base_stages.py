"""The stages of a base set by their names, made from a recipe.

A stage's digest says what its output is made from besides its input: settings, the identities of
models and encoders, templates, files, and the stage's own version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from artifacts.schemas import with_evidence
from artifacts.sorry_bench_schemas import BASE, BASE_DROPPED, CLASSIFIED, SOURCED
from base.digests import Json, digest_of, digests_of, require_digest
from checks.artefacts import ControlCharacters
from checks.base_comparison import IntentBand
from checks.refusal_phrases import WriterRefused
from checks.request_form import Imperative, OneInstruction
from curation.diversity import clusters_digest, diversity_digest
from curation.near import against_digest, near_digest
from curation.rows import exact_digest
from generators.writers import MAX_TOKENS, ImperativeWriter
from moderators.category_votes import category_rule_digest
from moderators.classifier import Classifier
from people.base_review import DecisionFile, read_decisions
from people.errors import ReviewUnusableError
from pipelines.errors import StageUnknownError
from pipelines.recipe import SorryBench, taxonomy_of
from pipelines.recipe.base_set import BuiltBase, LoadedBase
from pipelines.recipe.digest import settings_of
from pipelines.runner.shards import Layout
from pipelines.runner.stage import AnyStage, Parameters
from pipelines.sorry_bench import (
    base_sources as sources,
)
from pipelines.sorry_bench import (
    choice as choose,
)
from pipelines.sorry_bench import (
    classify,
)
from pipelines.sorry_bench import (
    classify as imperative,
)
from pipelines.sorry_bench.base_sources import Additions
from pipelines.sorry_bench.choice import Bounds
from pipelines.sources.base_sets import read_base
from pipelines.sources.models import located
from pipelines.sources.seeds import base_sources, read_prior
from pipelines.stages import carried, clean, dedup
from pipelines.stages.identities import Identities, longest
from pipelines.stages.makers import cleaning_checks
from pipelines.stages.references import read_references
from pipelines.versions.lineage import (
    CARRIED,
    CarriedSet,
    Numbering,
    VersionLineage,
    carried_set,
    lineage_of,
    pinned_part,
)
from pipelines.versions.references import earlier_texts
from taxonomy import Taxonomy
from taxonomy.question_ids import number_of, width_for

LOADED = "base"
"""The stage of a base set that is used as it stands."""

CHOSEN = "choose"
"""The last stage of a base set that is built."""


class BaseStages:
    """Makes the stages of a base set by name.

    Args:
        recipe: What the run is.
        layout: Where its files lie.
        limit: At most so many requests per category.
    """

    def __init__(self, recipe: SorryBench, layout: Layout, limit: int | None = None) -> None:
        """Reads nothing yet but the taxonomy."""
        self._recipe = recipe
        self._layout = layout
        self._limit = limit
        self._taxonomy: Taxonomy = taxonomy_of(recipe)
        self._identities = Identities(recipe, layout.embeddings)
        self._makers: Mapping[str, Callable[[str], AnyStage]] = {
            CARRIED: self._carried,
            LOADED: self._loaded,
            "sources": self._sources,
            "clean": self._clean,
            "dedup": self._dedup,
            "classify": self._classify,
            "imperative": self._imperative,
            "written": self._written,
            CHOSEN: self._choose,
        }

    @property
    def names(self) -> frozenset[str]:
        """The stages that it makes."""
        return frozenset(self._makers)

    def __call__(self, name: str, parameters: Parameters = ()) -> AnyStage:
        """The stage of that name."""
        if name not in self._makers:
            raise StageUnknownError("a stage must be one of the flow's", name)
        return self._makers[name](name)

    @cached_property
    def lineage(self) -> VersionLineage:
        """How the version stands to the releases before it."""
        return lineage_of(self._recipe, self._layout)

    @cached_property
    def carried(self) -> CarriedSet | None:
        """The release that is extended; None for a version that begins anew.

        Raises:
            RecipeError: The recipe leaves out a style or a category of that release.
        """
        return carried_set(self.lineage, self._recipe, self._taxonomy)

    def _carried(self, name: str) -> AnyStage:
        found = self.carried
        if found is None:
            raise StageUnknownError("the recipe must have the mode of a stage", name)
        pinned = pinned_part(found.parent.pinned)
        made_from = (carried.STAGE_VERSION, pinned, self.lineage.withdrawals)
        schemas = {"kept": BASE, "dropped": BASE_DROPPED}
        return carried.CarriedStage(name, digest_of(*made_from), lambda: found.base, schemas)

    def _numbering(self, width: int) -> Numbering:
        """The ids that requests are given: none that was withdrawn, none that is carried.

        Args:
            width: Ids of each category, where no release is extended that has its own.
        """
        found, stones = self.carried, self.lineage.tombstones
        taken = {stone.question_id for stone in stones if stone.question_id is not None}
        return Numbering(
            {each: number_of(self._taxonomy, each) for each in self._taxonomy.names},
            (found.width if found else None) or width,
            frozenset(taken) | (found.question_ids if found else frozenset()),
        )

    def _bounds(self) -> Bounds:
        part, lineage, found = self._recipe.dedup, self.lineage, self.carried
        return Bounds(
            part.encoder,
            part.threshold,
            lineage.withdrawn,
            lambda: earlier_texts(lineage.against),
            found.texts if found else {},
            found.roots if found else frozenset(),
        )

    def _loaded(self, name: str) -> AnyStage:
        base = self._recipe.base
        if not isinstance(base, LoadedBase):
            raise StageUnknownError("a base set must be loaded as it stands", name)
        (source,) = base_sources(self._recipe)
        terms = (source.license, source.redistribute, self._limit)
        read = (settings_of(base), source.revision, *terms, ControlCharacters().digest)
        return sources.LoadedStage(
            name,
            digest_of(sources.STAGE_VERSION, source.name, *read, *self._made_from),
            lambda: read_base(source, self._taxonomy, base),
            self._limit,
            self._additions(base.per_category),
        )

    def _additions(self, per_category: int | None) -> Additions | None:
        found = self.carried
        if found is None and not self.lineage.tombstones:
            return None
        return Additions(
            self._numbering,
            self.lineage.withdrawn,
            found.base.kept if found else (),
            found.roots if found else frozenset(),
            per_category,
        )

    @property
    def _made_from(self) -> tuple[Json, ...]:
        return (self._taxonomy.digest, *self.lineage.made_from)

    def _sources(self, name: str) -> AnyStage:
        base = self._built
        found = base_sources(self._recipe)
        made_from: list[Json] = [
            [each.name, each.revision, each.license, each.redistribute] for each in found
        ]
        columns: list[Json] = [[each.column, each.category_column] for each in base.sources]
        return sources.PriorStage(
            name,
            digest_of(sources.STAGE_VERSION, made_from, columns, self._taxonomy.digest),
            lambda: read_prior(base, found, self._taxonomy),
        )

    def _clean(self, name: str) -> AnyStage:
        checks = cleaning_checks(self._recipe)
        return clean.CleanStage(
            name,
            clean.digest_for(checks),
            checks,
            schemas={"kept": SOURCED, "dropped": with_evidence(SOURCED)},
        )

    def _dedup(self, name: str) -> AnyStage:
        part = self._recipe.dedup
        found = read_references(self._recipe)
        identity = None if part.threshold is None else self._identities.encoder(part.encoder)
        held_against: list[Json] = [each.sha256 for each in found]
        steps = (exact_digest(), near_digest(), against_digest())
        made_from = (part.encoder, part.threshold, identity, *steps, held_against)
        lineage = self.lineage
        return dedup.DedupStage(
            name,
            digest_of(dedup.STAGE_VERSION, *made_from, *lineage.made_from),
            part.encoder,
            part.threshold,
            lambda: [
                *(row for each in found for row in each.rows()),
                *earlier_texts(lineage.against),
            ],
            lineage.withdrawn,
            schemas={"kept": SOURCED, "dropped": with_evidence(SOURCED)},
        )

    def _classify(self, name: str) -> AnyStage:
        base = self._built
        voters = tuple(
            Classifier.of(each, self._taxonomy, base.tries, self._recipe.models[each].max_tokens)
            for each in base.classifiers
        )
        identities: list[Json] = [self._identities.model(each) for each in base.classifiers]
        made_from = (digests_of("classifier", voters), identities, category_rule_digest(base.rule))
        return classify.ClassifyStage(
            name, digest_of(classify.STAGE_VERSION, *made_from), voters, base.rule
        )

    def _imperative(self, name: str) -> AnyStage:
        base = self._built
        if base.imperative is None:
            raise StageUnknownError("the recipe must have the part of a stage", name)
        limit = longest(None, self._recipe.models[base.imperative], MAX_TOKENS)
        edition, first = self.lineage.edition, self.lineage.first_sample
        writer = ImperativeWriter(base.imperative, base.temperature, limit, edition)
        checks = (
            *cleaning_checks(self._recipe),
            *(WriterRefused(), OneInstruction(), Imperative()),
            IntentBand(base.encoder, base.intent),
        )
        made_from = (
            *(require_digest("writer", writer.model, writer), digests_of("check", checks)),
            *(Imperative().digest, base.tries, first),
            *(self._identities.model(base.imperative), self._identities.encoder(base.encoder)),
        )
        return imperative.ImperativeStage(
            name, digest_of(imperative.STAGE_VERSION, *made_from), writer, checks, base.tries, first
        )

    def _written(self, name: str) -> AnyStage:
        part, found = self._built.decisions, self.decisions
        if part is None or found is None:
            raise StageUnknownError("the recipe must have the part of a stage", name)
        file = located(self._recipe.folder, part.source)
        called = f"review:{file.name if file else part.source}"
        terms = (part.license, part.redistribute)
        return sources.PriorStage(
            name,
            digest_of(sources.STAGE_VERSION, called, found.digest, *terms),
            lambda: sources.written_rows(found.new, called, *terms),
            schemas={"kept": CLASSIFIED, "dropped": with_evidence(CLASSIFIED)},
        )

    def _choose(self, name: str) -> AnyStage:
        base = self._built
        wanted = min(base.per_category, self._limit or base.per_category)
        decided = self.decisions
        made_from = (
            *(base.encoder, self._identities.encoder(base.encoder), wanted, base.seed),
            *(base.cluster, decided.digest if decided else None, *self._made_from),
            *(diversity_digest(), clusters_digest(), against_digest(), Imperative().digest),
        )
        return choose.ChooseStage(
            name=name,
            digest=digest_of(choose.STAGE_VERSION, *made_from),
            encoder=base.encoder,
            per_category=wanted,
            numbering=self._numbering(width_for(base.per_category)),
            seed=base.seed,
            cluster=base.cluster,
            decisions=decided.decisions if decided else {},
            bounds=self._bounds(),
        )

    @cached_property
    def decisions(self) -> DecisionFile | None:
        """What people decided, or None where the recipe names no file.

        Raises:
            ReviewUnusableError: The file is not there, or breaks a rule of review tables.
        """
        return decisions_of(self._recipe)

    @property
    def _built(self) -> BuiltBase:
        if not isinstance(self._recipe.base, BuiltBase):
            raise StageUnknownError("a base set must be built from tables", "base")
        return self._recipe.base


def decisions_of(recipe: SorryBench) -> DecisionFile | None:
    """The decisions that a recipe names, or None where it names none.

    Raises:
        ReviewUnusableError: The file is not there, or breaks a rule of review tables.
    """
    part = recipe.base.decisions if isinstance(recipe.base, BuiltBase) else None
    if part is None:
        return None
    file = located(recipe.folder, part.source)
    if file is None:
        raise ReviewUnusableError("base.decisions must be a file that is there", part.source)
    return read_decisions(file, taxonomy_of(recipe))
