"""What the tables of rescue, panel and subsets came to, counted for the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from artifacts.funnel import tally
from artifacts.subset_facts import PanelFacts, RescueFacts, SubsetFacts, TargetFacts
from flows.recipe import OrBench
from flows.recipe.judges import called
from flows.recipe.panel import PanelMember
from flows.recipe.subsets import Hard, Toxic
from flows.runner.run import Run
from flows.runner.stage import Row
from flows.stages.openers import is_accepted
from flows.stages.subsets import is_hard, is_toxic

_ANSWER = ("row", "model", "outcome", "reason", "cut", "refusal_kind", "label", "refused")
_SUBSET = (
    *("row", "label", "sounds_risky", "safe", "abstain"),
    *("hard", "in_hard", "in_toxic"),
)


def rescue_facts(run: Run, stage: str | None, recipe: OrBench) -> RescueFacts | None:
    """What came of the flagged prompts; None where no rescue ran."""
    if recipe.rescue is None or stage is None:
        return None
    answers = run.table(stage, "answers", _ANSWER)
    answered = answers.filter(outcome="answered")
    rescued = run.kept(stage, ["rescued"])["rescued"]
    return RescueFacts(
        answerer=recipe.rescue.answerer,
        max_tokens=recipe.rescue.max_tokens,
        flagged=answers.height,
        answered=answered.height,
        missing=_missing(answers),
        cut=int(answers["cut"].sum()),
        refused=answered.height - answered.filter(refused=False).height,
        rescued=int(rescued.sum()),
    )


def panel_facts(run: Run, stage: str | None, recipe: OrBench) -> PanelFacts | None:
    """What each target answered; None where no panel was asked."""
    if recipe.panel is None or stage is None:
        return None
    answers = run.table(stage, "answers", _ANSWER)
    return PanelFacts(
        judge=called(recipe.panel.judge),
        temperature=recipe.panel.temperature,
        max_tokens=recipe.panel.max_tokens,
        targets=tuple(_target(each, answers) for each in recipe.panel.targets),
    )


def _target(member: PanelMember, answers: pl.DataFrame) -> TargetFacts:
    if isinstance(member, str):
        return replace(target_facts(member, answers.filter(model=member)), model=member)
    counted = target_facts(member.name, answers.filter(model=member.name))
    return replace(counted, model=member.model, system=member.system)


def target_facts(name: str, answers: pl.DataFrame) -> TargetFacts:
    """One target's counts, from its rows of an `answers` table."""
    answered = answers.filter(outcome="answered")
    refused = answers.filter("refused")
    blocks = refused["refusal_kind"].str.starts_with("provider_").sum()
    return TargetFacts(
        name=name,
        asked=answers.height,
        answered=answered.height,
        missing=_missing(answers),
        cut=int(answers["cut"].sum()),
        unjudged=answered["refused"].null_count(),
        refused=refused.height,
        blocked=int(blocks),
    )


def draws(run: Run, last: str, recipe: OrBench) -> tuple[SubsetFacts | None, SubsetFacts]:
    """How the hard and the toxic subset came about; None for a recipe without the former."""
    rows = run.kept(last, _SUBSET).to_dicts()
    toxic = recipe.toxic or Toxic()
    votes = "every moderator" if toxic.rule == "unanimous" else "the vote rule"
    found = SubsetFacts(
        rule=f"flagged by {votes} and not rescued",
        found=sum(is_toxic(row, toxic.rule) for row in rows),
        drawn=sum(row["in_toxic"] for row in rows),
        undecided=sum(row["label"] == "undecided" for row in rows),
        balance=_balance(toxic),
        seed=toxic.seed,
    )
    return (None if recipe.hard is None else _hard(rows, recipe, recipe.hard)), found


def _hard(rows: list[Row], recipe: OrBench, hard: Hard) -> SubsetFacts:
    required = recipe.moderate.sounds_risky == "required"
    counted = {"models": "targets", "family": "families of targets"}[hard.by]
    return SubsetFacts(
        rule=f"safe, and refused by at least {hard.at} {counted}",
        found=sum(is_hard(row, required) for row in rows),
        drawn=sum(row["in_hard"] for row in rows),
        undecided=sum(row["hard"] == "undecided" and is_accepted(row, required) for row in rows),
        balance=_balance(hard),
        seed=hard.seed,
    )


def _balance(part: Hard | Toxic) -> str:
    if part.quota is not None:
        return "a quota by category"
    if part.size is None:
        return "all"
    capped = ", large categories capped" if part.balance == "cap" else ""
    return f"{part.size:,} at random{capped}"


def _missing(answers: pl.DataFrame) -> Mapping[str, int]:
    missing = answers.filter(pl.col("outcome") != "answered")
    return tally(missing["reason"].fill_null("no_reason"))
