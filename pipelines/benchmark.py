"""What a benchmark (or an evaluation) is to whoever opens a run of it: its stages, and how wide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipelines.recipe import Recipe
from pipelines.runner.shards import Layout
from pipelines.runner.stage import StageMaker

RecipeT = TypeVar("RecipeT", bound=Recipe)


@dataclass(frozen=True, slots=True)
class Benchmark(Generic[RecipeT]):
    """What is told apart where a run is opened.

    Attributes:
        stages: Makes the stages of a run by name; a limit takes only so many first rows a category.
        widest: About how many rows the widest stage will have; decides the number of shards.
        require_digests: Refuses a check, a style, a moderator, a judge or a writer without a
            digest (DigestError names it): what it depends on would be in no fingerprint, and an
            edited one would leave old rows in place.
    """

    stages: Callable[[RecipeT, Layout, int | None], StageMaker]
    widest: Callable[[RecipeT, int | None], int]
    require_digests: Callable[[RecipeT], None]
