"""The whole recipe: which parts each benchmark has, and what every recipe has."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias, TypeGuard

from pydantic import Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from pipelines.recipe import base_set, moderation
from pipelines.recipe.base import Name, Part, Text
from pipelines.recipe.evaluate import Evaluate
from pipelines.recipe.models import Model
from pipelines.recipe.panel import Hard, Panel, Rescue, Toxic
from pipelines.recipe.release import Budget, Gates, PromptRelease, Release
from pipelines.recipe.writing import (
    Clean,
    Dedup,
    EncoderFacts,
    Openers,
    Rewrite,
    Seeds,
    Spoken,
)


class Recipe(Part):
    """What every recipe has. `load` reads one; a recipe never changes afterwards."""

    benchmark: str
    """`or-bench`, `sorry-bench`, or `evaluation` for `refusery evaluate`."""
    taxonomy: Text
    """A shipped taxonomy's name, or a YAML file relative to the recipe."""
    models: dict[Name, Model] = Field(default={})
    """The models by the names that the parts use."""
    plan_only: bool = False
    """`true` for a recipe that shows what a set would take and is not built: `plan` reads it and
    lists what has no price, `build` refuses it."""
    budget: Budget | None = None
    """A cap on what a run may spend; by default none."""
    max_failed: int = Field(default=0, ge=0)
    """Rows that may fail for want of a reply before a run fails; beside them 2 % of a stage's rows,
    and never fewer than 5, may meet an unexpected error twice."""
    max_missing: int | None = Field(default=None, ge=0)
    """Rows of a stage that a model's server may refuse as they are (`request_refused`) before a run
    fails; by default 2 % of those that the model was asked about, and never fewer than 5."""

    _path: Path = PrivateAttr(default=Path("recipe.yaml"))

    def model_post_init(self, context: object) -> None:
        """Keeps where the recipe was read from, which is no part of what it says."""
        if isinstance(context, Path):
            self._path = context

    @property
    def path(self) -> Path:
        """The file it was read from."""
        return self._path

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self._path.stem

    @property
    def data_set(self) -> str:
        """The data set that its releases are versions of: `release.name`, else the benchmark's."""
        release = getattr(self, "release", None)
        return (release.name if isinstance(release, Release) else None) or self.benchmark

    @property
    def folder(self) -> Path:
        """The folder that the recipe's relative paths start from."""
        return self._path.parent


class OrBench(Recipe):
    """A recipe for an over-refusal set."""

    benchmark: Literal["or-bench"]
    """`or-bench`, `sorry-bench`, or `evaluation` for `refusery evaluate`."""
    taxonomy: Text = "or_bench"
    """A shipped taxonomy's name, or a YAML file relative to the recipe (`docs/taxonomy.md`)."""
    language: Spoken = "en"
    """The language of seeds and prompts: en, de, es, fr, pt, hi, ar, zh (simplified), ml, mr or
    ta (see `docs/languages.md`)."""
    encoders: dict[Text, EncoderFacts] = Field(default={})
    """What is known of encoders, by the names that the parts give them: `{NAME: {languages: [zh]}}`
    for one that is on no list."""
    seeds: Seeds
    """Where the toxic seeds come from."""
    clean: Clean = Clean()
    """Which texts are usable at all."""
    rewrite: Rewrite
    """How seeds become prompts that only sound harmful."""
    dedup: Dedup = Dedup()
    """Which repeats are removed."""
    moderate: moderation.Moderate
    """Who votes on a prompt."""
    openers: Openers | None = None
    """A bound on prompts that begin alike; by default none."""
    rescue: Rescue | None = None
    """How flagged prompts come back; by default none do."""
    panel: Panel | None = None
    """The models that safe prompts are put to; by default none."""
    hard: Hard | None = None
    """The subset that much of the panel refuses."""
    toxic: Toxic | None = None
    """A drawn toxic subset; without it every seed and every prompt that is flagged unanimously."""
    release: PromptRelease
    """Version and licence."""
    mode: Literal["refresh", "extend"] | None = None
    """How a later version stands to the releases before it in `--out`: `refresh` writes all anew
    and keeps away from their prompts, `extend` carries the rows of the latest one and fills up
    categories below `rewrite.target`; by default it stands by itself."""
    gates: Gates | None = None
    """Bounds on the audit's figures."""

    @model_validator(mode="after")
    def _a_target_to_extend_to(self) -> "OrBench":
        if self.mode == "extend" and self.rewrite.target is None:
            raise PydanticCustomError(
                "target",
                "mode: extend must come with rewrite.target, the rows that a category is to have",
                {"value": "no target", "key": "mode"},
            )
        return self

    @model_validator(mode="after")
    def _a_panel_for_rounds(self) -> "OrBench":
        if self.hard is not None and self.hard.rounds is not None and self.panel is None:
            raise PydanticCustomError(
                "panel",
                "hard.rounds must come with a panel, whose answers say what is hard",
                {"value": "no panel", "key": "hard"},
            )
        return self


class SorryBench(Recipe):
    """A recipe for a fine-grained unsafe set and its mutations."""

    benchmark: Literal["sorry-bench"]
    """`or-bench`, `sorry-bench`, or `evaluation` for `refusery evaluate`."""
    taxonomy: Text = "sorry_bench_202503"
    """A shipped taxonomy's name, or a YAML file relative to the recipe (`docs/taxonomy.md`)."""
    base: base_set.Base
    """The base set."""
    clean: Clean = Clean()
    """Which texts are usable at all."""
    dedup: Dedup = Dedup()
    """Which repeats are removed."""
    mutate: base_set.Mutate | None = None
    """The mutations; by default the base set alone is released."""
    release: Release
    """Version and licence."""
    mode: Literal["refresh", "extend"] | None = None
    """How a later version stands to the releases before it in `--out`: `refresh` writes all anew
    and keeps away from their requests, `extend` carries the rows of the latest one and adds what
    requests and mutations it lacks; by default it stands by itself."""
    gates: Gates | None = None
    """Bounds on the audit's figures."""


class Evaluation(Recipe):
    """A recipe for asking and judging models on finished sets."""

    benchmark: Literal["evaluation"]
    """`or-bench`, `sorry-bench`, or `evaluation` for `refusery evaluate`."""
    taxonomy: Text = "or_bench"
    """A shipped taxonomy's name, or a YAML file relative to the recipe."""
    evaluate: Evaluate
    """What is asked of whom, how, and who judges the answers."""


AnyRecipe: TypeAlias = Annotated[
    OrBench | SorryBench | Evaluation, Field(discriminator="benchmark")
]


Buildable: TypeAlias = OrBench | SorryBench
"""The recipes that a flow builds a release from."""


Runnable: TypeAlias = Buildable | Evaluation
"""The recipes that have stages."""


def is_buildable(recipe: Recipe) -> TypeGuard[Buildable]:
    """Whether a flow builds a release from such a recipe."""
    return isinstance(recipe, OrBench | SorryBench)


def is_runnable(recipe: Recipe) -> TypeGuard[Runnable]:
    """Whether a run of such a recipe has stages, which a worker may be asked to run."""
    return isinstance(recipe, OrBench | SorryBench | Evaluation)
