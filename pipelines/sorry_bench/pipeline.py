"""The fine-grained set, stage by stage: the base set, a pilot of every style, the mutations."""

from collections.abc import Iterator
from dataclasses import dataclass

from artifacts.records import StageName
from base.digests import digests_of, require_digest
from moderators.classifier import Classifier
from pipelines.recipe import SorryBench, taxonomy_of
from pipelines.recipe.base_set import BuiltBase, LoadedBase
from pipelines.runner.draw import Drawn
from pipelines.runner.pipeline import Pipeline, Step
from pipelines.runner.run import Run
from pipelines.runner.shards import Layout
from pipelines.sorry_bench import base_stages as base
from pipelines.sorry_bench import mutation_stages as mutations
from pipelines.sorry_bench.parts import SorryBenchParts
from pipelines.sorry_bench.styles import makers
from pipelines.sources.licenses import require_licenses
from pipelines.stages.gaps import require_no_taxonomy_gaps
from pipelines.stages.makers import cleaning_checks
from pipelines.versions.lineage import CARRIED


def pipeline(recipe: SorryBench, layout: Layout, limit: int | None = None) -> Pipeline:
    """The stages of a recipe.

    Args:
        recipe: What the run is.
        layout: Where its files lie.
        limit: At most so many requests of each category.
    """
    return Pipeline(tuple(_steps(SorryBenchParts(recipe, layout, limit))))


def drawn(recipe: SorryBench) -> tuple[Drawn, ...]:
    """What a pilot draws: base requests, and the rows that they are picked from, where they are."""
    if isinstance(recipe.base, LoadedBase):
        return (Drawn(StageName(base.LOADED)),)
    return Drawn(StageName("sources")), Drawn(StageName(base.CHOSEN), is_made=True)


def base_pipeline(recipe: SorryBench, layout: Layout, limit: int | None = None) -> Pipeline:
    """The stages up to the base set alone."""
    return Pipeline(tuple(_base(SorryBenchParts(recipe, layout, limit))))


def _steps(of: SorryBenchParts) -> Iterator[Step]:
    part = of.recipe.mutate
    yield from _base(of)
    if part is not None:
        yield mutations.pilot_rows_stage(of, part)
        yield mutations.pilot_stage(of, part)
        yield mutations.mutate_stage(of, part)
    yield mutations.collect_stage(of)


def _base(of: SorryBenchParts) -> Iterator[Step]:
    part = of.recipe.base
    if of.recipe.mode == "extend":
        yield base.carried_stage(of)
    if isinstance(part, LoadedBase):
        yield base.loaded_stage(of, part)
        return
    yield base.sources_stage(of, part)
    yield base.clean_stage(of)
    yield base.dedup_stage(of)
    yield base.classify_stage(of, part)
    if part.imperative is not None:
        yield base.imperative_stage(of, part, part.imperative)
    if part.decisions is not None:
        yield base.written_stage(of, part.decisions)
    yield base.choose_stage(of, part)


@dataclass(frozen=True, slots=True)
class Built:
    """What the pipeline came to.

    Attributes:
        base: The stage that keeps the base set. Its rows (`artifacts.sorry_bench_schemas.BASE`)
            carry their `question_id`, the prompt style `base`, the category's name, and the
            licence of where they come from.
        mutated: The stage with the mutations; None where the recipe asks for none.
        last: The stage whose kept rows the release shows.
        stopped: Styles of which no row of the pilot passed its checks.
        carried: The stage with the base requests of the release that this one extends; None
            without. Their mutations are among `mutated`.
    """

    base: StageName
    mutated: StageName | None
    last: StageName
    stopped: tuple[str, ...] = ()
    carried: StageName | None = None


def built(run: Run) -> Built:
    """What a finished run came to."""
    return Built(
        base=base_of(run),
        mutated=run.last(mutations.MUTATE),
        last=run.named(mutations.COLLECT),
        stopped=tuple(mutations.stopped_by_pilot(run)),
        carried=run.last(CARRIED),
    )


def base_of(run: Run) -> StageName:
    """The stage that keeps the base set of a run."""
    return run.last(base.LOADED) or run.named(base.CHOSEN)


def require_ready(recipe: SorryBench) -> None:
    """Refuses a recipe that its taxonomy has gaps for, or whose parts do not agree.

    Raises:
        TaxonomyGapsError: The taxonomy lacks what the recipe asks of it.
        LicenseBrokenError: A source's licence does not allow the release's.
        SourceError: A source is not there.
        DigestError: A part has no digest; the error names it.
    """
    require_no_taxonomy_gaps(recipe)
    require_licenses(recipe)
    digests_of("check", cleaning_checks(recipe))
    if recipe.mutate is not None:
        digests_of("style", makers(recipe, recipe.mutate))
    if isinstance(recipe.base, BuiltBase):
        taxonomy = taxonomy_of(recipe)
        voters = [Classifier.of(each, taxonomy) for each in recipe.base.classifiers]
        digests_of("classifier", voters)
        if (model := recipe.base.imperative) is not None:
            edition = recipe.release.version
            writer = base.imperative_writer(recipe, recipe.base, model, edition)
            require_digest("writer", model, writer)
            digests_of("check", base.imperative_checks(recipe, recipe.base))
