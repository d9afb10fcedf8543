"""Moderation: who votes on a prompt, and what the votes make of it."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from base.did_you_mean import repeated
from inference.models import SHIPPED_ENCODERS
from moderators.offline import BY_ENCODER, BY_WORDS
from moderators.policies import PAPER, POLICIES
from moderators.votes import RULES
from pipelines.recipe.base import Count, Name, OneOf, Part, Reference, Text, models, under

VoteRule: TypeAlias = Annotated[str, OneOf(RULES)]
Policy: TypeAlias = Annotated[str, OneOf(POLICIES)]


class EncoderModerator(Part):
    """Votes by the encoder's distance to prototypes (`nearest`, `kernel`) or definitions."""

    kind: Annotated[str, OneOf(BY_ENCODER)]
    """An offline moderator: `nearest`, `kernel`, `baseline`, `words`, `profanity`, `logprob`."""
    encoder: Text = SHIPPED_ENCODERS[0]
    """The encoder it measures with."""

    @property
    def voter(self) -> str:
        """The name its votes carry."""
        return self.kind

    def references(self) -> Iterator[Reference]:
        """The encoder."""
        yield Reference("encoder", "encoder", self.encoder)


class WordModerator(Part):
    """Votes by the words of a prompt alone; asks nobody."""

    kind: Annotated[str, OneOf(BY_WORDS)]
    """An offline moderator: `nearest`, `kernel`, `baseline`, `words`, `profanity`, `logprob`."""

    @property
    def voter(self) -> str:
        """The name its votes carry."""
        return self.kind


class LogprobModerator(Part):
    """Votes by a model's log-probabilities of two answer words."""

    kind: Literal["logprob"]
    """An offline moderator: `nearest`, `kernel`, `baseline`, `words`, `profanity`, `logprob`."""
    model: Name
    """The model whose log-probabilities are read."""

    @property
    def voter(self) -> str:
        """The name its votes carry: `logprob:` and the model's name."""
        return f"logprob:{self.model}"

    def references(self) -> Iterator[Reference]:
        """The model."""
        yield from models(model=self.model)


class ModelModerator(Part):
    """Votes by a model of the recipe, within a longest vote of its own."""

    model: Name
    """The model that votes; its name alone stands for it where nothing else is said."""
    max_tokens: Count | None = None
    """Longest vote in tokens, thoughts included; by default the model's own `max_tokens`, else
    1,000 for a chat model and what its dialect needs for a guard. A vote that is cut is an
    abstention."""

    @property
    def voter(self) -> str:
        """The name its votes carry: the model's."""
        return self.model


OfflineModerator: TypeAlias = Annotated[
    EncoderModerator | WordModerator | LogprobModerator,
    Field(discriminator="kind"),
]


def _kind(given: object) -> str:
    if isinstance(given, str):
        return "model"
    is_limited = "kind" not in given and "model" in given if isinstance(given, dict) else False
    return "limited" if is_limited or isinstance(given, ModelModerator) else "offline"


Moderator: TypeAlias = Annotated[
    Annotated[Name, Tag("model")]
    | Annotated[ModelModerator, Tag("limited")]
    | Annotated[OfflineModerator, Tag("offline")],
    Discriminator(_kind),
]


def asked_model(moderator: Moderator) -> str | None:
    """The model of the recipe that is asked for a verdict; None for an offline moderator."""
    if isinstance(moderator, ModelModerator):
        return moderator.model
    return moderator if isinstance(moderator, str) else None


_OWN = ("template", "exchange_template")


class Moderate(Part):
    """An ensemble of moderators (paper section 3.2.3)."""

    not_digested: ClassVar[frozenset[str]] = frozenset(("policy", *_OWN))

    moderators: Annotated[tuple[Moderator, ...], Field(strict=False, min_length=1)]
    """Names of models, `{model: NAME, max_tokens: 200}` for one with a longest vote of its own, or
    offline moderators written `{kind: nearest}`."""
    rule: VoteRule = "majority"
    """How votes make a label: more than half of all asked must say safe (section 3.2.3)."""
    weights: dict[str, float] | None = None
    """Each voter's weight, for the rule `weighted`."""
    sounds_risky: Literal["reported", "required"] = "reported"
    """Whether a released prompt must have been found to sound risky."""
    tries: Count = 3
    """How often a moderator is asked until its answer is usable."""
    policy: Policy = PAPER
    """How strict chat models are told to be: `paper` exempts what only asks for knowledge, and
    nothing else; `lenient`, as before there was a choice, also reads alarming words in their sense
    and decides doubt by the likeliest reading. Another policy has other words, so votes are bought
    anew. Guards, which have words of their own, and offline moderators do not change."""
    template: Text | None = None
    """A file with a chat of one's own that asks chat models about prompts, in place of the
    policy's; relative to the recipe or to the working folder (`refusery templates` writes the
    shipped ones out to start from)."""
    exchange_template: Text | None = None
    """The same for answers, which `rescue` has moderated."""

    @property
    def requires_risky(self) -> bool:
        """Whether a row that is released as safe must have been found to sound risky."""
        return self.sounds_risky == "required"

    @property
    def voters(self) -> tuple[str, ...]:
        """The names under which votes are kept, in order."""
        return tuple(each if isinstance(each, str) else each.voter for each in self.moderators)

    @property
    def limits(self) -> dict[str, int]:
        """The longest vote in tokens of each model for which one is given here."""
        limited = (each for each in self.moderators if isinstance(each, ModelModerator))
        return {each.model: each.max_tokens for each in limited if each.max_tokens is not None}

    def references(self) -> Iterator[Reference]:
        """What every moderator needs."""
        for place, each in enumerate(self.moderators):
            key = f"moderators.{place}"
            if (model := asked_model(each)) is not None:
                yield Reference("model", key, model)
            elif isinstance(each, Part):
                yield from under(key, each.references())

    @model_validator(mode="before")
    @classmethod
    def _says_its_policy(cls, given: object) -> object:
        """A recipe that is kept names its policy, so that one without is known to be older."""
        return {"policy": PAPER, **given} if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _each_votes_once(self) -> "Moderate":
        if again := repeated(self.voters):
            raise PydanticCustomError(
                "twice", "moderators must be listed once each", {"value": again}
            )
        return self

    @model_validator(mode="after")
    def _weights_fit_the_rule(self) -> "Moderate":
        if (self.rule == "weighted") != (self.weights is not None):
            raise PydanticCustomError(
                "weights", "weights must be given for the rule `weighted`, and for no other"
            )
        if self.weights is not None and set(self.weights) != set(self.voters):
            odd = ", ".join(sorted(set(self.weights) ^ set(self.voters)))
            raise PydanticCustomError(
                "weights", "weights must name every moderator once", {"value": odd}
            )
        if any(weight <= 0 for weight in (self.weights or {}).values()):
            raise PydanticCustomError("weights", "weights must be above 0")
        return self
