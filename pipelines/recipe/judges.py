"""Refusal judges as a recipe describes them: by name, or as parts with a `kind`."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from base.did_you_mean import repeated
from inference.models import SHIPPED_ENCODERS
from moderators.refusal import classifier, keyword, llm
from pipelines.recipe.base import Count, Name, Part, Reference, Text, models, under
from pipelines.recipe.moderation import VoteRule

KEYWORD = keyword.KeywordJudge.name
"""The refusal judge that needs no model."""


class _Judge(Part):
    name: Name | None = None
    """The name that its verdicts carry; by default one that tells it from others."""


class ChatJudge(_Judge):
    """A refusal judge that is a chat model, with its label set and its design."""

    kind: Literal["llm"]
    """A judge: `llm`, `sorry-bench-ft`, `harmbench`, `trained` or `ensemble`; `keyword` and a
    model's name need no kind."""
    model: Name
    """The model that judges."""
    labels: llm.Labels = "or-bench"
    """Direct answer, direct and indirect refusal; or fulfilment 1 and refusal 0."""
    design: llm.DesignName = "cot"
    """Score only, explain first, or with worked examples."""
    max_tokens: Count | None = None
    """Longest judgment in tokens, thoughts included; by default the model's own `max_tokens`, else
    1,000. A judgment that is cut is none."""
    template: Text | None = None
    """A file with a chat of one's own, relative to the recipe or to the working folder: lines
    `@system`, `@user`, `@assistant`, places `$prompt` and `$answer`."""

    @property
    def called(self) -> str:
        """Its name: the model's, with labels and design where they are not the first ones."""
        plain = (self.labels, self.design) == ("or-bench", "cot")
        return self.name or (self.model if plain else f"{self.model}-{self.labels}-{self.design}")

    def references(self) -> Iterator[Reference]:
        """The model."""
        yield from models(model=self.model)


class ClassifierJudge(_Judge):
    """A refusal judge that was trained to say 0 or 1, or yes or no, and nothing else."""

    kind: classifier.ClassifierKind
    """A judge: `llm`, `sorry-bench-ft`, `harmbench`, `trained` or `ensemble`; `keyword` and a
    model's name need no kind."""
    model: Name
    """The model that judges; `api: completions` sends it its own layout."""
    template: Text | None = None
    """A file with the text that it was trained on, relative to the recipe or to the working
    folder: places `$prompt` and `$answer`. By default a text of our own."""

    @property
    def called(self) -> str:
        """Its name: the model's."""
        return self.name or self.model

    def references(self) -> Iterator[Reference]:
        """The model."""
        yield from models(model=self.model)


class TrainedJudge(_Judge):
    """A judge that `judge-train` made."""

    kind: Literal["trained"]
    """A judge: `llm`, `sorry-bench-ft`, `harmbench`, `trained` or `ensemble`; `keyword` and a
    model's name need no kind."""
    path: Text
    """Its folder, relative to the recipe or to the working folder."""
    encoder: Text = SHIPPED_ENCODERS[0]
    """The encoder that it was trained with."""

    @property
    def called(self) -> str:
        """Its name: the folder's."""
        return self.name or PurePath(self.path).name

    def references(self) -> Iterator[Reference]:
        """The encoder."""
        yield Reference("encoder", "encoder", self.encoder)


def _judge_kind(given: object) -> str:
    return "name" if isinstance(given, str) else "judge"


Member: TypeAlias = Annotated[
    Annotated[Name, Tag("name")]
    | Annotated[
        Annotated[ChatJudge | ClassifierJudge | TrainedJudge, Field(discriminator="kind")],
        Tag("judge"),
    ],
    Discriminator(_judge_kind),
]


class EnsembleJudge(_Judge):
    """Several judges under one vote rule."""

    kind: Literal["ensemble"]
    """A judge: `llm`, `sorry-bench-ft`, `harmbench`, `trained` or `ensemble`; `keyword` and a
    model's name need no kind."""
    judges: Annotated[tuple[Member, ...], Field(strict=False, min_length=1)]
    """`keyword`, names of models, and judges with a kind, but no ensembles."""
    rule: VoteRule = "majority"
    """How their verdicts make one; a verdict that cannot be read counts as asked."""
    weights: dict[str, float] | None = None
    """Each judge's weight by its name, for the rule `weighted`."""

    @property
    def called(self) -> str:
        """Its name: by default `ensemble`."""
        return self.name or "ensemble"

    def references(self) -> Iterator[Reference]:
        """What each judge needs."""
        for place, judge in enumerate(self.judges):
            yield from judge_references(f"judges.{place}", judge)

    @model_validator(mode="after")
    def _each_judges_once(self) -> "EnsembleJudge":
        if again := repeated([called(each) for each in self.judges]):
            raise PydanticCustomError(
                "twice", "judges must have a `name` each, or be listed once each", {"value": again}
            )
        return self

    @model_validator(mode="after")
    def _weights_fit_the_rule(self) -> "EnsembleJudge":
        if (self.rule == "weighted") != (self.weights is not None):
            raise PydanticCustomError(
                "weights", "weights must be given for the rule `weighted`, and for no other"
            )
        odd = set(self.weights or ()) ^ {called(each) for each in self.judges}
        if self.weights is not None and odd:
            raise PydanticCustomError(
                "weights", "weights must name every judge once", {"value": ", ".join(sorted(odd))}
            )
        if any(weight <= 0 for weight in (self.weights or {}).values()):
            raise PydanticCustomError("weights", "weights must be above 0")
        return self


Judge: TypeAlias = Annotated[
    Annotated[Name, Tag("name")]
    | Annotated[
        Annotated[
            ChatJudge | ClassifierJudge | TrainedJudge | EnsembleJudge,
            Field(discriminator="kind"),
        ],
        Tag("judge"),
    ],
    Discriminator(_judge_kind),
]
"""`keyword`, a model's name, or a judge with a kind."""


def called(judge: Judge) -> str:
    """The name that a judge's verdicts carry."""
    return judge if isinstance(judge, str) else judge.called


def judge_references(key: str, judge: Judge) -> Iterator[Reference]:
    """The models and encoders that a judge at `key` names."""
    if not isinstance(judge, str):
        yield from under(key, judge.references())
    elif judge != KEYWORD:
        yield Reference("model", key, judge)
