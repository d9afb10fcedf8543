"""Moderators over any list of texts, without a run folder: for `refusery moderate`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from flows.errors import VotesMissing
from flows.opening import run_of
from flows.recipe import OrBench, taxonomy_of
from flows.recipe.moderate import EncoderModerator
from flows.recipe.rewrite import SHIPPED_ENCODERS
from flows.stages.makers import moderator_plans
from flows.verbs.scoring import Verdicts
from inference.engine import Advance, Engine
from inference.ledger import Purpose
from inference.types import Failed, Item, Program
from moderators.registry import Parts, build
from moderators.types import Moderator, ModeratorPlan, Vote
from moderators.votes import Decision, decide

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
        VotesMissing: A moderator could not be asked; its cause is named.
        BudgetReached: The recipe's cap is reached; what was answered is kept.
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
        raise VotesMissing(rule, causes[0] if causes else failed[0].reason)
    return [result for result in results if not isinstance(result, Failed)]
