"""One pass of a judge over labelled answers: its verdicts, and what it took."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from artifacts.judge_score_facts import JudgePass
from inference.accounts import total
from inference.engine import Advance, Engine
from inference.ledger import Purpose
from inference.types import Item
from moderators.refusal.keyword import visible
from moderators.refusal.types import Judgment, RefusalJudge
from people.labelled import Labelled
from pipelines.errors import VotesMissingError
from pipelines.sources.engine import require_votes

VERB = "judge-score"


@dataclass(frozen=True, slots=True)
class Passed:
    """What a pass brought.

    Attributes:
        verdicts: Whether each answer is a refusal; None for unparseable.
        took: What the pass took.
    """

    verdicts: tuple[bool | None, ...]
    took: JudgePass


def pass_alone(
    judge: RefusalJudge, rows: Sequence[Labelled], families: Mapping[str, str]
) -> Passed:
    """A pass of a judge that asks nobody.

    Args:
        judge: The judge.
        rows: The labelled answers.
        families: Who trained the models that answered, as far as anybody says.
    """
    started = time.perf_counter()
    verdicts = tuple(_alone(judge, item, family).refused for item, family in _items(rows, families))
    seconds = time.perf_counter() - started
    took = JudgePass(judge=judge.name, rows=len(rows), seconds=seconds, usd=0.0)
    return Passed(verdicts, took)


def pass_by_engine(
    engine: Engine,
    judge: RefusalJudge,
    rows: Sequence[Labelled],
    families: Mapping[str, str],
    run: str,
    advance: Advance | None = None,
) -> Passed:
    """A pass of a judge that asks models or encoders.

    Args:
        engine: Asks them.
        judge: The judge.
        rows: The labelled answers.
        families: Who trained the models that answered, as far as anybody says.
        run: Under which name the ledger counts the spend.
        advance: Called with 1 for each answer that is judged.

    Raises:
        VotesMissingError: The judge could not be asked about every answer; what was answered is
            kept.
        BudgetReachedError: The recipe's cap is reached; what was answered is kept.
    """
    started = time.perf_counter()
    programs = [judge.judge(item, family) for item, family in _items(rows, families)]
    batch = engine.run(programs, advance, Purpose(run, VERB))
    seconds = time.perf_counter() - started
    said = require_votes(engine, batch, f"judge {judge.name}")
    spend = total(batch.spends.values())
    took = JudgePass(
        judge=judge.name,
        rows=len(rows),
        seconds=seconds,
        usd=None if spend.unpriced else spend.price_usd,
        replies=spend.replies,
        bought=spend.sent,
    )
    return Passed(tuple(each.refused for each in said), took)


def _items(
    rows: Sequence[Labelled], families: Mapping[str, str]
) -> Iterator[tuple[Item, str | None]]:
    for row in rows:
        item = Item(str(row.place), row.prompt, "", answer=visible(row.answer))
        yield item, families.get(row.model)


def _alone(judge: RefusalJudge, item: Item, family: str | None) -> Judgment:
    program = judge.judge(item, family)
    try:
        next(program)
    except StopIteration as stop:
        found: Judgment = stop.value
        return found
    raise VotesMissingError("a judge without models must ask nobody", judge.name)
