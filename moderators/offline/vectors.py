"""Moderation by vectors: nearest prototypes, machines fitted to them, and a baseline."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from base.digests import Json, digest_of
from checks.drift import embed
from inference.types import Item, Program
from moderators.offline import BASELINE, KERNEL, NEAREST, prototype_bank
from moderators.offline.prototype_bank import Bank, Reading, Threshold
from moderators.prototypes import Prototypes
from moderators.types import PROMPTS_AND_EXCHANGES, Moderator, Vote
from taxonomy import NONE, Category

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inference.types import Vectors


@dataclass(frozen=True, slots=True)
class _VectorPlan:
    """A moderator by vectors, not ready yet.

    Attributes:
        encoder: The encoder's name in the recipe.
    """

    name: ClassVar[str]
    takes: ClassVar = PROMPTS_AND_EXCHANGES
    measures_risk: ClassVar[bool] = True
    encoder: str

    def _digest(self, *known: Json) -> str:
        return digest_of(
            self.name, self.encoder, *known, sorted(self.takes), prototype_bank.reading_part()
        )


@dataclass(frozen=True, slots=True, eq=False)
class _VectorModerator(ABC):
    """Votes by the vector of a prompt, or of an answer's pieces.

    Attributes:
        encoder: The encoder's name in the recipe.
    """

    name: ClassVar[str]
    encoder: str

    def vote(self, item: Item) -> Program[Vote]:
        """Asks for the prompt's vector, a second time where the first leaves a doubt."""
        return prototype_bank.vote_by(self.read, self.name, self.encoder, item)

    @abstractmethod
    def read(self, vector: Vectors) -> Reading:
        """What a prompt's unit vector says of it."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How nearness is measured; the values come from cross-validation over the prototypes.

    Attributes:
        nearest: How many of the nearest examples of a side count.
        nearest_plain: How many of the nearest plain examples count; there are fewer of them.
        nearest_in_category: How many of the nearest examples of a category count.
        toxic_limit: By how much the toxic side must be nearer than the harmless one.
        risky_limit: By how much what sounds bad must be nearer than what is plain.
    """

    nearest: int = 20
    nearest_plain: int = 10
    nearest_in_category: int = 10
    toxic_limit: float = 0.015
    risky_limit: float = 0.07


@dataclass(frozen=True, slots=True)
class NearestPlan(_VectorPlan):
    """The moderator `nearest`, whose prototypes are not embedded yet.

    Attributes:
        prototypes: What prompts are compared with.
        nearness: How they are compared.
    """

    name: ClassVar[str] = NEAREST
    prototypes: Prototypes
    nearness: Nearness = Nearness()

    @property
    def digest(self) -> str:
        """Of the prototypes and the thresholds."""
        return self._digest(self.prototypes.digest, astuple(self.nearness))

    def prepare(self) -> Program[Moderator]:
        """Embeds the prototypes."""
        bank = yield from prototype_bank.fill(self.encoder, self.prototypes)
        return NearestModerator(self.encoder, bank, self.nearness)


@dataclass(frozen=True, slots=True, eq=False)
class NearestModerator(_VectorModerator):
    """Votes by the mean cosine to the nearest prototypes of each side.

    Attributes:
        bank: The prototypes with their vectors.
        nearness: How prompts are compared with them.
    """

    name: ClassVar[str] = NearestPlan.name
    bank: Bank
    nearness: Nearness = Nearness()

    def read(self, vector: Vectors) -> Reading:
        """What a prompt's unit vector says of it."""
        bank, near = self.bank, self.nearness
        cosines = bank.cosines(vector)
        toxic = prototype_bank.top_mean(cosines[bank.toxic], near.nearest)
        harmless = prototype_bank.top_mean(cosines[bank.harmless], near.nearest)
        sounding_bad = prototype_bank.top_mean(cosines[bank.sounding_bad], near.nearest)
        plain = prototype_bank.top_mean(cosines[bank.plain], near.nearest_plain)
        category, lead = bank.nearest_category(cosines, near.nearest_in_category)
        return Reading(
            toxic=Threshold(toxic - harmless, near.toxic_limit),
            risky=Threshold(sounding_bad - plain, near.risky_limit),
            category=category,
            lead=lead,
        )


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
class KernelPlan(_VectorPlan):
    """The moderator `kernel`, not fitted yet.

    Attributes:
        prototypes: What it is fitted to.
        fit: How it is fitted.
    """

    name: ClassVar[str] = KERNEL
    prototypes: Prototypes
    fit: Fit = Fit()

    @property
    def digest(self) -> str:
        """Of the prototypes and the parameters."""
        return self._digest(self.prototypes.digest, astuple(self.fit))

    def prepare(self) -> Program[Moderator]:
        """Embeds the prototypes and fits two machines to them; the fit draws nothing by chance."""
        bank = yield from prototype_bank.fill(self.encoder, self.prototypes)
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
class KernelModerator(_VectorModerator):
    """Votes by two fitted machines: toxic against harmless, and sounding bad against plain.

    Attributes:
        bank: The prototypes with their vectors.
        toxic: Separates toxic prompts from all others.
        risky: Separates prompts that sound bad from plain ones.
        fit: How they were fitted.
    """

    name: ClassVar[str] = KernelPlan.name
    bank: Bank
    toxic: Machine
    risky: Machine
    fit: Fit = Fit()

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


@dataclass(frozen=True, slots=True)
class BaselinePlan(_VectorPlan):
    """The moderator `baseline`, whose definitions are not embedded yet.

    Attributes:
        categories: The taxonomy's categories, `none` included.
    """

    name: ClassVar[str] = BASELINE
    measures_risk: ClassVar[bool] = False
    categories: tuple[Category, ...]

    @property
    def digest(self) -> str:
        """Of the definitions."""
        definitions: list[Json] = [[each.name, each.definition] for each in self.categories]
        return self._digest(definitions)

    def prepare(self) -> Program[Moderator]:
        """Embeds the definitions."""
        harmful = tuple(each for each in self.categories if each.name != NONE)
        harmless = tuple(each for each in self.categories if each.name == NONE)
        texts = [each.definition for each in (*harmful, *harmless)]
        vectors = yield from embed(self.encoder, texts, alone=True)
        names = tuple(each.name for each in harmful)
        return BaselineModerator(self.encoder, names, vectors.astype(np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class BaselineModerator(_VectorModerator):
    """Votes toxic where a harmful category's definition is nearer than that of `none`.

    Attributes:
        names: The harmful categories.
        vectors: Their definitions' unit vectors, and in the last rows those of `none`.
    """

    name: ClassVar[str] = BaselinePlan.name
    names: tuple[str, ...]
    vectors: NDArray[np.float64]

    def read(self, vector: Vectors) -> Reading:
        """What a prompt's unit vector says of it."""
        cosines = self.vectors @ vector.astype(np.float64)
        harmful, harmless = np.split(cosines, [len(self.names)])
        category, lead = prototype_bank.largest(self.names, harmful)
        gap = float(harmful.max() - harmless.max())
        return Reading(toxic=Threshold(gap, 0.0), category=category, lead=lead)
