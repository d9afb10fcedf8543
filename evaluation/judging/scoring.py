"""Judges over labelled answers: one pass each, and the figures of each beside the people."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from artifacts.judge_score_facts import JudgePass, JudgeScore, JudgeScores, Part
from evaluation.judging.choice import Chosen, trained_on
from evaluation.judging.splits import Split
from evaluation.judging.verdicts import families_of
from inference.accounts import Advance, total
from inference.encoders import Encoder
from inference.engine import Engine
from inference.ledger import Ledger, Purpose
from inference.models import EncoderSpec
from inference.providers.opening import provide
from inference.thoughts import visible
from inference.types import Item
from moderators.refusal.keyword import KeywordJudge
from moderators.refusal.types import Judgment, RefusalJudge
from people.consensus import DRAWS, compared, people
from people.errors import LabelsUnusableError
from people.labelled import Labelled, LabelledSet
from pipelines.errors import VotesMissingError
from pipelines.recipe import Recipe
from pipelines.sources.engine import open_engine, require_payable, require_votes, run_of

VERB = "judge-score"
Watch = Callable[[str, int], Advance | None]
"""Told a judge's name and its number of answers before it begins; gives what counts them."""


@dataclass(frozen=True, slots=True)
class Means:
    """What judges are asked with.

    Attributes:
        recipe: Whose models may be asked, or None.
        cache: Where ledger and embeddings are kept.
        seed: Seed of the intervals.
        watch: Who is told how far it is, or None.
    """

    recipe: Recipe | None
    cache: Path
    seed: int = 7
    watch: Watch | None = None


def score_judges(
    labelled: LabelledSet, split: Split | None, judges: Sequence[Chosen], means: Means
) -> tuple[JudgeScores, dict[str, tuple[bool | None, ...]]]:
    """Has every judge judge the labelled answers, and holds it against people.

    Args:
        labelled: The answers.
        split: Which of them are scored; None for all.
        judges: The judges.
        means: What they are asked with.

    Returns:
        The figures, and every judge's verdicts in the order of the scored answers.

    Raises:
        LabelsUnusableError: A judge needs prompts, and there are none.
        KeyMissingError: A judge's key is not in the environment.
        PriceUnknownError: Nobody says what a judge costs.
        VotesMissingError: A judge could not be asked; what was answered is kept.
    """
    rows = labelled.rows if split is None else split.test
    _require_prompts(labelled, judges)
    passes: list[JudgePass] = []
    found: list[JudgeScore] = []
    verdicts: dict[str, tuple[bool | None, ...]] = {}
    for chosen, passed in _passes(rows, judges, means):
        known = tuple(each for each in labelled.models if each in trained_on(chosen.folder))
        passes.append(replace(passed.took, trained_on=known))
        found.extend(scores(chosen.judge.name, rows, passed.verdicts, means.seed))
        verdicts[chosen.judge.name] = passed.verdicts
    return JudgeScores(
        source=labelled.name,
        sha256=labelled.sha256,
        truth=labelled.truth,
        rows=labelled.total,
        left_out=dict(labelled.left_out),
        split=None if split is None else split.facts,
        seed=means.seed,
        draws=DRAWS,
        scores=tuple(found),
        passes=tuple(passes),
        people=people(labelled.annotators, labelled.votes, labelled.vote_clusters, means.seed),
        notes=tuple(_notes(labelled, passes)),
    ), verdicts


def _passes(
    rows: Sequence[Labelled], judges: Sequence[Chosen], means: Means
) -> "Iterator[tuple[Chosen, Passed]]":
    """One pass after the other, so that each one's seconds are its own."""
    families, run = families_of(means.recipe), VERB
    allowed = None if means.recipe is None else means.recipe.max_missing
    if means.recipe is not None:
        run = run_of(means.recipe, VERB)
        asked = {model for each in judges for model in each.models}
        if asked:
            require_payable(means.recipe, asked)
    with ExitStack() as stack:
        engine: Engine | None = None
        for each in judges:
            if not each.asks:
                yield each, _pass_alone(each.judge, rows, families)
                continue
            engine = engine or stack.enter_context(_engine(means, run))
            advance = means.watch(each.judge.name, len(rows)) if means.watch else None
            yield each, _pass_by_engine(engine, each.judge, rows, families, run, advance, allowed)


def _engine(means: Means, run: str) -> Engine:
    ledger, embeddings = means.cache / "ledger.sqlite", means.cache / "embeddings"
    if means.recipe is not None:
        return open_engine(means.recipe, ledger, embeddings, run)
    # without a recipe no model can be asked: what is left are the shipped encoders
    return Engine({}, Ledger(ledger), provide, lambda name: Encoder(EncoderSpec(name), embeddings))


def _require_prompts(labelled: LabelledSet, judges: Sequence[Chosen]) -> None:
    needing = [each.judge.name for each in judges if each.judge.name != KeywordJudge.name]
    if needing and not labelled.has_prompts:
        rule = f"judge {needing[0]} must be shown prompts: --prompts, or a column with them"
        raise LabelsUnusableError(rule, f"none in {labelled.name}")


def _notes(labelled: LabelledSet, passes: Sequence[JudgePass]) -> Iterator[str]:
    if redacted := labelled.left_out.get("redacted", 0):
        yield (
            f"{redacted:,} answers are redacted in the file; they are left out, so that figures "
            "differ from those that were taken before the redaction"
        )
    if ties := labelled.left_out.get("tie", 0):
        yield f"{ties:,} answers are called a refusal by as many people as not; they are left out"
    for each in passes:
        if 0 < each.replies != each.bought:
            yield (
                f"{each.judge}: {each.replies - each.bought:,} of {each.replies:,} replies were in "
                "the ledger, so that its seconds are not those of a first pass"
            )
        if each.trained_on:
            names = ", ".join(each.trained_on)
            yield f"{each.judge} was trained on answers of {names}: no unseen models"


@dataclass(frozen=True, slots=True)
class Passed:
    """What a pass brought.

    Attributes:
        verdicts: Whether each answer is a refusal; None for unparseable.
        took: What the pass took.
    """

    verdicts: tuple[bool | None, ...]
    took: JudgePass


def _pass_alone(
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


def _pass_by_engine(
    engine: Engine,
    judge: RefusalJudge,
    rows: Sequence[Labelled],
    families: Mapping[str, str],
    run: str,
    advance: Advance | None = None,
    max_missing: int | None = None,
) -> Passed:
    """A pass of a judge that asks models or encoders.

    Args:
        engine: Asks them.
        judge: The judge.
        rows: The labelled answers.
        families: Who trained the models that answered, as far as anybody says.
        run: Under which name the ledger counts the spend.
        advance: Called with 1 for each answer that is judged.
        max_missing: As the recipe has it.

    Raises:
        VotesMissingError: The judge could not be asked about every answer; what was answered is
            kept.
        BudgetReachedError: The recipe's cap is reached; what was answered is kept.
    """
    started = time.perf_counter()
    programs = [judge.judge(item, family) for item, family in _items(rows, families)]
    batch = engine.run(programs, advance, Purpose(run, VERB))
    seconds = time.perf_counter() - started
    said = require_votes(engine, batch, f"judge {judge.name}", max_missing)
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


def scores(
    judge: str, rows: Sequence[Labelled], verdicts: Sequence[bool | None], seed: int
) -> Iterator[JudgeScore]:
    """The judge's figures: all rows, then base and mutated ones apart; pooled, then by model.

    Args:
        judge: The judge's name.
        rows: The labelled answers.
        verdicts: Whether the judge calls each a refusal; None for unparseable.
        seed: Seed of the intervals.
    """
    pairs = list(zip(rows, verdicts, strict=True))
    models = sorted({row.model for row in rows if row.model})
    for part, places in _parts(rows):
        yield _score(judge, part, None, [pairs[place] for place in places], seed)
        if len(models) > 1:
            for model in models:
                own = [pairs[place] for place in places if pairs[place][0].model == model]
                if own:
                    yield _score(judge, part, model, own, seed)


def _parts(rows: Sequence[Labelled]) -> Iterator[tuple[Part, list[int]]]:
    yield "all", list(range(len(rows)))
    base = [place for place, row in enumerate(rows) if row.is_base]
    if 0 < len(base) < len(rows):
        yield "base", base
        yield "mutated", [place for place, row in enumerate(rows) if not row.is_base]


def _score(
    judge: str,
    part: Part,
    model: str | None,
    pairs: Sequence[tuple[Labelled, bool | None]],
    seed: int,
) -> JudgeScore:
    rows = [row for row, _ in pairs]
    found = compared(
        [row.refused for row in rows],
        [verdict for _, verdict in pairs],
        [row.cluster for row in rows],
    )
    return JudgeScore(
        judge=judge,
        part=part,
        model=model,
        rows=found.rows,
        prompts=found.clusters,
        refusals=found.positives,
        unparseable=found.neither,
        kappa=found.kappa(),
        kappa_interval=found.kappa_interval(seed),
        strict_kappa=found.kappa(strict=True),
        strict_interval=found.kappa_interval(seed, strict=True),
        agreement=found.agreement,
        refusal_recall=found.recall(True),
        refusal_interval=found.recall_interval(True, seed),
        fulfilment_recall=found.recall(False),
        fulfilment_interval=found.recall_interval(False, seed),
    )
