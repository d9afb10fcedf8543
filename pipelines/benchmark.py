"""What a benchmark (or an evaluation) is to whoever opens, runs and releases a run of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import polars as pl

from artifacts.build_facts import BuildFacts
from artifacts.manifest import ReleaseFacts
from artifacts.records import StageName
from artifacts.views import View
from pipelines.errors import NotBuiltError
from pipelines.preconditions.gap import Check
from pipelines.recipe.schema import Runnable
from pipelines.runner.context import EachStage, Progress, StageProgress
from pipelines.runner.draw import Drawn
from pipelines.runner.pipeline import Pipeline
from pipelines.runner.run import Run
from pipelines.runner.shards import Layout, Sharding
from pipelines.sources import Source

RecipeT = TypeVar("RecipeT", bound=Runnable)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseContent:
    """What one benchmark's release has that another's has not.

    Attributes:
        views: The configs, the default one first.
        template: The card's template.
        roots: The stage whose rows name the sources that the set was made from.
        files: The files among those sources, those on the Hub pinned.
        carried: The keys of the rows that were taken over from the release before.
        samples: Sample indexes that the run's writers may have used.
        names: What the balance of a config is counted over.
        own: Its own fields of the manifest, on top of those that every release has.
        numbers: For a mutated set, the category's number by its name.
        styles: For a mutated set, its styles in order, `base` first.
        idle: Parts of the recipe that the run did not use, though they name models.
        short: Accepted rows still wanted, by category.
        seed_endings: Where a model wrote the seeds: how each category ended.
        facts: What whoever looks on is told, and no file of the release.
    """

    views: Sequence[View]
    template: str
    roots: StageName
    files: Sequence[Source]
    carried: pl.Series
    samples: int
    names: Sequence[str]
    own: Callable[[ReleaseFacts], ReleaseFacts]
    numbers: Mapping[str, str] | None = None
    styles: Sequence[str] = ()
    idle: tuple[str, ...] = ()
    short: Mapping[str, int] = field(default_factory=dict)
    seed_endings: Mapping[str, str] = field(default_factory=dict)
    facts: BuildFacts = field(default_factory=BuildFacts)


def nothing_to_note(recipe: Runnable, layout: Layout) -> Iterable[str]:
    """No line."""
    return ()


@dataclass(frozen=True, slots=True)
class Benchmark(Generic[RecipeT]):
    """What is told apart where a run is opened.

    Attributes:
        pipeline: The stages of a run in their order, read by the run, by plans and by workers in
            other processes; a limit takes only so many first rows a category.
        widest: About how many rows the widest stage will have; decides the number of shards.
        require_ready: Refuses, before a run has a folder, a recipe that could not end well:
            licences that do not agree, files that are not there, and a check, a style, a moderator,
            a judge or a writer without a digest (DigestError names it): what it depends on would be
            in no fingerprint, and an edited one would leave old rows in place.
        content: What its release has, of a finished run; None for what is not released.
        sharding: How its stages are cut.
        shown: How whoever looks on is told of its stages.
        drawn: The stages of whose rows a pilot takes some.
        notes: What a person should know before a run goes on, a line each.
        checks: What is looked at before a run asks anybody: each finds all gaps of one thing.
    """

    pipeline: Callable[[RecipeT, Layout, int | None], Pipeline]
    widest: Callable[[RecipeT, int | None], int]
    require_ready: Callable[[RecipeT], None]
    content: Callable[[Run, RecipeT], ReleaseContent] | None = None
    sharding: Sharding = field(default_factory=Sharding)
    shown: Callable[[Progress | None], StageProgress] = EachStage
    drawn: Callable[[RecipeT], Sequence[Drawn]] = lambda recipe: ()
    notes: Callable[[RecipeT, Layout], Iterable[str]] = nothing_to_note
    checks: Sequence[Check[RecipeT]] = ()

    def released(self, run: Run, recipe: RecipeT) -> ReleaseContent:
        """What the release of a finished run has.

        Raises:
            NotBuiltError: No release is made of such a run.
        """
        if self.content is None:
            raise NotBuiltError("a release is made of a benchmark's run", recipe.benchmark)
        return self.content(run, recipe)
