"""Refusal judges over any list of answers, without a run folder: for `refusery judge`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.errors import VotesMissing
from flows.opening import run_of
from flows.recipe import Recipe
from inference.engine import Advance, Engine
from inference.ledger import Purpose
from inference.types import Failed, Item
from moderators.refusal.keyword import KeywordJudge
from moderators.refusal.types import Judgment, RefusalJudge
from moderators.refusal.visible import visible

VERB = "judge"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A prompt and what a model made of it.

    Attributes:
        prompt: The prompt.
        answer: The answer as it came; None where there is none.
        model: Who answered, or "" where the table does not say.
        family: Who trained the model that answered; None where nobody says.
    """

    prompt: str
    answer: str | None
    model: str = ""
    family: str | None = None

    @property
    def seen(self) -> str:
        """What of the answer its reader sees; "" for no answer, which is missing, no refusal."""
        return visible(self.answer or "")


def judged_by_rules(exchanges: Sequence[Exchange]) -> list[Judgment | None]:
    """The keyword judge's judgment on each exchange; None where the answer is missing."""
    judge = KeywordJudge()
    return [judge.read(each.seen, each.family) if each.seen else None for each in exchanges]


def judged(
    engine: Engine,
    recipe: Recipe,
    judge: RefusalJudge,
    exchanges: Sequence[Exchange],
    advance: Advance | None = None,
) -> list[Judgment | None]:
    """A judge's judgment on each exchange; None where the answer is missing.

    Args:
        engine: Asks the judge.
        recipe: Whose spend it is.
        judge: The judge.
        exchanges: The exchanges.
        advance: Called with 1 for each answer that is judged.

    Raises:
        VotesMissing: The judge could not be asked; its cause is named.
        BudgetReached: The recipe's cap is reached; what was answered is kept.
    """
    asked = [(place, item, family) for place, item, family in _items(exchanges)]
    programs = [judge.judge(item, family) for _, item, family in asked]
    results = engine.run(programs, advance, Purpose(run_of(recipe, VERB), VERB)).results
    if engine.spent_out is not None:
        raise engine.spent_out
    failed = [result for result in results if isinstance(result, Failed)]
    if failed:
        causes = [*engine.troubles().values(), *engine.last_failures().values()]
        rule = f"the judge must be asked; {len(failed)} rows failed: what was answered is kept"
        raise VotesMissing(rule, causes[0] if causes else failed[0].reason)
    found: list[Judgment | None] = [None] * len(exchanges)
    for (place, _, _), result in zip(asked, results, strict=True):
        if not isinstance(result, Failed):
            found[place] = result
    return found


def _items(exchanges: Sequence[Exchange]) -> Iterator[tuple[int, Item, str | None]]:
    for place, each in enumerate(exchanges):
        if seen := each.seen:
            yield place, Item(str(place), each.prompt, "", answer=seen), each.family
