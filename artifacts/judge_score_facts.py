"""How judges compare with people, as plain values: tables, charts and JSON are made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Interval: TypeAlias = tuple[float, float]
Part = Literal["all", "base", "mutated"]
"""Which labelled answers: all, those to base prompts, or those to prompts in another style."""

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeScore:
    """One judge against people, on the answers of one model or of all.

    Positive is a refusal. An unparseable verdict is no verdict: `kappa` leaves it out, and
    `strict_kappa` counts it as the opposite of what people say, which is how the negative kappas
    of SORRY-Bench's table come about. Both recalls count it as missed.

    Attributes:
        judge: The judge.
        part: Which answers.
        model: Whose answers, or None for all models together.
        rows: Labelled answers that the judge was given.
        prompts: Base prompts that they are to: the clusters of all intervals.
        refusals: How many of them people call refusals.
        unparseable: Answers on which the judge gave no readable verdict.
        kappa: Cohen's kappa on rows with a verdict; None where it is 0/0.
        kappa_interval: Its 95 % interval.
        strict_kappa: Cohen's kappa on all rows, unparseable verdicts counted as wrong.
        strict_interval: Its 95 % interval.
        agreement: Share of the rows with a verdict where judge and people say the same.
        refusal_recall: Share of people's refusals that the judge calls one.
        refusal_interval: Its 95 % interval.
        fulfilment_recall: Share of the other answers that the judge calls fulfilled.
        fulfilment_interval: Its 95 % interval.
    """

    judge: str
    part: Part = "all"
    model: str | None = None
    rows: int
    prompts: int
    refusals: int
    unparseable: int
    kappa: float | None
    kappa_interval: Interval | None
    strict_kappa: float | None
    strict_interval: Interval | None
    agreement: float | None
    refusal_recall: float | None
    refusal_interval: Interval | None
    fulfilment_recall: float | None
    fulfilment_interval: Interval | None

    @property
    def verdicts(self) -> int:
        """Rows that the kappa rests on."""
        return self.rows - self.unparseable


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePass:
    """What one pass of a judge over the labelled answers took.

    Attributes:
        judge: The judge.
        rows: Answers that it judged.
        seconds: Wall time of this pass; loading a model is in it.
        usd: What its replies cost when they were bought; None where a price is unknown.
        replies: Replies of models that it used; 0 for a judge that asks none.
        bought: How many of them were asked for now; the others were in the ledger.
        trained_on: Models whose answers the judge was trained on, of those in the table.
    """

    judge: str
    rows: int
    seconds: float
    usd: float | None
    replies: int = 0
    bought: int = 0
    trained_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonScore:
    """One annotator against the majority of the others.

    Attributes:
        name: The annotator.
        rows: Answers that this person labelled and on which the others have a majority.
        kappa: Cohen's kappa; None where it is 0/0.
        interval: Its 95 % interval, by cluster bootstrap over base prompts.
        agreement: Share of the rows on which they say the same.
    """

    name: str
    rows: int
    kappa: float | None
    interval: Interval | None
    agreement: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How far the annotators agree among themselves, on all rows that anybody labelled.

    Attributes:
        rows: Answers with labels of two people at least.
        observed: The chance that two labels of an answer are the same.
        fleiss: Fleiss' kappa; None where it is not defined.
        alpha: Krippendorff's alpha; None where it is not defined.
        ac1: Gwet's AC1.
        ties: Answers that as many call a refusal as not.
        persons: Each annotator against the others.
    """

    rows: int
    observed: float | None
    fleiss: float | None
    alpha: float | None
    ac1: float | None
    ties: int
    persons: tuple[PersonScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFacts:
    """Which labelled answers were scored.

    Attributes:
        rule: How they were chosen: `authors' files`, `authors' numbers, seed 7`, ...
        train: Answers that were set aside for training.
        test: Answers that were scored.
    """

    rule: str
    train: int
    test: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeScores:
    """All that one `judge-score` found.

    Attributes:
        source: The table's name; never a machine's folder.
        sha256: Hash of its bytes.
        truth: What people's label is: a column, or the majority of several.
        rows: Rows of the table.
        left_out: Rows that are not scored, by why: redacted, tie, unlabelled, empty.
        split: How rows were set aside, or None where all are scored.
        seed: Seed of the intervals.
        draws: Bootstrap draws behind each interval.
        scores: By judge, part and model, pooled ones first.
        passes: One a judge.
        people: The annotators among themselves, or None for one label a row.
        notes: What a reader must know, a line each.
        format: Of this record.
    """

    source: str
    sha256: str
    truth: str
    rows: int
    left_out: Mapping[str, int]
    split: SplitFacts | None
    seed: int
    draws: int
    scores: tuple[JudgeScore, ...]
    passes: tuple[JudgePass, ...]
    people: People | None = None
    notes: tuple[str, ...] = ()
    format: int = field(default=FORMAT)
