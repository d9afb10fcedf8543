"""From the last stage to a release: views, what the run was made of, what it cost."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from artifacts.config_names import ConfigNames, config_names, names_among
from artifacts.manifest import ReleaseFacts, SoundsRisky, read_manifest
from artifacts.published_recipe import without_addresses
from artifacts.records import StageName
from artifacts.release_facts import (
    ModerationFacts,
    PanelFacts,
    RescueFacts,
    SubsetFacts,
    TargetFacts,
    ToxicSeedFacts,
    WriterFacts,
)
from artifacts.schemas import ANSWERS
from artifacts.seed_columns import SEED_ID, seed_ids
from artifacts.stage_roles import (
    DEDUP_LABELS,
    FLAGGED_SEEDS,
    MODERATE_SEEDS,
    REWRITE,
    SEED_POOL,
    SEEDS,
)
from artifacts.stage_tables import tally
from artifacts.views import PANEL_FIELDS, Value, View, draw_or_bench
from base.formats import counted
from moderators.policies import UNSAID
from pipelines.audits.finalize import carried_rows
from pipelines.benchmark import Benchmark, ReleaseContent
from pipelines.or_bench import earlier_votes
from pipelines.or_bench.build_facts import build_facts
from pipelines.or_bench.pipeline import Built, built, drawn, pipeline, require_ready
from pipelines.or_bench.preconditions import CHECKS
from pipelines.or_bench.seed_cells import cells_notes
from pipelines.or_bench.selection import is_accepted
from pipelines.or_bench.source import widest
from pipelines.or_bench.subsets import flagged_in, in_no_config, is_hard, is_seed, may_be_toxic
from pipelines.preconditions import release as preconditions
from pipelines.preconditions.gap import Gap
from pipelines.recipe import OrBench, taxonomy_of
from pipelines.recipe.judges import called
from pipelines.recipe.languages import language_lines
from pipelines.recipe.panel import Hard, PanelMember, Toxic
from pipelines.recipe.shared_models import shared_models
from pipelines.recipe.writing import WrittenSeeds
from pipelines.runner.run import Run
from pipelines.runner.shards import Layout
from pipelines.runner.stage import Row
from pipelines.sources import seeds_source
from pipelines.stages.makers import cells_of, chat_moderators, policy_of
from pipelines.stages.writer_facts import WRITER_COLUMNS, writer_facts
from pipelines.versions.lineage import lineage_of

_ANSWER = ("row", "model", "outcome", "reason", "cut", "refusal_kind", "label", "refused")
_SUBSET = (
    *("row", "root", "label", "sounds_risky", "safe", "abstain"),
    *("hard", "in_hard", "in_toxic"),
)


def moderation_facts(run: Run, built: Built, recipe: OrBench) -> ModerationFacts | None:
    """What chat models among the moderators are told; None where none votes."""
    voters = chat_moderators(recipe, taxonomy_of(recipe))
    if not voters:
        return None
    policy = policy_of(recipe)
    found = ModerationFacts(policy.name, policy.prompt.digest, policy.exchange.digest)
    if built.carried is None:
        return found
    parent = lineage_of(recipe, run.context.layout).parent
    carried = run.table(built.carried, "votes", ["model"]).filter(pl.col("model").is_in(voters))
    if parent is None or carried.is_empty():
        return found
    earlier = parent.manifest.moderation
    before = UNSAID if earlier is None else earlier.policy
    return replace(found, carried=before) if before != found.policy else found


def rescue_facts(run: Run, stage: StageName | None, recipe: OrBench) -> RescueFacts | None:
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


def panel_facts(run: Run, stage: StageName | None, recipe: OrBench) -> PanelFacts | None:
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
    system = None if member.system is None else without_addresses(member.system)
    return replace(counted, model=member.model, system=system)


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


def draws(run: Run, last: StageName, recipe: OrBench) -> tuple[SubsetFacts | None, SubsetFacts]:
    """How the hard and the toxic subset came about; None for a recipe without the former."""
    kept, toxic = run.kept(last, _SUBSET), recipe.toxic or Toxic()
    rows = kept.to_dicts()
    votes = "every moderator" if toxic.rule == "unanimous" else "the vote rule"
    found = SubsetFacts(
        rule=f"flagged by {votes} and not rescued",
        found=kept.filter(may_be_toxic(toxic)).height,
        drawn=sum(row["in_toxic"] for row in rows),
        undecided=sum(row["label"] == "undecided" for row in rows),
        balance=_balance(toxic),
        seed=toxic.seed,
    )
    return (None if recipe.hard is None else _hard(rows, recipe, recipe.hard)), found


def _hard(rows: list[Row], recipe: OrBench, hard: Hard) -> SubsetFacts:
    required = recipe.moderate.requires_risky
    by_family = ("family of targets", "families of targets")
    least = counted(hard.at, *(by_family if hard.by == "family" else ("target",)))
    return SubsetFacts(
        rule=f"safe, and refused by at least {least}",
        found=sum(is_hard(row, required) for row in rows),
        drawn=sum(row["in_hard"] for row in rows),
        undecided=sum(row["hard"] == "undecided" and is_accepted(row, required) for row in rows),
        balance=_balance(hard),
        seed=hard.seed,
    )


def toxic_seed_facts(run: Run, last: StageName, recipe: OrBench) -> ToxicSeedFacts | None:
    """What the moderators said of the seeds; None where they were not asked."""
    if run.last(MODERATE_SEEDS) is None:
        return None
    out = run.table(SEED_POOL, "dropped", ["reason"])["reason"]
    flagged = run.kept(MODERATE_SEEDS, ["label", "safe", "abstain"])
    left = run.table(FLAGGED_SEEDS, "dropped", ["reason"]).filter(pl.col("reason") != "not_flagged")
    drawn = run.kept(last, ["row", "root", "in_toxic"]).filter(is_seed() & pl.col("in_toxic"))
    votes = run.table(MODERATE_SEEDS, "votes", ["model", "label"])
    abstained = votes.filter(label="abstain")["model"].value_counts()
    return ToxicSeedFacts(
        seeds=flagged.height + len(out),
        left_out=tally(out),
        flagged=flagged.filter(flagged_in((recipe.toxic or Toxic()).rule)).height,
        repeated=left.height,
        drawn=drawn.height,
        abstained={**dict.fromkeys(recipe.moderate.voters, 0), **dict(abstained.iter_rows())},
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


TEMPLATE = "or_bench"


def content(run: Run, recipe: OrBench) -> ReleaseContent:
    """What the release of a finished run has.

    Args:
        run: The run, all of whose stages are finished.
        recipe: What it is of.
    """
    came, taxonomy = built(run, recipe), taxonomy_of(recipe)

    def own(facts: ReleaseFacts) -> ReleaseFacts:
        hard, toxic = draws(run, came.last, recipe)
        return replace(
            facts,
            contested=run.table(run.named(DEDUP_LABELS), "contested", ["row"]).height,
            undecided=toxic.undecided,
            in_no_config=in_no_config(run.kept(came.last, _SUBSET), recipe),
            sounds_risky=_sounds_risky(run, came),
            moderation=moderation_facts(run, came, recipe),
            writers=_writers(run, recipe),
            rescue=rescue_facts(run, came.rescue, recipe),
            panel=panel_facts(run, came.panel, recipe),
            hard=hard,
            toxic=toxic,
            toxic_seeds=toxic_seed_facts(run, came.last, recipe),
            written_seeds=came.written_seeds,
            rounds=came.endings,
            relatives=tuple(shared_models(recipe)),
            language=recipe.language,
            language_notes=language_lines(recipe),
        )

    return ReleaseContent(
        views=_views(run, came, recipe),
        template=TEMPLATE,
        roots=came.seeds,
        files=[*filter(None, [seeds_source(recipe)])],
        carried=carried_rows(run, came.carried),
        samples=came.rounds * recipe.rewrite.tries,
        names=taxonomy.names,
        own=own,
        short=came.short,
        seed_endings=came.seed_endings,
        facts=build_facts(run, came, recipe),
    )


def _writers(run: Run, recipe: OrBench) -> tuple[WriterFacts, ...]:
    """What the writers of seeds and of rewrites gave, in all rounds."""
    written = (SEEDS, "seed_writing", getattr(recipe.seeds, "writers", ()))
    rewritten = (REWRITE, REWRITE, recipe.rewrite.writers)
    return tuple(
        facts
        for part, stage, names in (written, rewritten)
        if (ended := [run.table(each, "parents", WRITER_COLUMNS) for each in run.rounds(stage)])
        for facts in writer_facts(part, names, pl.concat(ended))
    )


def _views(run: Run, built: Built, recipe: OrBench) -> list[View]:
    kept = run.kept(built.last)
    voted = filter(None, (built.voted, built.seed_votes))
    votes = pl.concat(run.table(stage, "votes") for stage in voted)
    seeds = run.kept("clean_seeds", ["row", "text"])
    own = None
    if built.carried is not None:
        own = _carried_seeds(run, built.carried)
        votes = pl.concat([votes, run.table(built.carried, "votes")])
    names = _names(recipe, run.context.layout)
    configs: Mapping[str, Mapping[str, Value]] = {
        names.main: accepted(recipe),
        names.hard: {"in_hard": True},
        names.toxic: {"in_toxic": True},
    }
    answers = _answers(run, built.panel)
    return [
        draw_or_bench(
            config,
            str(built.last),
            where,
            kept=kept,
            votes=votes,
            answers=answers,
            seeds=seeds,
            own_seeds=own,
            seed_texts=recipe.release.seeds == "text",
            origins=config == names.toxic and built.seed_votes is not None,
        )
        for config, where in configs.items()
    ]


def _names(recipe: OrBench, layout: Layout) -> ConfigNames:
    """What its configs are called; those of a version that is released stay as they are."""
    if layout.is_released:
        configs = read_manifest(layout.release).configs
        if (known := names_among(config.name for config in configs)) is not None:
            return known
    return config_names(recipe.data_set, recipe.release.configs)


def _carried_seeds(run: Run, carried: StageName) -> pl.DataFrame:
    """The seeds of carried rows; a run that was released by the first edition has texts alone."""
    rows = run.table(carried, "seeds")
    return rows if SEED_ID in rows.columns else rows.with_columns(seed_ids(rows["text"]))


def _answers(run: Run, panel: StageName | None) -> pl.DataFrame:
    """The panel's answers without their texts."""
    columns = pl.Schema({name: ANSWERS[name] for name in ("row", *PANEL_FIELDS)})
    return columns.to_frame() if panel is None else run.table(panel, "answers", columns.names())


def accepted(recipe: OrBench) -> dict[str, Value]:
    """What a row of the over-refusal set must be."""
    where: dict[str, Value] = {"label": "safe"}
    if recipe.moderate.requires_risky:
        where["sounds_risky"] = True
    return where


def _sounds_risky(run: Run, built: Built) -> SoundsRisky:
    stages = filter(None, (built.voted, built.carried))
    rows = pl.concat(run.kept(stage, ["label", "sounds_risky"]) for stage in stages)
    measured = rows.filter(label="safe")["sounds_risky"].drop_nulls()
    return SoundsRisky(len(measured), int(measured.sum()))


def notes(recipe: OrBench, layout: Layout) -> Iterator[str]:
    """What a person should know before a run goes on, a line each."""
    cells = cells_of(recipe, taxonomy_of(recipe))
    if cells is not None and isinstance(recipe.seeds, WrittenSeeds):
        yield from cells_notes(recipe.seeds, cells)
    yield from earlier_votes.notes(recipe, layout)
    yield from _other_names(recipe, layout)


def _other_names(recipe: OrBench, layout: Layout) -> Iterator[str]:
    """Says where configs are called otherwise than in the version before."""
    earlier = () if layout.is_released else lineage_of(recipe, layout).earlier
    before = earlier[-1].manifest if earlier else None
    was = names_among(config.name for config in before.configs) if before else None
    now = _names(recipe, layout)
    if before is not None and was is not None and was != now:
        other = "plain" if recipe.release.configs == "paper" else "paper"
        yield (
            f"{was.main} and {was.hard} of {before.data_set} {before.version} are called "
            f"{now.main} and {now.hard} in this version; release.configs: {other} keeps their names"
        )


def gates(recipe: OrBench, out: Path) -> Iterator[Gap]:
    """Gates on configs that the set will not have."""
    names = config_names(recipe.data_set, recipe.release.configs)
    yield from preconditions.gates(recipe.gates, (names.main, names.hard, names.toxic))


OR_BENCH = Benchmark(
    pipeline,
    widest,
    require_ready,
    content,
    drawn=drawn,
    notes=notes,
    checks=(*CHECKS, gates),
)
