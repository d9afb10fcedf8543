"""What a build of an over-refusal set came to: labels, votes, cut answers, whose labels rows have.

Read from the tables of a finished run, and told beside its release.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from artifacts.build_facts import MODERATED, AnswerCounts, BuildFacts, CarriedLabels, VoterCounts
from artifacts.stage_roles import REWRITE
from artifacts.stage_tables import tally
from pipelines.or_bench.pipeline import Built
from pipelines.or_bench.selection import accepted_in
from pipelines.or_bench.subsets import is_seed
from pipelines.recipe import OrBench, taxonomy_of
from pipelines.recipe.moderation import asked_model
from pipelines.runner.run import Run
from pipelines.stages import build_counts
from pipelines.stages.identities import Identities
from pipelines.stages.makers import moderator_plans
from pipelines.versions.lineage import CARRIED, lineage_of

_LABELS = ("safe", "toxic", "undecided")
_CLASSES = ("safe", "toxic")
_LABELLED = ("label", "sounds_risky")


def build_facts(run: Run, came: Built, recipe: OrBench) -> BuildFacts:
    """What a finished run came to.

    Args:
        run: The run, all of whose stages are finished.
        came: What its pipeline came to.
        recipe: What it is of.
    """
    rows = run.kept(came.voted, _LABELLED)
    votes = run.table(came.voted, "votes", ["model", "label"])
    voters = build_counts.voter_counts(votes, recipe.moderate.voters, _CLASSES, rows.height)
    labels = {"by the votes": _split(rows)}
    if came.rescue is not None:
        rows = run.kept(came.rescue, _LABELLED)
        labels["after the rescue"] = _split(rows)
    may = accepted_in(recipe.moderate.requires_risky)
    # A seed that is a toxic row was voted on beside them.
    main = run.kept(came.last, ["row", "root", "position", *_LABELLED]).filter(~is_seed(), may)
    return BuildFacts(
        about=MODERATED,
        voted=rows.height,
        labels=labels,
        passed=rows.filter(label="safe").height,
        fit=rows.filter(may).height,
        released=main.filter(pl.col("position") != CARRIED).height,
        voters=voters,
        answers=tuple(_answers(run, came, recipe, voters)),
        carried=_carried(run, came, recipe, main) if rows.height else None,
    )


def _split(rows: pl.DataFrame) -> Mapping[str, int]:
    found = tally(rows["label"])
    return {label: found.get(label, 0) for label in _LABELS}


def _answers(
    run: Run, came: Built, recipe: OrBench, voters: tuple[VoterCounts, ...]
) -> Iterator[AnswerCounts]:
    """Writers, moderators, who answers in the rescue, and the panel, in the order of the run."""
    for part, stages, names in (
        ("seeds", run.rounds("seed_writing"), getattr(recipe.seeds, "writers", ())),
        (REWRITE, run.rounds(REWRITE), recipe.rewrite.writers),
    ):
        if stages:
            ended = pl.concat(run.table(stage, "parents", ["writers"]) for stage in stages)
            yield from build_counts.written_answers(run, stages, ended, part, names)
    yield from build_counts.vote_answers(run, came.voted, "moderate", voters, _limits(recipe))
    columns = ["model", "outcome", "cut"]
    if recipe.rescue is not None and came.rescue is not None:
        answers = run.table(came.rescue, "answers", columns)
        yield from build_counts.given_answers(answers, "rescue", (recipe.rescue.answerer,))
    if recipe.panel is not None and came.panel is not None:
        answers = run.table(came.panel, "answers", columns)
        yield from build_counts.given_answers(answers, "panel", recipe.panel.members)


def _limits(recipe: OrBench) -> Mapping[str, int | None]:
    """The longest vote of each moderator that is a model; None for what a guard's dialect needs."""
    asked = {asked_model(each) for each in recipe.moderate.moderators}
    plans = moderator_plans(recipe, taxonomy_of(recipe))
    return {plan.name: getattr(plan, "max_tokens", None) for plan in plans if plan.name in asked}


def _carried(run: Run, came: Built, recipe: OrBench, main: pl.DataFrame) -> CarriedLabels | None:
    """The carried rows of the main config that others labelled; None where there are none."""
    parent = lineage_of(recipe, run.context.layout).parent if came.carried is not None else None
    if parent is None or came.carried is None:
        return None
    now, then = _known(run, recipe), {each.name: each.identity for each in parent.manifest.models}
    changed = {name for name, identity in now.items() if then.get(name, identity) != identity}
    votes = run.table(came.carried, "votes", ["row", "model"])
    votes = votes.filter(pl.col("row").is_in(main["row"].implode()))
    by_row = votes.group_by("row").agg(pl.col("model").unique().sort())
    voters = sorted(recipe.moderate.voters)
    other = by_row.filter(
        (pl.col("model") != pl.lit(voters, dtype=pl.List(pl.String)))
        | pl.col("model").list.eval(pl.element().is_in([*changed])).list.any()
    )
    if other.is_empty():
        return None
    named = sorted(set(other.explode("model")["model"]))
    before = tuple(f"{name} (then {then[name]})" if name in changed else name for name in named)
    return CarriedLabels(
        version=parent.manifest.version,
        rows=other.height,
        total=main.height,
        before=before,
        now=recipe.moderate.voters,
    )


def _known(run: Run, recipe: OrBench) -> Mapping[str, str]:
    """The identities of the moderators that are models."""
    found = Identities(recipe, run.context.layout.embeddings)
    asked = (asked_model(each) for each in recipe.moderate.moderators)
    return {name: found.model(name) for name in asked if name is not None}
