"""Moderation by the words alone, with linear models of them.

One is fitted to the prototypes; the other is alt-profanity-check's, of foul language. They see no
meaning, and so err on other prompts than the moderators that compare embeddings.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, ClassVar

from base.digests import digest_of
from checks.drift import published, published_part
from inference.types import Item, Program
from moderators import types
from moderators.offline import PROFANITY, WORDS
from moderators.offline.prototype_bank import pieces, pieces_part
from moderators.prototypes import Prototypes
from moderators.types import Label, Moderator, ReadyModerator, Subject, Vote

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class WordsFit:
    """How the model is fitted; the values come from cross-validation over the prototypes.

    Attributes:
        cost: The inverse of the regularisation's strength (C).
        longest: The longest run of words that counts as one feature.
        toxic_limit: The log-odds from which on a prompt is toxic.
    """

    cost: float = 10.0
    longest: int = 2
    toxic_limit: float = 0.0


@dataclass(frozen=True, slots=True)
class WordsPlan:
    """The moderator `words`, not fitted yet.

    Attributes:
        prototypes: What it is fitted to.
        fit: How it is fitted.
    """

    name: ClassVar[str] = WORDS
    measures_risk: ClassVar[bool] = False
    takes: ClassVar[frozenset[Subject]] = types.PROMPTS_AND_EXCHANGES
    prototypes: Prototypes
    fit: WordsFit = WordsFit()

    @property
    def digest(self) -> str:
        """Of the prototypes and the parameters."""
        read = (sorted(self.takes), types.fitness_part(), pieces_part(), published_part())
        return digest_of(self.name, self.prototypes.digest, astuple(self.fit), *read)

    def prepare(self) -> Program[Moderator]:
        """Fits the model; asks for nothing."""
        yield from ()
        return WordsModerator(_fitted(self.fit, self.prototypes), self.fit)


@dataclass(frozen=True, slots=True, eq=False)
class WordsModerator:
    """Votes by the log-odds of a prompt's words.

    Attributes:
        model: Gives the log-odds of texts.
        fit: How it was fitted.
    """

    name: ClassVar[str] = WordsPlan.name
    model: "Pipeline"
    fit: WordsFit = WordsFit()

    def vote(self, item: Item) -> Program[Vote]:
        """Asks for nothing; of an exchange the worst piece decides."""
        yield from ()
        measure, limit = self.model.decision_function, self.fit.toxic_limit
        return _vote(self.name, item, measure, limit, "log-odds of its words")


@dataclass(frozen=True, slots=True)
class ProfanityModerator(ReadyModerator):
    """Flags foul language; a polite request for something bad is none to it.

    Attributes:
        limit: The probability from which on a prompt is toxic.
    """

    name: ClassVar[str] = PROFANITY
    measures_risk: ClassVar[bool] = False
    limit: float = 0.5

    @property
    def digest(self) -> str:
        """Of the threshold; the model comes with a package that the lock file pins."""
        read = (sorted(self.takes), types.fitness_part(), pieces_part(), published_part())
        return digest_of(self.name, self.limit, *read)

    def vote(self, item: Item) -> Program[Vote]:
        """Asks for nothing; of an exchange the worst piece decides."""
        from profanity_check import predict_prob  # loads its model as it is imported

        yield from ()
        return _vote(self.name, item, predict_prob, self.limit, "probability of foul language")


def _fitted(fit: WordsFit, prototypes: Prototypes) -> "Pipeline":
    from sklearn.feature_extraction.text import TfidfVectorizer  # takes a second to import
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, fit.longest), sublinear_tf=True),
        LogisticRegression(C=fit.cost, max_iter=1000, class_weight="balanced"),
    )
    positive = [example.kind == "toxic" for example in prototypes.examples]
    return model.fit(prototypes.texts, positive)


def _vote(
    name: str,
    item: Item,
    measure: Callable[[list[str]], Sequence[float]],
    limit: float,
    reason: str,
) -> Vote:
    """By the largest measure of an item's pieces; abstains on what cannot be judged."""
    why = types.unfit(item, longest=None if item.answer is None else types.LONGEST)
    if why is not None:
        return Vote.abstention(name, why)
    score = float(max(measure(list(pieces(item)))))
    label: Label = "toxic" if score > limit else "safe"
    return Vote(name, label, score=published(score), reason=reason)
