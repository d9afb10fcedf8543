"""From labelled answers and judges to the figures of each judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from artifacts.judge_score_facts import JudgePass, JudgeScore, JudgeScores
from evaluation.judging.choice import Chosen, trained_on
from evaluation.judging.passes import VERB, Passed, pass_alone, pass_by_engine
from evaluation.judging.scores import scores
from evaluation.judging.splits import Split
from evaluation.judging.verdicts import families_of
from inference.encoders import Encoder
from inference.engine import Advance, Engine
from inference.ledger import Ledger
from inference.models import EncoderSpec
from inference.providers.opening import provide
from moderators.refusal.keyword import KeywordJudge
from people.consensus import DRAWS, people
from people.errors import LabelsUnusableError
from people.labelled import Labelled, LabelledSet
from pipelines.recipe import Recipe
from pipelines.sources.engine import open_engine, require_payable, run_of

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
) -> Iterator[tuple[Chosen, Passed]]:
    """One pass after the other, so that each one's seconds are its own."""
    families, run = families_of(means.recipe), VERB
    if means.recipe is not None:
        run = run_of(means.recipe, VERB)
        asked = {model for each in judges for model in each.models}
        if asked:
            require_payable(means.recipe, asked)
    with ExitStack() as stack:
        engine: Engine | None = None
        for each in judges:
            if not each.asks:
                yield each, pass_alone(each.judge, rows, families)
                continue
            engine = engine or stack.enter_context(_engine(means, run))
            advance = means.watch(each.judge.name, len(rows)) if means.watch else None
            yield each, pass_by_engine(engine, each.judge, rows, families, run, advance)


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
