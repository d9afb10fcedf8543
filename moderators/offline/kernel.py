"""Moderation by support vector machines that are fitted to the prototypes' vectors."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from base.digests import digest_of
from inference.types import Item, Program
from moderators.offline import KERNEL
from moderators.offline.prototype_bank import Bank, Reading, Threshold, fill, reading_part, vote_by
from moderators.prototypes import Prototypes
from moderators.types import PROMPTS_AND_EXCHANGES, Moderator, Subject, Vote

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inference.types import Vectors


@dataclass(frozen=True, slots=True)
class Fit:
    """How the machines are fitted; the values come from cross-validation over the prototypes.

    Attributes:
        cost: The price of a training text on the wrong side (C).
        gamma: The width of the Gaussian kernel; on unit vectors exp(-2 gamma (1 - cosine)).
        nearest_in_category: How many of the nearest examples of a category count.
        toxic_limit: The decision value from which on a prompt is toxic.
        risky_limit: The decision value from which on a prompt sounds risky.
    """

    cost: float = 2.0
    gamma: float = 1.5
    nearest_in_category: int = 10
    toxic_limit: float = -0.05
    risky_limit: float = 0.45


@dataclass(frozen=True, slots=True)
class KernelPlan:
    """The moderator `kernel`, not fitted yet.

    Attributes:
        encoder: The encoder's name in the recipe.
        prototypes: What it is fitted to.
        fit: How it is fitted.
    """

    name: ClassVar[str] = KERNEL
    measures_risk: ClassVar[bool] = True
    takes: ClassVar[frozenset[Subject]] = PROMPTS_AND_EXCHANGES
    encoder: str
    prototypes: Prototypes
    fit: Fit = Fit()

    @property
    def digest(self) -> str:
        """Of the prototypes and the parameters."""
        known = (self.prototypes.digest, astuple(self.fit))
        return digest_of(self.name, self.encoder, *known, sorted(self.takes), reading_part())

    def prepare(self) -> Program[Moderator]:
        """Embeds the prototypes and fits two machines to them; the fit draws nothing by chance."""
        bank = yield from fill(self.encoder, self.prototypes)
        return KernelModerator(
            encoder=self.encoder,
            bank=bank,
            toxic=fit_machine(self.fit, bank, bank.toxic),
            risky=fit_machine(self.fit, bank, bank.sounding_bad),
            fit=self.fit,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """A fitted machine.

    Attributes:
        weights: The weight of each prototype, 0 for those that are no support vectors.
        bias: What is added to their weighted sum.
    """

    weights: NDArray[np.float64]
    bias: float

    def decide(self, cosines: NDArray[np.float64], gamma: float) -> float:
        """The decision value of a prompt with these cosines to the prototypes."""
        return float(np.exp(-2 * gamma * (1 - cosines)) @ self.weights) + self.bias


@dataclass(frozen=True, slots=True, eq=False)
class KernelModerator:
    """Votes by two fitted machines: toxic against harmless, and sounding bad against plain.

    Attributes:
        encoder: The encoder's name in the recipe.
        bank: The prototypes with their vectors.
        toxic: Separates toxic prompts from all others.
        risky: Separates prompts that sound bad from plain ones.
        fit: How they were fitted.
    """

    name: ClassVar[str] = KernelPlan.name
    encoder: str
    bank: Bank
    toxic: Machine
    risky: Machine
    fit: Fit = Fit()

    def vote(self, item: Item) -> Program[Vote]:
        """Asks for the prompt's vector, a second time where the first leaves a doubt."""
        return vote_by(self.read, self.name, self.encoder, item)

    def read(self, vector: Vectors) -> Reading:
        """What a prompt's unit vector says of it."""
        fit, cosines = self.fit, self.bank.cosines(vector)
        category, lead = self.bank.nearest_category(cosines, fit.nearest_in_category)
        return Reading(
            toxic=Threshold(self.toxic.decide(cosines, fit.gamma), fit.toxic_limit),
            risky=Threshold(self.risky.decide(cosines, fit.gamma), fit.risky_limit),
            category=category,
            lead=lead,
        )


def fit_machine(fit: Fit, bank: Bank, positive: NDArray[np.intp]) -> Machine:
    """Fits a machine that tells the prototypes in the rows `positive` from all others."""
    from sklearn.svm import SVC  # takes a second to import

    classes = np.zeros(len(bank.vectors), dtype=bool)
    classes[positive] = True
    machine = SVC(C=fit.cost, gamma=fit.gamma, class_weight="balanced")
    machine.fit(bank.vectors, classes)
    weights = np.zeros(len(bank.vectors))
    weights[machine.support_] = machine.dual_coef_[0]
    return Machine(weights, float(machine.intercept_[0]))
