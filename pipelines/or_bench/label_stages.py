"""The stages from prompts to subsets, each declared once: votes, rescue, panel, draws.

What a stage covers is what its tables are made from besides its inputs: the recipe's parts, the
identities of models and encoders, digests of judges, moderators and rules.
"""

from artifacts.records import StageName
from artifacts.schemas import (
    ANSWERS,
    CONTESTED,
    MODERATED,
    PANELED,
    RESCUED,
    SUBSETS,
    VOTES,
    kept_and_dropped,
)
from artifacts.stage_roles import (
    DEDUP,
    DEDUP_LABELS,
    FLAGGED_SEEDS,
    MODERATE,
    OPENERS,
    PANEL,
    RESCUE,
)
from base.digests import Json, require_digest
from curation.contested import contested_digest
from curation.openers import openers_digest
from moderators.votes import rule_digest
from pipelines.or_bench import panel, rescue, selection, subsets
from pipelines.or_bench.parts import OrBenchParts
from pipelines.recipe import recipe_digest
from pipelines.recipe.judges import KEYWORD
from pipelines.recipe.panel import Panel, Rescue, target_references
from pipelines.recipe.writing import Openers
from pipelines.runner.expected import Assumption, Calls, Expected
from pipelines.runner.stage import EachRow, Latest, Round, Stage, latest
from pipelines.stages import calls, moderate, sizes
from pipelines.stages.judges import refusal_judge
from pipelines.versions.lineage import CARRIED

_RESCUED = kept_and_dropped(RESCUED)

_SAFE_SHARE = 0.8
"""Share of rewrites that the paper's moderators found safe: 80,359 of about 100,000."""


def moderate_stage(of: OrBenchParts) -> Stage:
    """Votes on each prompt, and the label that a rule makes of them (paper section 3.2.3)."""
    part, by_votes = of.recipe.moderate, of.recipe.rewrite.category == "moderator"
    return Stage(
        name=StageName(MODERATE),
        kind="annotate",
        tables=kept_and_dropped(MODERATED, votes=VOTES),
        version=moderate.VERSION,
        inputs=(latest(DEDUP),),
        votes=tuple(part.voters),
        covers=lambda round_: (
            *(recipe_digest(of.recipe, "moderate"), of.voters, by_votes),
            *(rule_digest(part.rule), of.identities.voters()),
        ),
        work=lambda round_: (
            moderate.Moderation(of.moderators, part.rule, part.weights, by_votes).work
        ),
        expects=lambda prompts: Expected(
            prompts, tuple(calls.prompt_votes(of.recipe, of.taxonomy, prompts))
        ),
    )


def rescue_stage(of: OrBenchParts, part: Rescue) -> Stage:
    """Flagged prompts with harmless answers come back, and compete with the safe ones then."""

    def rescuer() -> rescue.Rescuer:
        judge = refusal_judge(of.recipe, KEYWORD)
        return rescue.rescuer(of.recipe, part, judge, of.moderators)

    def covers(round_: Round) -> tuple[Json, ...]:
        parts = recipe_digest(of.recipe, "rescue", "moderate")
        behind = (of.identities.voters(), of.identities.model(part.answerer))
        return parts, rescuer().digest, *behind

    def expected(prompts: int | None) -> Expected:
        flagged = None if prompts is None else prompts - round(prompts * _SAFE_SHARE)
        longest = of.recipe.models[part.answerer].max_tokens or part.max_tokens
        answer = Calls(part.answerer, flagged, sizes.answer_call(), longest)
        votes = calls.exchange_votes(of.recipe, of.taxonomy, flagged)
        note = f"as if {1 - _SAFE_SHARE:.0%} of the prompts were flagged, the paper's share"
        return Expected(flagged, (answer, *votes), (Assumption(note),), onward=prompts)

    return Stage(
        name=StageName(RESCUE),
        kind="annotate",
        tables={**_RESCUED, "answers": ANSWERS, "votes": VOTES},
        version=rescue.VERSION,
        inputs=(latest(MODERATE),),
        votes=tuple(of.recipe.moderate.voters),
        answers=(part.answerer,),
        covers=covers,
        work=lambda round_: EachRow(rescuer().prepare),
        expects=expected,
    )


def dedup_labels_stage(of: OrBenchParts) -> Stage:
    """Near repeats across categories: the first of one label stays."""
    near = of.near
    return Stage(
        name=StageName(DEDUP_LABELS),
        kind="select",
        whole=True,
        tables={**_RESCUED, "contested": CONTESTED},
        version=1,
        inputs=(latest(MODERATE if of.recipe.rescue is None else RESCUE),),
        covers=lambda round_: (*of.near_part, contested_digest()),
        work=lambda round_: lambda rows: selection.dedup_labels(rows, near.measure, near.threshold),
    )


def openers_stage(of: OrBenchParts, part: Openers) -> Stage:
    """The bound on how many rows open alike."""
    code = of.recipe.language
    return Stage(
        name=StageName(OPENERS),
        kind="select",
        whole=True,
        tables=_RESCUED,
        version=1,
        inputs=(latest(DEDUP_LABELS),),
        covers=lambda round_: (part.max_share, of.risky, openers_digest(code)),
        work=lambda round_: (
            lambda rows: selection.cap_openings(rows, part.max_share, of.risky, code)
        ),
    )


def panel_stage(of: OrBenchParts, part: Panel) -> Stage:
    """Every row that will be released as safe is put to the targets, and no other."""
    members = panel.panel_members(of.recipe, part)
    rule = panel.hard_rule(of.recipe, members)

    def covers(round_: Round) -> tuple[Json, ...]:
        judge = refusal_judge(of.recipe, part.judge)
        asked = sorted({each.name for each in part.references() if each.kind == "model"})
        return (
            *(recipe_digest(of.recipe, "panel"), [each.digest for each in members]),
            *(None if rule is None else rule.digest, of.risky),
            require_digest("judge", judge.name, judge),
            *(of.identities.model(each) for each in asked),
        )

    def work(round_: Round) -> EachRow:
        judge = refusal_judge(of.recipe, part.judge)
        return EachRow.of(panel.PanelWork(members, judge, rule, of.risky).row)

    def expected(prompts: int | None) -> Expected:
        safe = None if prompts is None else round(prompts * _SAFE_SHARE)
        targets = [each.name for each in target_references(part.targets)]
        answers = None if safe is None else safe * len(targets)
        models = of.recipe.models
        own = (
            Calls(each, safe, sizes.answer_call(), models[each].max_tokens or part.max_tokens)
            for each in targets
        )
        judged = calls.judge_calls(of.recipe, of.taxonomy, part.judge, answers)
        note = f"as if {_SAFE_SHARE:.0%} of the prompts were safe, the paper's share"
        return Expected(safe, (*own, *judged), (Assumption(note),), onward=prompts)

    return Stage(
        name=StageName(PANEL),
        kind="annotate",
        tables=kept_and_dropped(PANELED, answers=ANSWERS),
        version=panel.VERSION,
        inputs=labelled(of),
        answers=tuple(part.members),
        covers=covers,
        work=work,
        expects=expected,
    )


def subsets_stage(of: OrBenchParts) -> Stage:
    """Every row, and whether it was drawn for the hard or the toxic subset."""
    recipe = of.recipe
    return Stage(
        name=StageName("subsets"),
        kind="annotate",
        whole=True,
        tables=kept_and_dropped(SUBSETS),
        version=subsets.VERSION,
        inputs=(latest(FLAGGED_SEEDS),) if of.takes_seeds else asked(of),
        covers=lambda round_: subsets.subsets_part(recipe, of.carried_rows),
        work=lambda round_: subsets.subsets_of(recipe, of.carried_rows),
    )


def asked(of: OrBenchParts) -> tuple[Latest, ...]:
    """Rows with all that rescue and panel say of them, those that are carried among them."""
    return labelled(of) if of.recipe.panel is None else (latest(PANEL),)


def labelled(of: OrBenchParts) -> tuple[Latest, ...]:
    """Rows with labels: those of this version, and whole from here on those carried."""
    recipe = of.recipe
    own = latest(DEDUP_LABELS if recipe.openers is None else OPENERS)
    return (own, latest(CARRIED)) if recipe.mode == "extend" else (own,)
