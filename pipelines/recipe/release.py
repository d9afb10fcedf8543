"""What leaves the house: version and licence, and what must hold before it does."""

from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from artifacts.licenses import LICENSES
from base.did_you_mean import did_you_mean
from pipelines.recipe.base import Count, Part, Share, spelled


def _in_quotes(given: object) -> object:
    """A version that YAML took for a number or a day is text without quotes."""
    if given is None or isinstance(given, str):
        return given
    rule = 'must be text of the form YEAR.MONTH.PATCH, in quotes ("2026.11.0"), or `next`'
    raise PydanticCustomError("version", "{rule}", {"rule": rule, "value": str(given)[:60]})


def _known_license(given: str) -> str:
    if given.strip().lower() not in LICENSES:
        hint = did_you_mean(given, LICENSES) or f" ({', '.join(LICENSES)})"
        rule = f"must be a known licence by its name on the Hub{hint}"
        raise PydanticCustomError("license", "{rule}", {"rule": rule, "value": given[:60]})
    return given


Version = Annotated[
    str,
    BeforeValidator(_in_quotes),
    spelled(
        r"next|\d{4}\.(?:0?[1-9]|1[0-2])\.\d+",
        "`next` or a version such as 2026.11.0, its month from 1 to 12",
    ),
]

ReleaseName = Annotated[
    str,
    Field(max_length=60),
    spelled(r"[a-z0-9]+(-[a-z0-9]+)*", "small letters, digits and single dashes, such as my-set"),
]

Ratio = Annotated[float, Field(ge=1)]
BoundT = TypeVar("BoundT")


def _form(given: object) -> str:
    return "configs" if isinstance(given, dict) else "first"


Bound: TypeAlias = Annotated[
    Annotated[BoundT, Tag("first")] | Annotated[dict[str, BoundT], Tag("configs")],
    Discriminator(_form),
]
"""A bound for the first config, or one for each config that is named."""


class Release(Part):
    """Version, licence and kind of a release."""

    version: Version
    """`YEAR.MONTH.PATCH`, or `next`."""
    name: ReleaseName | None = None
    """The data set that this is a version of, by default the benchmark's name: releases lie in
    `releases/NAME/VERSION`, and `next`, `mode`, audits and cards go by it."""
    license: Annotated[str, AfterValidator(_known_license)] = "cc-by-4.0"
    """The release's licence, a known one, which every source's licence must allow (by default that
    of the published sets)."""
    demo: bool = False
    """A demonstration by a small model: its card says so, and it is not published by accident."""


class PromptRelease(Release):
    """Version, licence and kind of a release, and what it says of the seeds."""

    seeds: Literal["id", "text"] = "id"
    """How a row names the seed that it was written from: by the seed's id alone (column `seed_id`),
    or with `text` by its text too (column `seed`), in unsafe configs; a safe one never has it."""
    configs: Literal["plain", "paper"] = "plain"
    """What configs are called: `NAME-main`, `NAME-hard`, `NAME-toxic`; or as OR-Bench's own,
    `NAME-80k`, `NAME-hard-1k`, `NAME-toxic`, which are true of a set of its size alone."""


class Budget(Part):
    """A cap on what a run may spend."""

    max_usd: float = Field(gt=0)
    """US dollars; reaching it ends the run, and a higher cap goes on."""


class Gates(Part):
    """Bounds on the audit's figures for the first config, or `{config: bound}`; a broken one fails.

    It fails the run before anything leaves, and names figure, stage and category.
    """

    min_per_category: Bound[Count] | None = None
    """Fewest rows in any category."""
    max_category_ratio: Bound[Ratio] | None = None
    """Largest ratio of the fullest to the emptiest category."""
    min_entropy: Bound[Share] | None = None
    """Least normalised entropy over categories."""
    max_opener_share: Bound[Share] | None = None
    """Largest share of prompts with one opening."""
    max_near_duplicates: Bound[Share] | None = None
    """Largest share of near repeats: inside a config, of an earlier release, of a benchmark."""
    max_rule_breaks: Bound[Share] | None = None
    """Largest share of prompts that break a style rule."""
    max_abstentions: Share | None = None
    """Largest share of votes that any moderator abstained from."""
    min_agreement: float | None = Field(default=None, ge=-1, le=1)
    """Least agreement of the moderators (Krippendorff's alpha)."""
