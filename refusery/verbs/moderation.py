"""Moderators over any list of texts, without a run folder, and held against true labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from artifacts.summary import Cell, Table
from base.formats import fixed
from inference.engine import Advance, Engine
from inference.ledger import Purpose
from inference.models import SHIPPED_ENCODERS
from inference.types import Failed, Item, Program
from measures.confusion import confusion
from moderators.registry import Parts, build
from moderators.types import Moderator, ModeratorPlan, Vote
from moderators.votes import Decision, decide
from people.errors import LabelsUnusableError
from pipelines.errors import VotesMissingError
from pipelines.recipe import OrBench, taxonomy_of
from pipelines.recipe.moderation import EncoderModerator
from pipelines.sources.engine import run_of
from pipelines.stages.makers import moderator_plans

LABELS: Mapping[str, bool] = {"safe": False, "harmless": False, "unsafe": True, "toxic": True}
"""The true labels that are known, and whether they are positive (unsafe)."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What one voter said of every row.

    Attributes:
        name: The moderator's name, `ensemble` or `baseline`.
        labels: `safe`, `toxic`, and for neither `abstain` or `undecided`, row by row.
    """

    name: str
    labels: tuple[str, ...]

    @property
    def flagged(self) -> list[bool]:
        """Whether each row is called toxic; what is neither is not flagged."""
        return [label == "toxic" for label in self.labels]

    @property
    def neither(self) -> int:
        """Rows called neither safe nor toxic."""
        return sum(label not in ("safe", "toxic") for label in self.labels)


def truths_of(labels: Sequence[object]) -> list[bool]:
    """The true labels as positive or negative.

    Raises:
        LabelsUnusableError: A label is none of those that are known.
    """
    for place, label in enumerate(labels, start=1):
        if str(label).strip().lower() not in LABELS:
            rule = f"column `label` must hold {', '.join(LABELS)}"
            raise LabelsUnusableError(rule, f"{str(label)[:40]} in row {place}")
    return [LABELS[str(label).strip().lower()] for label in labels]


def pooled(voters: Sequence[Verdicts], truths: Sequence[bool]) -> Table:
    """TPR, FPR and balanced accuracy of each voter over all rows; positive is unsafe."""
    rows = tuple(_rates(voter, truths) for voter in voters)
    header = ("moderator", "TPR", "FPR", "balanced accuracy", "neither", "rows")
    return Table("Against the table's labels (positive = unsafe)", header, rows)


def by_type(voters: Sequence[Verdicts], truths: Sequence[bool], types: Sequence[object]) -> Table:
    """The share that each voter flags, type by type."""
    groups: dict[tuple[str, bool], list[int]] = {}
    for place, (kind, truth) in enumerate(zip(types, truths, strict=True)):
        groups.setdefault((str(kind), truth), []).append(place)
    rows: list[tuple[Cell, ...]] = []
    for (kind, truth), places in sorted(groups.items(), key=lambda group: group[0][::-1]):
        shares = (sum(voter.flagged[place] for place in places) / len(places) for voter in voters)
        rows.append((kind, "unsafe" if truth else "safe", len(places), *map(fixed, shares)))
    header = ("type", "label", "rows", *(voter.name for voter in voters))
    return Table("Share flagged by type", header, tuple(rows))


def _rates(voter: Verdicts, truths: Sequence[bool]) -> tuple[Cell, ...]:
    found = confusion(zip(truths, voter.flagged, strict=True))
    rates = (found.tpr, found.fpr, found.balanced_accuracy)
    return (voter.name, *map(fixed, rates), voter.neither, len(truths))


ResultT = TypeVar("ResultT")
VERB = "moderate"
BASELINE = "baseline"
ENSEMBLE = "ensemble"


@dataclass(frozen=True, slots=True)
class Moderated:
    """What came of a list of texts.

    Attributes:
        votes: The moderators' votes on each text, in the recipe's order.
        decisions: What the recipe's rule makes of them.
        baseline: The baseline's vote on each text; empty where it was not asked for.
    """

    votes: tuple[tuple[Vote, ...], ...]
    decisions: tuple[Decision, ...]
    baseline: tuple[Vote, ...] = ()

    @property
    def verdicts(self) -> list[Verdicts]:
        """Every moderator's verdicts, then the ensemble's, then the baseline's."""
        found = [
            Verdicts(votes[0].model, tuple(vote.label for vote in votes))
            for votes in zip(*self.votes, strict=True)
        ]
        found.append(Verdicts(ENSEMBLE, tuple(each.label for each in self.decisions)))
        if self.baseline:
            found.append(Verdicts(BASELINE, tuple(vote.label for vote in self.baseline)))
        return found


def moderated(
    engine: Engine,
    recipe: OrBench,
    texts: Sequence[str],
    with_baseline: bool = False,
    advance: Advance | None = None,
) -> Moderated:
    """Lets a recipe's moderators vote on texts.

    Args:
        engine: Asks models and encoders.
        recipe: Its part `moderate` says who votes and by which rule.
        texts: The prompts.
        with_baseline: Whether the nearest category definition votes beside them.
        advance: Called with 1 for each text that is done.

    Raises:
        VotesMissingError: A moderator could not be asked; its cause is named.
        BudgetReachedError: The recipe's cap is reached; what was answered is kept.
    """
    taxonomy = taxonomy_of(recipe)
    plans = moderator_plans(recipe, taxonomy)
    if with_baseline:
        encoder = _encoder(recipe)
        plans = (*plans, build(BASELINE, Parts(taxonomy, encoder)))
    purpose = Purpose(run_of(recipe, VERB), VERB)
    ready = _answered(engine, purpose, [_prepared(plans)])[0]
    items = [Item(str(place), text, "") for place, text in enumerate(texts)]
    votes = _answered(engine, purpose, [_votes(ready, item) for item in items], advance)
    own = [row[:-1] if with_baseline else row for row in votes]
    part = recipe.moderate
    return Moderated(
        votes=tuple(own),
        decisions=tuple(decide(row, part.rule, part.weights) for row in own),
        baseline=tuple(row[-1] for row in votes) if with_baseline else (),
    )


def _encoder(recipe: OrBench) -> str:
    found = [each for each in recipe.moderate.moderators if isinstance(each, EncoderModerator)]
    return found[0].encoder if found else SHIPPED_ENCODERS[0]


def _prepared(plans: Sequence[ModeratorPlan]) -> Program[tuple[Moderator, ...]]:
    ready: list[Moderator] = []
    for plan in plans:
        ready.append((yield from plan.prepare()))
    return tuple(ready)


def _votes(ready: Sequence[Moderator], item: Item) -> Program[tuple[Vote, ...]]:
    votes: list[Vote] = yield [moderator.vote(item) for moderator in ready]
    return tuple(votes)


def _answered(
    engine: Engine,
    purpose: Purpose,
    programs: Sequence[Program[ResultT]],
    advance: Advance | None = None,
) -> list[ResultT]:
    """The programs' results; what could not be had ends the command, as there is no resume."""
    results = engine.run(programs, advance, purpose).results
    if engine.spent_out is not None:
        raise engine.spent_out
    failed = [result for result in results if isinstance(result, Failed)]
    if failed:
        causes = [*engine.troubles().values(), *engine.last_failures().values()]
        rule = (
            f"every moderator must be asked; {len(failed)} rows failed: what was answered is kept"
        )
        raise VotesMissingError(rule, causes[0] if causes else failed[0].reason)
    return [result for result in results if not isinstance(result, Failed)]
