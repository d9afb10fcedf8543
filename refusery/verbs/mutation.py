"""Mutations of any list of texts, without a run folder: for `refusery mutate`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks.identity import content_id
from evaluation.judging.verdicts import answered
from inference.engine import Advance, Engine
from inference.ledger import Purpose
from inference.types import Failed, Item, Program, Written
from pipelines.recipe import SorryBench
from pipelines.recipe.base_set import Mutate
from pipelines.sorry_bench.mutate import STOPPED
from pipelines.sorry_bench.styles import Maker, asked_models, is_written, makers
from pipelines.sources.engine import run_of

VERB = "mutate"


@dataclass(frozen=True, slots=True)
class Mutating:
    """Which styles are to be made, and how.

    Attributes:
        recipe: Whose models write; of one that no file stands for none does.
        part: Its part `mutate`, with the styles that are wanted.
    """

    recipe: SorryBench
    part: Mutate

    @property
    def written(self) -> tuple[str, ...]:
        """The styles that a model writes."""
        return tuple(style for style in self.part.wanted if is_written(self.part, style))

    @property
    def models(self) -> tuple[str, ...]:
        """The models that will be asked, each once."""
        return asked_models(self.part, self.part.wanted)


@dataclass(frozen=True, slots=True)
class Mutated:
    """What came of one text in one style.

    Attributes:
        text: The text; of a dropped one the last that was tried, None where there was none.
        reason: Why it is dropped, None where it is kept: that of the last attempt.
        asks: How often the writer was asked for it.
        failed: Whether it is out for want of a reply.
    """

    text: str | None
    reason: str | None = None
    asks: int = 0
    failed: bool = False

    @property
    def status(self) -> str:
        """`kept`, `dropped` or `failed`."""
        return "failed" if self.failed else "dropped" if self.reason else "kept"


@dataclass(frozen=True, slots=True)
class StyleTexts:
    """What came of a table in one style.

    Attributes:
        style: The prompt style.
        made_by: The model that wrote it, `rules`, or how it is encoded.
        texts: One for each row of the table, in its order.
    """

    style: str
    made_by: str
    texts: tuple[Mutated, ...]

    @property
    def stopped(self) -> bool:
        """Whether the style was given up after its first rows."""
        return any(each.reason == STOPPED for each in self.texts)


def mutated(
    wanted: Mutating,
    texts: Sequence[str],
    engine: Engine | None = None,
    advance: Advance | None = None,
) -> tuple[StyleTexts, ...]:
    """Makes each text in each style; equal texts become equal mutations, wherever they stand.

    Args:
        wanted: The styles, and how they are made.
        texts: The base texts.
        engine: Asks the models; needed where one writes.
        advance: Called with the number of written rows that are done.

    Raises:
        TextsMissingError: A model could not be asked; its cause is named.
        BudgetReachedError: The recipe's cap is reached; what was answered is kept.
        ValueError: A model must write, and there is no engine.
    """
    items = [Item(content_id(text), text, "") for text in texts]
    every = makers(wanted.recipe, wanted.part)
    asking = [maker for maker in every if maker.style in wanted.written]
    found: dict[str, list[Mutated]] = {}
    if asking:
        if engine is None:
            raise ValueError("written styles must have an engine")
        found = _written(engine, wanted, asking, items, advance)
    return tuple(
        StyleTexts(
            maker.style,
            maker.encoding or maker.writer,
            tuple(found.get(maker.style) or [_alone(maker.make(item)) for item in items]),
        )
        for maker in every
    )


def _alone(program: Program[Written]) -> Mutated:
    """What a program gives that asks nobody."""
    try:
        next(program)
    except StopIteration as end:
        return _mutated(end.value)
    raise TypeError("what rules make must ask nobody")


def _written(
    engine: Engine,
    wanted: Mutating,
    asking: Sequence[Maker],
    items: Sequence[Item],
    advance: Advance | None,
) -> dict[str, list[Mutated]]:
    """All styles' first rows together, then the rest of those of which anything was kept."""
    purpose = Purpose(run_of(wanted.recipe, VERB), VERB)
    pilot, later = items[: wanted.part.pilot], items[wanted.part.pilot :]
    asks = (maker.make(item) for maker in asking for item in pilot)
    allowed = wanted.recipe.max_failed
    first = iter(answered(engine, purpose, asks, advance, allowed))
    found = {maker.style: [_mutated(next(first)) for _ in pilot] for maker in asking}
    going = [
        maker for maker in asking if any(row.status != "dropped" for row in found[maker.style])
    ]
    allowed -= sum(row.failed for rows in found.values() for row in rows)
    asks = (maker.make(item) for maker in going for item in later)
    rest = iter(answered(engine, purpose, asks, advance, allowed))
    for maker in asking:
        if maker in going:
            found[maker.style] += [_mutated(next(rest)) for _ in later]
        else:
            found[maker.style] += [Mutated(None, STOPPED) for _ in later]
            if advance is not None:
                advance(len(later))
    return found


def _mutated(written: Written | Failed) -> Mutated:
    if isinstance(written, Failed):
        return Mutated(None, written.reason, failed=True)
    if written.kept:
        return Mutated(written.kept[0].text, None, written.asks)
    text = written.dropped[-1].text if written.dropped else None
    return Mutated(text, _last_reason(written), written.asks)


def _last_reason(written: Written) -> str | None:
    """Why the last attempt was of no use."""
    if not written.unusable:
        return written.dropped[-1].reason
    last = f"{written.asks - 1}."
    if written.dropped and written.dropped[-1].position.startswith(last):
        return written.dropped[-1].reason
    return written.unusable[-1]
