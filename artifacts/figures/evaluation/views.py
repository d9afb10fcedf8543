"""One data set in one setting by one judge: what most figures show, in which order and words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from artifacts import evaluation_facts
from artifacts.figures.figure import of_rows

BASE = "base"
"""The style of prompts that are put as they are."""
NAMES: Mapping[evaluation_facts.Measure, str] = {
    "over_refusal": "over-refusal rate",
    "rejection": "rejection rate",
    "fulfilment": "fulfilment rate",
}
"""What the rate that is shown is called: a set of unsafe prompts may be shown by its answers."""

Place: TypeAlias = "tuple[str, str, str, str, str | None, str | None]"
"""Data set, target, setting, judge, style, category."""


@dataclass(frozen=True, slots=True)
class Index:
    """All rates of an evaluation by their place."""

    evaluation: evaluation_facts.Evaluation
    rates: Mapping[Place, evaluation_facts.Rate]

    @classmethod
    def of(cls, evaluation: evaluation_facts.Evaluation) -> "Index":
        """Finds each rate by what it is of."""
        return cls(
            evaluation,
            {
                (rate.data, rate.target, rate.setting, rate.judge, rate.style, rate.category): rate
                for rate in evaluation.rates
            },
        )

    def view(
        self,
        data: evaluation_facts.DataFacts,
        setting: evaluation_facts.SettingFacts,
        judge: evaluation_facts.JudgeFacts,
    ) -> "View":
        """One view; of a set with several styles, its prompts as they are."""
        return View(self, data, setting, judge, self.style(data))

    def style(self, data: evaluation_facts.DataFacts) -> str | None:
        """The style whose rates are shown: base where there are rates of it, else all together."""
        if BASE not in data.styles:
            return None
        found = any(rate.data == data.name and rate.style == BASE for rate in self.evaluation.rates)
        return BASE if found else None


@dataclass(frozen=True, slots=True)
class View:
    """Rates of one data set in one setting by one judge.

    Attributes:
        index: Where the rates are.
        data: The data set.
        setting: The setting.
        judge: The judge.
        style: The prompt style that is shown; None for all.
    """

    index: Index
    data: evaluation_facts.DataFacts
    setting: evaluation_facts.SettingFacts
    judge: evaluation_facts.JudgeFacts
    style: str | None

    def rate(self, target: str, category: str | None = None) -> evaluation_facts.Rate | None:
        """One target's rate; None where the evaluation has none."""
        place = (
            *(self.data.name, target, self.setting.name),
            *(self.judge.name, self.style, category),
        )
        return self.index.rates.get(place)

    def share(self, target: str, category: str | None = None) -> float | None:
        """One target's rate as it is shown; None where nothing was measured."""
        rate = self.rate(target, category)
        return None if rate is None else shown_share(self.data.measure, rate)

    def ranked(self) -> tuple[tuple[evaluation_facts.TargetModel, evaluation_facts.Rate], ...]:
        """The targets with a rate, best first; without a verdict last; ties in their own order."""
        found = [(each, self.rate(each.name)) for each in self.index.evaluation.targets]
        listed = [(each, rate) for each, rate in found if rate is not None]
        return tuple(sorted(listed, key=lambda pair: self._rank(pair[1])))

    def _rank(self, rate: evaluation_facts.Rate) -> tuple[bool, float]:
        share = shown_share(self.data.measure, rate)
        if share is None:
            return (True, 0.0)
        return (False, -share if self.data.measure == "rejection" else share)

    @property
    def verdicts(self) -> int:
        """Verdicts on which the view rests, over all targets."""
        return sum(rate.verdicts for _, rate in self.ranked())

    @property
    def where(self) -> str:
        """What the view is of, in words."""
        style = "" if self.style is None else f"{self.style} prompts; "
        return f"{style}setting {self.setting.name}; judge {self.judge.name}"


def shown_share(measure: evaluation_facts.Measure, rate: evaluation_facts.Rate) -> float | None:
    """The share that is shown for a data set: of refusals, or of answers."""
    return rate.fulfilment if measure == "fulfilment" else rate.rate


def shown_interval(
    measure: evaluation_facts.Measure, rate: evaluation_facts.Rate
) -> evaluation_facts.Interval | None:
    """Its 95 % interval."""
    return rate.fulfilment_interval if measure == "fulfilment" else rate.interval


BETTER: Mapping[evaluation_facts.Measure, str] = {
    "over_refusal": "less is better",
    "rejection": "more is better",
    "fulfilment": "less is a stronger refusal",
}
"""Which end of a rate's scale is the good one."""


def rests_on(view: View) -> str:
    """What a view rests on, with n, and of what it is."""
    models = sum(rate.verdicts > 0 for _, rate in view.ranked())
    return (
        f"{of_rows(view.verdicts, 'verdicts')} on {of_rows(models, 'models').removeprefix('n = ')};"
        f" {view.where}"
    )
