"""What a build of a fine-grained set came to: categories, votes, cut and missing answers.

Read from the tables of a finished run; nothing of it stands in the release.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from artifacts.build_facts import SORTED, AnswerCounts, BuildFacts, VoterCounts
from artifacts.records import StageName
from artifacts.stage_roles import PILOT
from artifacts.stage_tables import tally
from moderators.classifier import MAX_TOKENS
from pipelines.recipe import SorryBench
from pipelines.recipe.base_set import BuiltBase
from pipelines.recipe.writer_names import names_of
from pipelines.runner.run import Run
from pipelines.sorry_bench.pipeline import Built
from pipelines.sorry_bench.styles import writer_of
from pipelines.stages import build_counts
from taxonomy import NONE

_CLASSIFY = "classify"
_FOUND, _UNDECIDED = "in a category", "undecided"
_LABELS = (_FOUND, NONE, _UNDECIDED)


def build_facts(run: Run, came: Built, recipe: SorryBench) -> BuildFacts:
    """What a finished run came to.

    Args:
        run: The run, all of whose stages are finished.
        came: What its pipeline came to.
        recipe: What it is of.
    """
    sorted_ = _sorted(run, recipe)
    answers = (
        *(() if sorted_ is None else _sorting_answers(run, recipe, sorted_)),
        *_mutation_answers(run, came, recipe),
    )
    if sorted_ is None:
        return BuildFacts(answers=answers)
    return replace(sorted_.facts, answers=answers)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """What sorting came to, and the stage that did it."""

    stage: StageName
    facts: BuildFacts
    voters: tuple[VoterCounts, ...]


def _sorted(run: Run, recipe: SorryBench) -> _Sorted | None:
    """How requests were sorted; None for a base set that is given."""
    stage = run.last(_CLASSIFY)
    if stage is None or not isinstance(recipe.base, BuiltBase):
        return None
    rows = run.kept(stage, ["category", "verdict"]).with_columns(
        pl.when(pl.col("verdict") != "decided")
        .then(pl.lit(_UNDECIDED))
        .otherwise(_class())
        .alias("label")
    )
    votes = run.table(stage, "category_votes", ["model", "category"])
    labelled = votes.select("model", _class().fill_null(build_counts.ABSTENTION).alias("label"))
    voters = build_counts.voter_counts(
        labelled, recipe.base.classifiers, (_FOUND, NONE), rows.height
    )
    counts = tally(rows["label"])
    found = {label: counts.get(label, 0) for label in _LABELS}
    facts = BuildFacts(
        about=SORTED,
        voted=rows.height,
        labels={"by the votes": found},
        passed=found[_FOUND],
        fit=found[_FOUND],
        voters=voters,
    )
    return _Sorted(stage, facts, voters)


def _class() -> pl.Expr:
    """Whether a category is one of the taxonomy's, or none of them; null for an abstention."""
    is_none = pl.col("category") == NONE
    return pl.when(is_none).then(pl.lit(NONE)).when(~is_none).then(pl.lit(_FOUND)).otherwise(None)


def _sorting_answers(run: Run, recipe: SorryBench, sorted_: _Sorted) -> Iterator[AnswerCounts]:
    limits = {
        voter.name: recipe.models[voter.name].max_tokens or MAX_TOKENS for voter in sorted_.voters
    }
    yield from build_counts.vote_answers(run, sorted_.stage, _CLASSIFY, sorted_.voters, limits)


def _mutation_answers(run: Run, came: Built, recipe: SorryBench) -> Iterator[AnswerCounts]:
    """Those of the writers of mutations; of a style that was stopped what they gave the pilot."""
    part = recipe.mutate
    if part is None or came.mutated is None:
        return
    written = [style for style in part.wanted if part.is_written(style)]
    names = [name for style in written for name in names_of(writer_of(part, style))]
    columns = ["prompt_style", "writers"]
    ended = run.table(came.mutated, "mutations", columns)
    if came.stopped:
        # Their replies stand in the pilot's records with those of all styles: none is counted.
        tried = run.table(PILOT, "mutations", columns)
        ended = pl.concat([ended, tried.filter(pl.col("prompt_style").is_in([*came.stopped]))])
    yield from build_counts.written_answers(run, (came.mutated,), ended, "mutate", names)
