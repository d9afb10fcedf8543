"""The stages of the over-refusal set by their names, made from a recipe.

A stage's digest says what its output is made from besides its input: the recipe's parts, the
identities of models and encoders, templates, data files, and the stage's own version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from artifacts.manifest import ModelIdentity
from base.digests import Json, digest_of, digests_of, require_digest
from curation.contested import contested_digest
from curation.near import against_digest, near_digest
from curation.openers import openers_digest
from curation.rows import exact_digest
from moderators.refusal.types import RefusalJudge
from moderators.types import ModeratorPlan
from moderators.votes import rule_digest
from pipelines.benchmark import Benchmark
from pipelines.errors import StageUnknownError
from pipelines.or_bench import panel, rescue, seed_calls
from pipelines.or_bench import selection as labels
from pipelines.or_bench import selection as openers
from pipelines.or_bench.panel import hard_rule, panel_members
from pipelines.or_bench.rescue import rescuer
from pipelines.or_bench.subsets import subsets_stage
from pipelines.recipe import OrBench, recipe_digest, taxonomy_of
from pipelines.recipe.judges import KEYWORD
from pipelines.recipe.writing import ImportedSeeds, ShippedSeeds, WrittenSeeds
from pipelines.runner.shards import Layout
from pipelines.runner.stage import AnyStage, Parameters, Row, StageMaker
from pipelines.sources import seeds_source
from pipelines.stages import carried, clean, dedup, moderate, writing
from pipelines.stages.identities import Identities
from pipelines.stages.judges import refusal_judge
from pipelines.stages.makers import (
    cleaning_checks,
    moderator_plans,
    rewriter,
    rewriting_checks,
    seed_writer,
)
from pipelines.stages.references import read_references
from pipelines.versions.lineage import (
    CARRIED,
    TABLES,
    VersionLineage,
    carried_prompts,
    lineage_of,
    pinned_part,
)
from pipelines.versions.references import earlier_texts, rows_of


def stage_maker(recipe: OrBench, layout: Layout, limit: int | None = None) -> StageMaker:
    """Makes the stages of a run by name.

    Args:
        recipe: What the run is.
        layout: Where its files lie.
        limit: Use only the first seeds of each category, so many.
    """
    return _Stages(recipe, layout, limit)


def identities(recipe: OrBench, layout: Layout) -> tuple[ModelIdentity, ...]:
    """Every model and encoder that the built parts of a recipe name, for the manifest."""
    return Identities(recipe, layout.embeddings).all()


def widest(recipe: OrBench, limit: int | None = None) -> int:
    """About how many rows the widest stage will have; decides the number of shards."""
    if isinstance(recipe.seeds, WrittenSeeds):
        per_category = min(recipe.seeds.per_category, limit or recipe.seeds.per_category)
        seeds = per_category * len(taxonomy_of(recipe).names)
    else:
        seeds = len(_Seeds(recipe, limit).read())
    return seeds * recipe.rewrite.per_seed


class _Seeds:
    """The rows of the recipe's table of seeds."""

    def __init__(self, recipe: OrBench, limit: int | None) -> None:
        self._recipe = recipe
        self._limit = limit

    @property
    def made_from(self) -> tuple[Json, ...]:
        """What decides the rows: the file's bytes, how it is read, how many are taken."""
        source = seeds_source(self._recipe)
        revision = source.revision if source is not None else None
        return (recipe_digest(self._recipe, "seeds"), revision, self._limit)

    def read(self) -> list[Row]:
        """The rows, in the table's order; the first so many of each category under a limit."""
        from pipelines.sources.seeds import read_seeds

        source = seeds_source(self._recipe)
        if source is None:
            raise StageUnknownError(
                "a table of seeds must be read where no model writes them", "seeds"
            )
        seeds, taxonomy = self._recipe.seeds, taxonomy_of(self._recipe)
        if isinstance(seeds, ImportedSeeds):
            rows = read_seeds(source, taxonomy, seeds.column, seeds.category_column, seeds.category)
        else:
            rows = read_seeds(source, taxonomy)
        wanted = seeds.per_category if isinstance(seeds, ShippedSeeds) else None
        bounds = [each for each in (wanted, self._limit) if each is not None]
        return _first(rows, min(bounds)) if bounds else rows


def _first(rows: Sequence[Row], limit: int) -> list[Row]:
    seen: dict[str, int] = {}
    kept: list[Row] = []
    for row in rows:
        seen[row["category"]] = seen.get(row["category"], 0) + 1
        if seen[row["category"]] <= limit:
            kept.append(row)
    return kept


class _Stages:
    """Makes each stage from the recipe; a name may end in the number of its round."""

    def __init__(self, recipe: OrBench, layout: Layout, limit: int | None) -> None:
        self._recipe = recipe
        self._layout = layout
        self._limit = limit
        self._taxonomy = taxonomy_of(recipe)
        self._identities = Identities(recipe, layout.embeddings)
        self._makers: Mapping[str, Callable[[str, int, Parameters], AnyStage]] = {
            CARRIED: self._carried,
            "seeds": self._source,
            "calls": self._calls,
            "seed_writing": self._seed_writing,
            "clean_seeds": self._clean,
            "topup": self._topup,
            "rewrite": self._rewrite,
            "clean": self._clean,
            "dedup": self._dedup,
            "moderate": self._moderate,
            "rescue": self._rescue,
            "dedup_labels": self._labels,
            "openers": self._openers,
            "panel": self._panel,
            "subsets": self._subsets,
        }

    def __call__(self, name: str, parameters: Parameters) -> AnyStage:
        """The stage of that name."""
        base, _, number = name.partition("-")
        maker = self._makers.get(base)
        if maker is None:
            raise StageUnknownError("a stage must be one of the flow's", name)
        if base == "seeds" and number:
            return self._seed_selection(name)
        return maker(name, int(number or 0), parameters)

    def _carried(self, name: str, _round: int, _given: Parameters) -> AnyStage:
        lineage, parent = self._lineage, self._lineage.parent
        if parent is None:
            raise StageUnknownError("the recipe must have the mode of a stage", name)
        made_from = (carried.STAGE_VERSION, pinned_part(parent.pinned), lineage.withdrawals)
        return carried.CarriedStage(
            name, digest_of(*made_from), lambda: carried_prompts(parent, lineage.withdrawn), TABLES
        )

    def _source(self, name: str, _round: int, _given: Parameters) -> AnyStage:
        from pipelines.stages.source import SourceStage

        seeds = _Seeds(self._recipe, self._limit)
        return SourceStage(name, digest_of("source", *seeds.made_from, exact_digest()), seeds.read)

    def _calls(self, name: str, round_: int, given: Parameters) -> AnyStage:
        from pipelines.stages.source import SourceStage

        seeds = self._written_seeds
        calls = seed_calls.SeedCalls(
            f"llm:{seeds.writer}", seeds.license, seeds.redistribute, round_, dict(given)
        )
        return SourceStage(name, calls.digest, calls.rows, unlike=False)

    def _seed_writing(self, name: str, _round: int, _given: Parameters) -> AnyStage:
        seeds = self._written_seeds
        task = seed_writer(self._recipe, seeds, self._lineage.edition)
        asked = require_digest("writer", seeds.writer, task)
        made_from = (asked, recipe_digest(self._recipe, "seeds"))
        identity = self._identities.model(seeds.writer)
        return writing.WriteStage(
            name=name,
            digest=digest_of(writing.STAGE_VERSION, *made_from, identity),
            writer=seeds.writer,
            task=task,
            checks=dict.fromkeys(self._taxonomy.names, ()),
            want=seeds.per_call,
            tries=seeds.tries,
            enough=1,
        )

    def _seed_selection(self, name: str) -> AnyStage:
        seeds, encoder = self._written_seeds, self._recipe.dedup.encoder
        wanted = min(seeds.per_category, self._limit or seeds.per_category)
        identity = self._identities.encoder(encoder)
        steps = (exact_digest(), near_digest())
        made_from = (recipe_digest(self._recipe, "dedup"), identity, wanted, *steps)
        return seed_calls.SeedSelection(
            name,
            digest_of(seed_calls.STAGE_VERSION, *made_from),
            encoder,
            self._recipe.dedup.threshold,
            wanted,
        )

    def _clean(self, name: str, _round: int, _given: Parameters) -> AnyStage:
        checks = cleaning_checks(self._recipe)
        return clean.CleanStage(name, clean.digest_for(checks), checks)

    def _topup(self, name: str, _round: int, given: Parameters) -> AnyStage:
        from pipelines.or_bench.selection import TopUpStage

        return TopUpStage(name, digest_of("topup", dict(given)), dict(given))

    def _rewrite(self, name: str, round_: int, _given: Parameters) -> AnyStage:
        part = self._recipe.rewrite
        task = rewriter(self._recipe, self._taxonomy, self._lineage.edition)
        first = self._lineage.first_sample + round_ * part.tries
        checks = rewriting_checks(self._recipe, self._taxonomy)
        by_category: dict[str, Json] = {
            category: digests_of("check", each) for category, each in checks.items()
        }
        made_from = (
            *(require_digest("writer", part.writer, task), by_category),
            *(recipe_digest(self._recipe, "rewrite"), first),
            *(self._identities.model(part.writer), self._identities.encoder(part.encoder)),
        )
        return writing.WriteStage(
            name=name,
            digest=digest_of(writing.STAGE_VERSION, *made_from),
            writer=part.writer,
            task=task,
            checks=checks,
            want=part.per_seed,
            tries=part.tries,
            first=first,
        )

    def _dedup(self, name: str, _round: int, _given: Parameters) -> AnyStage:
        part, lineage = self._recipe.dedup, self._lineage
        found = read_references(self._recipe)
        steps = (exact_digest(), near_digest(), against_digest())
        made_from = (recipe_digest(self._recipe, "dedup"), self._identities.encoder(part.encoder))
        held_against = (*(each.sha256 for each in found), *lineage.made_from)
        return dedup.DedupStage(
            name,
            digest_of(dedup.STAGE_VERSION, *made_from, *steps, *held_against),
            part.encoder,
            part.threshold,
            lambda: [
                *(row for each in found for row in each.rows()),
                *earlier_texts(lineage.against),
            ],
            lineage.withdrawn,
        )

    def _moderate(self, name: str, _round: int, _given: Parameters) -> AnyStage:
        part = self._recipe.moderate
        by_votes = self._recipe.rewrite.category == "moderator"
        rule = (by_votes, rule_digest(part.rule))
        made_from = (recipe_digest(self._recipe, "moderate"), self._voters, *rule)
        return moderate.ModerateStage(
            name,
            digest_of(moderate.STAGE_VERSION, *made_from, self._identities.voters()),
            self._moderators,
            part.rule,
            part.weights,
            by_votes,
        )

    def _labels(self, name: str, _round: int, _given: Parameters) -> AnyStage:
        part = self._recipe.dedup
        made_from = (recipe_digest(self._recipe, "dedup"), self._identities.encoder(part.encoder))
        digest = digest_of(labels.STAGE_VERSION, *made_from, contested_digest())
        return labels.LabelDedupStage(name, digest, part.encoder, part.threshold)

    def _rescue(self, name: str, _round: int, _given: Parameters) -> AnyStage:
        if self._recipe.rescue is None:
            raise StageUnknownError("the recipe must have the part of a stage", name)
        judge = refusal_judge(self._recipe, KEYWORD)
        found = rescuer(self._recipe, self._recipe.rescue, judge, self._moderators)
        made_from = (
            *(recipe_digest(self._recipe, "rescue", "moderate"), found.digest),
            *(self._identities.voters(), self._identities.model(self._recipe.rescue.answerer)),
        )
        return rescue.RescueStage(
            name,
            digest_of(rescue.STAGE_VERSION, *made_from),
            found,
        )

    def _openers(self, name: str, _round: int, _given: Parameters) -> AnyStage:
        if self._recipe.openers is None:
            raise StageUnknownError("the recipe must have the part of a stage", name)
        share = self._recipe.openers.max_share
        required = self._recipe.moderate.sounds_risky == "required"
        digest = digest_of(openers.STAGE_VERSION, share, required, openers_digest())
        return openers.OpenersStage(name, digest, share, required)

    def _panel(self, name: str, _round: int, _given: Parameters) -> AnyStage:
        part = self._recipe.panel
        if part is None:
            raise StageUnknownError("the recipe must have the part of a stage", name)
        members = panel_members(self._recipe, part)
        rule = hard_rule(self._recipe, members)
        judge = refusal_judge(self._recipe, part.judge)
        asked = sorted({each.name for each in part.references() if each.kind == "model"})
        required = self._recipe.moderate.sounds_risky == "required"
        made_from = (
            *(recipe_digest(self._recipe, "panel"), [each.digest for each in members]),
            *(None if rule is None else rule.digest, required),
            require_digest("judge", judge.name, judge),
            *(self._identities.model(each) for each in asked),
        )
        return panel.PanelStage(
            name, digest_of(panel.STAGE_VERSION, *made_from), members, judge, rule, required
        )

    def _subsets(self, name: str, _round: int, _given: Parameters) -> AnyStage:
        parent = self._lineage.parent
        if parent is None:
            return subsets_stage(name, self._recipe)
        return subsets_stage(name, self._recipe, frozenset(rows_of(parent)["row"]))

    @cached_property
    def _lineage(self) -> VersionLineage:
        return lineage_of(self._recipe, self._layout)

    @cached_property
    def _moderators(self) -> tuple[ModeratorPlan, ...]:
        return moderator_plans(self._recipe, self._taxonomy)

    @property
    def _voters(self) -> list[Json]:
        """The digests of the moderators."""
        return digests_of("moderator", self._moderators)

    @property
    def _written_seeds(self) -> WrittenSeeds:
        if not isinstance(self._recipe.seeds, WrittenSeeds):
            raise StageUnknownError(
                "a model must write the seeds where they are asked for", "seeds"
            )
        return self._recipe.seeds


def _require_digests(recipe: OrBench) -> None:
    taxonomy, edition = taxonomy_of(recipe), recipe.release.version
    for checks in (cleaning_checks(recipe), *rewriting_checks(recipe, taxonomy).values()):
        digests_of("check", checks)
    digests_of("moderator", moderator_plans(recipe, taxonomy))
    digests_of("judge", _judges(recipe))
    require_digest("writer", recipe.rewrite.writer, rewriter(recipe, taxonomy, edition))
    if isinstance(recipe.seeds, WrittenSeeds):
        writer = seed_writer(recipe, recipe.seeds, edition)
        require_digest("writer", recipe.seeds.writer, writer)


def _judges(recipe: OrBench) -> Iterator[RefusalJudge]:
    if recipe.rescue is not None:
        yield refusal_judge(recipe, KEYWORD)
    if recipe.panel is not None:
        yield refusal_judge(recipe, recipe.panel.judge)


OR_BENCH = Benchmark(stage_maker, widest, _require_digests)
