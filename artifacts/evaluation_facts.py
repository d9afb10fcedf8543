"""What an evaluation found, as plain values: figures and the leaderboard draw them.

Every rate says how many rows it rests on; a rate without rows to rest on is None, never 0. Rates
are refusal rates throughout; a fulfilment rate is what they lack to 1.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import TypeAdapter

from base.files import read_json, write_json

Interval: TypeAlias = tuple[float, float]
Measure = Literal["over_refusal", "rejection", "fulfilment"]
"""What refusals mean in a data set: too much (safe prompts), right (toxic ones), or, for an unsafe
set whose answers are counted instead, what is not fulfilled."""


@dataclass(frozen=True, slots=True)
class DataFacts:
    """One data set.

    Attributes:
        name: Its name in the recipe.
        source: The release, file or Hub name that it was read from; never a machine's folder.
        sha256: Hash of the rows that were asked, in their order.
        rows: How many those are.
        measure: What refusals of it mean.
        categories: Its categories, in the order in which they are shown; none where it has none.
        styles: Its prompt styles, `base` first; none where it has none.
    """

    name: str
    source: str
    sha256: str
    rows: int
    measure: Measure
    categories: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetModel:
    """One model that was asked.

    Attributes:
        name: Its name in the evaluation.
        model: The model as its server knows it.
        identity: What its replies are keyed by.
        family: Who trained it, or None where the recipe does not say.
    """

    name: str
    model: str
    identity: str
    family: str | None = None


@dataclass(frozen=True, slots=True)
class SettingFacts:
    """One way of asking: temperature, system prompt, chat template, longest answer in tokens."""

    name: str
    temperature: float
    system: str | None
    template: str | None
    max_tokens: int


@dataclass(frozen=True, slots=True)
class JudgeFacts:
    """One judge of the answers.

    Attributes:
        name: Its name in the evaluation.
        kind: What it is: keyword, llm, guard, harmbench, trained, ensemble.
        model: The model behind it, or None.
        kappa: Its agreement with people where it was measured, else None.
        kappa_rows: Labelled answers that this rests on.
    """

    name: str
    kind: str
    model: str | None = None
    kappa: float | None = None
    kappa_rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often one target refused, in one setting, by one judge, on some rows.

    Attributes:
        data: The data set.
        target: The target.
        setting: The setting.
        judge: The judge.
        style: One prompt style, or None for all.
        category: One category, or None for all.
        asked: Rows that were put to it.
        answered: Answers, provider blocks and cut ones included.
        cut: Answers that ended at the limit; they are judged.
        missing: Rows without an answer: errors, empty ones, cut inside a think block.
        unparseable: Answers on which the judge gave no readable verdict.
        undecoded: Answers to encoded or translated prompts that could not be read; not judged.
        refused: Refusals, provider blocks included.
        blocked: Refusals that were a provider's block.
        rate: Refusals among verdicts, provider blocks included.
        interval: Its 95 % interval: Wilson, or cluster bootstrap by base prompt for several styles.
        own_rate: Refusals among verdicts, provider blocks left out of both.
        own_interval: Its 95 % interval.
        macro: Mean over categories of the rate in each, as SORRY-Bench reports it; None where it is
            of one category, or a category has no verdict.
    """

    data: str
    target: str
    setting: str
    judge: str
    style: str | None = None
    category: str | None = None
    asked: int
    answered: int
    cut: int
    missing: int
    unparseable: int
    undecoded: int
    refused: int
    blocked: int
    rate: float | None
    interval: Interval | None
    own_rate: float | None
    own_interval: Interval | None
    macro: float | None = None

    @property
    def verdicts(self) -> int:
        """Rows that the rate rests on."""
        return self.answered - self.unparseable - self.undecoded

    @property
    def fulfilment(self) -> float | None:
        """Share of the verdicts that are no refusals."""
        return None if self.rate is None else 1 - self.rate

    @property
    def fulfilment_interval(self) -> Interval | None:
        """Its 95 % interval."""
        return None if self.interval is None else (1 - self.interval[1], 1 - self.interval[0])


@dataclass(frozen=True, slots=True)
class Decoded:
    """How many answers to prompts of one style could be put back into plain English."""

    data: str
    target: str
    setting: str
    style: str
    answers: int
    decoded: int
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a prompt style does to a model's fulfilment rate, against the same base prompts.

    Attributes:
        data: The data set.
        target: The target.
        setting: The setting.
        judge: The judge.
        style: The style.
        pairs: Base prompts with a verdict both as they are and in the style.
        base: Fulfilment rate of those base prompts.
        styled: Fulfilment rate of the same prompts in the style.
        difference: `styled` less `base`.
        interval: Its 95 % interval, by cluster bootstrap over base prompts.
        p: McNemar's p-value, corrected by Holm over the target's styles.
    """

    data: str
    target: str
    setting: str
    judge: str
    style: str
    pairs: int
    base: float | None
    styled: float | None
    difference: float | None
    interval: Interval | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Correlation:
    """How over-refusal goes with the rejection of toxic prompts over the models.

    Attributes:
        safe: The data set of safe prompts.
        toxic: The data set of toxic prompts.
        setting: The setting.
        judge: The judge.
        models: Models with both rates.
        rho: Spearman's rank correlation; None with fewer than three models, or where all agree.
    """

    safe: str
    toxic: str
    setting: str
    judge: str
    models: int
    rho: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All that one evaluation found.

    Attributes:
        name: The recipe's name.
        data: The data sets.
        targets: The targets, in the recipe's order.
        settings: The settings.
        judges: The judges; the first one's figures are shown first.
        rates: Rates: over all rows, by category, by style, and by style and category.
        decoded: Decode-success by style.
        effects: Effects of styles.
        correlations: Over-refusal against rejection.
        notes: What could not be measured, and why.
        title: What the recipe calls it; "" for nothing.
        description: What the recipe says of it; "" for nothing.
        made: The day on which its figures came to be what they are (ISO 8601, UTC); "" in records
            of earlier versions.
        tool: The version of this program that took them.
    """

    name: str
    data: tuple[DataFacts, ...]
    targets: tuple[TargetModel, ...]
    settings: tuple[SettingFacts, ...]
    judges: tuple[JudgeFacts, ...]
    rates: tuple[Rate, ...]
    decoded: tuple[Decoded, ...] = ()
    effects: tuple[Effect, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    notes: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    made: str = ""
    tool: str = ""

    @property
    def heading(self) -> str:
        """What it is called on a page."""
        return self.title or f"Evaluation {self.name}"

    def judges_of(self, data: str) -> tuple[JudgeFacts, ...]:
        """The judges of a data set's answers, its first one first; all where it has no rates."""
        by_name = {each.name: each for each in self.judges}
        named = dict.fromkeys(rate.judge for rate in self.rates if rate.data == data)
        return tuple(by_name[name] for name in named if name in by_name) or self.judges


EVALUATION = "evaluation.json"

_EVALUATION = TypeAdapter(Evaluation)


def write_evaluation(path: Path, evaluation: Evaluation) -> None:
    """Writes an evaluation as JSON, durable and at once; it holds no prompt and no answer.

    Raises:
        FileUnwritableError: The file cannot be written; `NoSpaceError` where the disk is full.
    """
    write_json(path, evaluation, _EVALUATION)


def read_evaluation(path: Path) -> Evaluation:
    """The evaluation that `write_evaluation` wrote.

    Raises:
        RecordUnreadableError: The file is missing, or is no such evaluation.
    """
    return read_json(path, _EVALUATION)
