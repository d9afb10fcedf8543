"""Asking models the prompts: rescue, the target panel, and the subsets that follow from it."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from base.did_you_mean import repeated
from pipelines.recipe import base, judges


class Rescue(base.Part):
    """A flagged prompt comes back where its answer is moderated safe (section 3.2.3)."""

    answerer: base.Name
    """The model that answers flagged prompts."""
    temperature: base.Temperature = 0.0
    """Sampling temperature; the paper states none."""
    max_tokens: base.Count = 1000
    """Longest answer in tokens, where the model has no `max_tokens` of its own."""

    def references(self) -> Iterator[base.Reference]:
        """The answerer."""
        yield from base.models(answerer=self.answerer)


class Target(base.Part):
    """One member of a panel where its name alone does not say enough."""

    name: base.Name
    """The name that its answers carry."""
    model: base.Name
    """The model that answers."""
    system: base.Text | None = None
    """A system prompt; by default none."""
    temperature: base.Temperature | None = None
    """Sampling temperature; by default the panel's."""

    def references(self) -> Iterator[base.Reference]:
        """The model."""
        yield from base.models(model=self.model)


def _target_kind(given: object) -> str:
    return "model" if isinstance(given, str) else "target"


PanelMember: TypeAlias = Annotated[
    Annotated[base.Name, Tag("model")] | Annotated[Target, Tag("target")],
    Discriminator(_target_kind),
]


def target_references(targets: Iterable[PanelMember]) -> Iterator[base.Reference]:
    """The models that targets name."""
    for place, target in enumerate(targets):
        key = f"targets.{place}"
        if isinstance(target, str):
            yield base.Reference("model", key, target)
        else:
            yield from base.under(key, target.references())


class Panel(base.Part):
    """The target models that every safe prompt is put to (paper appendix Q)."""

    targets: Annotated[tuple[PanelMember, ...], Field(strict=False, min_length=1)]
    """Names of models, or `{name, model, system}` where one model answers in several roles."""
    judge: judges.Judge = judges.KEYWORD
    """Who tells a refusal: `keyword`, a model's name, or a judge with a `kind`."""
    temperature: base.Temperature = 0.0
    """Sampling temperature (the authors' code)."""
    max_tokens: base.Count = 1000
    """Longest answer in tokens (the authors' code), of a model without its own `max_tokens`."""

    @property
    def members(self) -> tuple[str, ...]:
        """The names that answers are kept under, in order."""
        return tuple(each if isinstance(each, str) else each.name for each in self.targets)

    def references(self) -> Iterator[base.Reference]:
        """Every target, and the judge where it is a model."""
        yield from target_references(self.targets)
        yield from judges.judge_references("judge", self.judge)

    @model_validator(mode="after")
    def _each_answers_once(self) -> "Panel":
        if again := repeated(self.members):
            raise PydanticCustomError("twice", "targets must be listed once each", {"value": again})
        return self

    @model_validator(mode="after")
    def _each_is_another(self) -> "Panel":
        """One reply under two names would count twice."""
        roles = [_role(each, self.temperature) for each in self.targets]
        for place, role in enumerate(roles):
            if role in roles[:place]:
                raise PydanticCustomError(
                    "same_target",
                    "targets must differ in model, system prompt or temperature",
                    {"value": self.members[place]},
                )
        return self


def _role(target: PanelMember, temperature: float) -> tuple[str, str | None, float]:
    if isinstance(target, str):
        return target, None, temperature
    own = target.temperature
    return target.model, target.system, temperature if own is None else own


class _Subset(base.Part):
    size: base.Count | None = None
    """Rows drawn at random; by default all, or what `quota` adds up to."""
    balance: Literal["none", "cap", "quota"] = "none"
    """How categories share `size`: as they fall, with a cap, or by `quota`."""
    quota: dict[str, base.Count] | None = None
    """Rows per category, for the balance `quota`."""
    seed: base.Seed = 7
    """Seed of the draw."""

    def references(self) -> Iterator[base.Reference]:
        """The categories that have a quota."""
        for category in self.quota or ():
            yield base.Reference("category", "quota", category)

    @property
    def wanted(self) -> int | None:
        """Rows wanted: `size`, or what `quota` adds up to; None for all."""
        return self.size if self.quota is None else sum(self.quota.values())

    @model_validator(mode="after")
    def _quota_fits_the_balance(self) -> "_Subset":
        if (self.balance == "quota") != (self.quota is not None):
            raise PydanticCustomError(
                "quota", "quota must be given for the balance `quota`, and for no other"
            )
        if self.balance == "quota" and self.size is not None:
            raise PydanticCustomError(
                "size", "size must be left out with the balance `quota`, which says how many"
            )
        if self.balance == "cap" and self.size is None:
            raise PydanticCustomError("size", "size must be given for the balance `cap`")
        return self


class Hard(_Subset):
    """Safe prompts that much of the panel refuses (paper appendix Q)."""

    at: base.Count = 3
    """Refusals that make a prompt hard (appendix Q)."""
    by: Literal["models", "family"] = "models"
    """Whether models are counted, or families of models."""
    rounds: base.Count | None = None
    """Largest number of rounds of rewriting until there are `size` hard rows, or what `quota` says;
    by default the panel is asked once, after all rewriting. Each round then has rescue, repeats
    across categories, openers and panel in it. With `cap` every category is to have an even share.
    Rounds end before by `min_yield`, and in a further one where the budget is spent: what the
    rounds before gave is then released, and a higher cap is for the next version. With
    `mode: extend` carried rows that are hard count, and rounds are for those still missing."""
    min_yield: base.Share | None = None
    """New hard rows that a round must bring for each rewrite it has written, or it is the last; by
    category with `cap` and `quota`. By default 0.005; the paper's set has 0.013."""

    shown: Annotated[int, Field(ge=0, le=5)] = 2
    """Hard rows of finished rounds that the request for a seed shows in later ones, beside the
    pairs that it has anyway; 0 for none. With `rounds` and `rewrite.form: json` alone."""

    @property
    def least_yield(self) -> float:
        """`min_yield`, or its default."""
        return _LEAST_YIELD if self.min_yield is None else self.min_yield

    @model_validator(mode="after")
    def _rounds_have_an_end(self) -> "Hard":
        if self.rounds is not None and self.size is None and self.quota is None:
            raise PydanticCustomError(
                "rounds",
                "rounds must come with size or quota, the rows that are wanted",
                {"value": self.rounds},
            )
        if self.min_yield is not None and self.rounds is None:
            raise PydanticCustomError(
                "min_yield", "min_yield must come with rounds", {"value": self.min_yield}
            )
        return self


_LEAST_YIELD = 0.005  # of 100,000 rewrites the paper's set has 1,319 hard rows, 0.013

Origin: TypeAlias = Literal["seeds", "rewrites"]


class Toxic(_Subset):
    """Texts that are flagged and not rescued; the paper gives no rule for its 600."""

    rule: Literal["unanimous", "majority"] = "unanimous"
    """How many moderators must have flagged a text."""
    origins: Annotated[tuple[Origin, ...], Field(strict=False, min_length=1)] = Field(
        default=("seeds", "rewrites"), alias="from"
    )
    """What may be toxic: flagged `seeds`, which the moderators then vote on too, and flagged
    `rewrites` that nothing rescued; both by default, as in the paper. Seeds of sensitive categories
    stay out. With `mode: refresh` shipped and imported seeds, which are the same again, are held
    against earlier releases' prompts and not against their toxic seeds; written ones against
    both."""

    @model_validator(mode="after")
    def _each_origin_once(self) -> "Toxic":
        if again := repeated(self.origins):
            raise PydanticCustomError("twice", "from must be listed once each", {"value": again})
        return self
