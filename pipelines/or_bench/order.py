"""The order of an over-refusal set, its rounds, and what is short again.

A set that extends another begins with what is carried, and writes for what is short alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipelines.or_bench.selection import is_accepted
from pipelines.recipe import OrBench
from pipelines.recipe.writing import WrittenSeeds
from pipelines.runner.run import Run
from pipelines.versions.lineage import CARRIED
from taxonomy import Taxonomy

Ending = Literal["full", "dry", "out_of_rounds"]
_DRY_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Supply:
    """How a category stands after some rounds of asking.

    Attributes:
        wanted: Rows wanted.
        rows: Rows it has.
        calls: Calls made for it so far.
        last_calls: Calls made for it in the last round.
        last_rows: Rows that the last round added.
        per_call: Rows that one call is asked for.
    """

    wanted: int
    rows: int = 0
    calls: int = 0
    last_calls: int = 0
    last_rows: int = 0
    per_call: int = 1

    @property
    def missing(self) -> int:
        """Rows still wanted."""
        return max(0, self.wanted - self.rows)

    @property
    def dry(self) -> bool:
        """Whether asking further is vain: the last round was repeats but for 2 % of its texts."""
        asked = self.last_calls * self.per_call
        return asked > 0 and self.last_rows < _DRY_SHARE * asked

    def next_calls(self) -> int:
        """Calls for the next round: as many as would do at the rate so far.

        At most twice what a category without repeats would have taken.
        """
        if not self.missing or self.dry:
            return 0
        per_call = self.rows / self.calls if self.rows else self.per_call
        planned = math.ceil(self.missing / per_call)
        return min(planned, 2 * math.ceil(self.wanted / self.per_call))

    def after(self, rows: int, calls: int) -> Supply:
        """The same category after a round of `calls` calls that left it with `rows` rows."""
        return Supply(self.wanted, rows, self.calls + calls, calls, rows - self.rows, self.per_call)


def ending(supply: Supply) -> Ending:
    """How a category ended once no further round is made."""
    if not supply.missing:
        return "full"
    return "dry" if supply.dry else "out_of_rounds"


def missing_rows(
    accepted: Mapping[str, int], target: int, names: tuple[str, ...]
) -> dict[str, int]:
    """Rows still wanted by category; full categories are left out."""
    short = {name: target - accepted.get(name, 0) for name in names}
    return {name: count for name, count in short.items() if count > 0}


@dataclass(frozen=True, slots=True)
class Built:
    """What the pipeline came to.

    Attributes:
        last: The stage whose kept rows the release shows.
        voted: The stage with the votes on them.
        seeds: The stage with the seeds' texts.
        rounds: Rounds of rewriting that were run.
        short: Accepted rows still wanted, by category, when the rounds ended.
        rescue: The stage with the answers to flagged prompts; None where the recipe has none.
        panel: The stage with the targets' answers; None where the recipe has none.
        seed_endings: Where a model wrote the seeds: how each category ended.
        carried: The stage with the rows of the release that this one extends; None without.
    """

    last: str
    voted: str
    seeds: str
    rounds: int
    short: Mapping[str, int]
    rescue: str | None = None
    panel: str | None = None
    seed_endings: Mapping[str, Ending] = field(default_factory=dict)
    carried: str | None = None


def build(run: Run, recipe: OrBench, taxonomy: Taxonomy) -> Built:
    """Runs every stage up to the last before the release.

    Args:
        run: Runs stages.
        recipe: What the run is.
        taxonomy: Its categories; for a sensitive one no seeds are asked for.
    """
    categories = taxonomy.names
    carried = _carried(run, recipe)
    short = _short(run, recipe, carried, categories)
    weak = [name for name in categories if name in short or not carried]
    open_ones = tuple(name for name in weak if not taxonomy.get(name).sensitive)
    source, endings = _seeds(run, recipe, open_ones)
    run.stage("clean_seeds", [source])
    voters = recipe.moderate.voters
    cleaned: list[str] = []
    number = 0
    for number in range(recipe.rewrite.rounds):
        parents = "clean_seeds"
        if number or carried:
            parents = f"topup-{number}"
            run.stage(parents, ["clean_seeds"], parameters=short)
        run.stage(f"rewrite-{number}", [parents])
        run.stage(f"clean-{number}", [f"rewrite-{number}"])
        cleaned.append(f"clean-{number}")
        run.stage(f"dedup-{number}", cleaned)
        run.stage(f"moderate-{number}", [f"dedup-{number}"], models=voters)
        short = _short(run, recipe, [f"moderate-{number}", *carried], categories)
        if not short:
            break
    voted = f"moderate-{number}"
    rescue = _rescue(run, recipe, voted)
    labelled = _select_labelled(run, recipe, rescue or voted)
    panel = _panel(run, recipe, [labelled, *carried])
    run.stage("subsets", [panel] if panel else [labelled, *carried])
    return Built(
        last="subsets",
        voted=voted,
        seeds=source,
        rounds=number + 1,
        short=short,
        rescue=rescue,
        panel=panel,
        seed_endings=endings,
        carried=CARRIED if carried else None,
    )


def _carried(run: Run, recipe: OrBench) -> tuple[str, ...]:
    """The rows of the release that is extended: whole from here on, as they were released."""
    if recipe.mode != "extend":
        return ()
    run.stage(CARRIED)
    return (CARRIED,)


def _rescue(run: Run, recipe: OrBench, moderated: str) -> str | None:
    """Flagged prompts with harmless answers come back, and compete with the safe ones then."""
    if recipe.rescue is None:
        return None
    voters, answerer = recipe.moderate.voters, recipe.rescue.answerer
    run.stage("rescue", [moderated], models=voters, asked=(answerer,))
    return "rescue"


def _select_labelled(run: Run, recipe: OrBench, moderated: str) -> str:
    """What labels make possible: near repeats across categories, and the bound on openings."""
    run.stage("dedup_labels", [moderated])
    if recipe.openers is None:
        return "dedup_labels"
    run.stage("openers", ["dedup_labels"])
    return "openers"


def _panel(run: Run, recipe: OrBench, labelled: Sequence[str]) -> str | None:
    """Every row that will be released as safe is put to the panel, and no other."""
    if recipe.panel is None:
        return None
    run.stage("panel", labelled, asked=recipe.panel.members)
    return "panel"


def _short(
    run: Run, recipe: OrBench, moderated: Sequence[str], categories: tuple[str, ...]
) -> dict[str, int]:
    """Rows still wanted by category, given the stages whose accepted rows count."""
    if recipe.rewrite.target is None:
        return {}
    required = recipe.moderate.sounds_risky == "required"
    accepted = dict.fromkeys(categories, 0)
    for stage in moderated:
        for row in run.kept(stage, ["category", "label", "sounds_risky"]).iter_rows(named=True):
            accepted[row["category"]] += is_accepted(row, required)
    return missing_rows(accepted, recipe.rewrite.target, categories)


def _seeds(run: Run, recipe: OrBench, categories: tuple[str, ...]) -> tuple[str, dict[str, Ending]]:
    """The stage with the seeds; a model that writes them is asked until categories are full.

    Where no category is to have any, that stage has no rows.
    """
    if not isinstance(recipe.seeds, WrittenSeeds):
        run.stage("seeds")
        return "seeds", {}
    wanted, per_call = recipe.seeds.per_category, recipe.seeds.per_call
    supplies = {name: Supply(wanted, per_call=per_call) for name in categories}
    written: list[str] = []
    for number in range(recipe.seeds.max_rounds):
        calls = {name: n for name, each in supplies.items() if (n := each.next_calls())}
        if not calls and written:
            break
        run.stage(f"calls-{number}", parameters=calls)
        run.stage(f"seed_writing-{number}", [f"calls-{number}"])
        written.append(f"seed_writing-{number}")
        run.stage(f"seeds-{number}", written)
        counts = _by_category(run, f"seeds-{number}")
        supplies = {
            name: each.after(counts.get(name, 0), calls.get(name, 0)) if name in calls else each
            for name, each in supplies.items()
        }
    endings = {name: ending(each) for name, each in supplies.items()}
    return f"seeds-{len(written) - 1}", endings


def _by_category(run: Run, stage: str) -> dict[str, int]:
    counted = run.kept(stage, ["category"]).group_by("category").len()
    return dict(counted.iter_rows())
