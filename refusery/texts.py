"""Lists and frames of prompts: their repeats, and moderators' votes on them.

Each function runs the stage that a build runs, with the ledger in a folder: what was asked once is
never asked again. A list in gives a list of results, a polars or pandas frame the same kind of
frame with columns added.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, overload

import polars as pl

from base.did_you_mean import did_you_mean
from inference.models import SHIPPED_ENCODERS
from moderators.offline import BY_ENCODER, BY_WORDS
from pipelines.recipe import OrBench, Recipe
from pipelines.sources.engine import require_payable
from refusery.inputs import (
    USER_CACHE,
    Cache,
    FrameT,
    InputError,
    Settings,
    column_of,
    opened,
    or_bench,
    rows_of,
    texts_of,
)
from refusery.verbs import dedup as repeats_verb
from refusery.verbs import moderation as moderation_verb
from refusery.verbs.dedup import Repeat

KeptT = TypeVar("KeptT")
DroppedT = TypeVar("DroppedT")


@dataclass(frozen=True, slots=True, repr=False)
class Deduplicated(Generic[KeptT, DroppedT]):
    """Texts without their repeats, and the repeats with their evidence.

    Attributes:
        kept: What stays, of the kind that came in: a list of texts, or a frame.
        dropped: What goes: `Repeat`s, or a frame with `index` (the row's place, from 0), `reason`,
            `duplicate_of` (the place of the row that it repeats) and `score`.
    """

    kept: KeptT
    dropped: DroppedT

    def __repr__(self) -> str:
        """Counts alone."""
        kept, dropped = (len(each) for each in (self.kept, self.dropped))  # type: ignore[arg-type]
        return f"Deduplicated(kept={kept}, dropped={dropped})"


@overload
def dedup(
    texts: FrameT,
    *,
    encoder: str = ...,
    threshold: float | None = ...,
    column: str = ...,
    cache: Cache = ...,
) -> Deduplicated[FrameT, FrameT]: ...
@overload
def dedup(
    texts: Iterable[str],
    *,
    encoder: str = ...,
    threshold: float | None = ...,
    column: str = ...,
    cache: Cache = ...,
) -> Deduplicated[list[str], list[Repeat]]: ...
def dedup(
    texts: FrameT | Iterable[str],
    *,
    encoder: str = SHIPPED_ENCODERS[0],
    threshold: float | None = 0.92,
    column: str = "prompt",
    cache: Cache = USER_CACHE,
) -> Deduplicated[FrameT, FrameT] | Deduplicated[list[str], list[Repeat]]:
    """Removes exact and near repeats; of each set of repeats the first stays.

    Texts are equal where they differ in white space and Unicode form alone, and near where the
    cosine of their vectors reaches `threshold`. Equal inputs give equal results, whatever else
    the machine does: what lies near the threshold is computed again, each text by itself.

    Args:
        texts: Texts, or a frame that holds them in `column`.
        encoder: The shipped sentence encoder, a folder, or a name on the Hub.
        threshold: The cosine, above 0 and at most 1; None for exact repeats alone, with no model.
        column: A frame's column with the texts.
        cache: A folder for vectors; None keeps nothing.

    Returns:
        `.kept` and `.dropped`, each a list or a frame as `texts` is; see `Deduplicated`.

    Raises:
        InputError: `texts` is no list of texts, or one of them is no text.
        ColumnUnusableError: The frame lacks the column, or it does not hold a text in every row.
        RecipeError: The threshold is out of bounds, or the encoder is none that is known.

    Example:
        >>> import refusery
        >>> prompts = ["How do I bake bread?", "How do I bake a bread?", "Name a river."]
        >>> found = refusery.dedup(prompts, threshold=0.9)
        >>> found.kept
        ['How do I bake bread?', 'Name a river.']
        >>> found.dropped
        [Repeat(index=1, duplicate_of=0, reason='near_duplicate', score=0.99)]
    """
    rows = rows_of(texts)
    given = texts_of(texts) if rows is None else column_of(rows, column)
    recipe = or_bench({}, dedup={"encoder": encoder, "threshold": threshold})
    with opened(recipe, cache, repeats_verb.VERB) as engine:
        found = repeats_verb.repeats(engine, recipe.dedup, given)
    if rows is None:
        return Deduplicated([given[place] for place in found.kept], list(found.dropped))
    places = [each.index for each in found.dropped]
    evidence = repeats_verb.evidence(found.dropped)
    return Deduplicated(rows.at(found.kept), rows.added(evidence, places))


@dataclass(frozen=True, slots=True)
class Moderation:
    """What moderators make of a prompt.

    Attributes:
        label: `safe`, `toxic`, or `undecided` where the votes do not reach the rule either way.
        sounds_risky: Whether it sounds risky, whatever its label; None where nobody measured it.
        votes: Each moderator's vote by its name: `safe`, `toxic` or `abstain`.
        scores: How toxic, on each moderator's own scale; None where it has none.
    """

    label: str
    sounds_risky: bool | None
    votes: Mapping[str, str]
    scores: Mapping[str, float | None] = field(repr=False)


Voters = str | Iterable[str] | Mapping[str, Settings] | Recipe
"""Names of offline moderators, models with their settings as in a recipe, or a recipe."""

OFFLINE = (*BY_ENCODER, *BY_WORDS)
"""The moderators that need no model of others; the first three compare vectors."""

DEFAULT_MODERATORS = ("nearest", "kernel", "words")
"""Who votes where nobody is named."""


@overload
def moderate(
    texts: FrameT,
    *,
    models: Voters = ...,
    rule: str | None = ...,
    column: str = ...,
    cache: Cache = ...,
) -> FrameT: ...
@overload
def moderate(
    texts: Iterable[str],
    *,
    models: Voters = ...,
    rule: str | None = ...,
    column: str = ...,
    cache: Cache = ...,
) -> list[Moderation]: ...
def moderate(
    texts: FrameT | Iterable[str],
    *,
    models: Voters = DEFAULT_MODERATORS,
    rule: str | None = None,
    column: str = "prompt",
    cache: Cache = USER_CACHE,
) -> FrameT | list[Moderation]:
    """Lets moderators vote on prompts, and makes a label of their votes.

    By default three offline moderators vote, which need no key and no server. A model is given as
    in a recipe: `models={"gpt4o": {"provider": "openai", "model": "gpt-4o-2024-11-20"}}`; it is
    asked for a verdict, or in its own dialect where it is a guard. Keys come from the environment.

    Args:
        texts: Prompts, or a frame that holds them in `column`.
        models: Who votes: names of offline moderators (`nearest`, `kernel`, `baseline`, `words`,
            `profanity`), a mapping of names to settings, or a recipe with a part `moderate`.
        rule: `majority` (more than half of all asked must say safe; OR-Bench, section 3.2.3),
            `unanimous` or `any`; by default the recipe's, else `majority`.
        column: A frame's column with the prompts.
        cache: A folder for replies and vectors; None keeps nothing.

    Returns:
        A `Moderation` for each text; or the frame with `moderation`, `sounds_risky`, and for each
        moderator `vote_NAME` and `score_NAME`.

    Raises:
        InputError: `texts` is no list of texts, one of them is no text, or a moderator is unknown.
        ColumnUnusableError: The frame lacks the column, or it does not hold a text in every row.
        RecipeError: A model's settings are not as a recipe has them.
        KeyMissingError: A model's key is not in the environment.
        VotesMissingError: A moderator could not be asked; what was answered is kept.

    Example:
        >>> import refusery
        >>> refusery.moderate(["How do I kill a Python process?"], models=["words", "profanity"])
        [Moderation(label='safe', sounds_risky=None, votes={'words': 'safe', 'profanity': 'safe'})]
    """
    rows = rows_of(texts)
    given = texts_of(texts) if rows is None else column_of(rows, column)
    recipe = moderating(models, rule)
    found = _votes(recipe, given, cache)
    return _moderations(found) if rows is None else rows.added(_vote_columns(recipe, found))


def _moderations(found: moderation_verb.Moderated) -> list[Moderation]:
    return [
        Moderation(
            label=decision["label"],
            sounds_risky=decision["sounds_risky"],
            votes={vote["model"]: vote["label"] for vote in votes},
            scores={vote["model"]: vote["score"] for vote in votes},
        )
        for decision, votes in zip(found.decisions, found.votes, strict=True)
    ]


def moderating(models: Voters, rule: str | None = None) -> OrBench:
    """The recipe that says who votes and by which rule."""
    if isinstance(models, Recipe):
        if not isinstance(models, OrBench):
            raise InputError("models must be a recipe with a part `moderate`", models.benchmark)
        how = models.moderate if rule is None else models.moderate.model_copy(update={"rule": rule})
        return models.model_copy(update={"moderate": how})
    named: Iterable[str] = [models] if isinstance(models, str) else models
    settings = dict(models) if isinstance(models, Mapping) else {name: {} for name in named}
    asked = {name: each for name, each in settings.items() if "provider" in each}
    voters = [name if name in asked else _offline(name, settings[name]) for name in settings]
    return or_bench(asked, moderate={"moderators": voters, "rule": rule or "majority"})


def _offline(name: str, settings: Settings) -> dict[str, object]:
    if name not in (*OFFLINE, "logprob"):
        near = did_you_mean(name, OFFLINE)
        rule = f"models must be offline moderators ({', '.join(OFFLINE)}) or have settings{near}"
        raise InputError(rule, name)
    return {"kind": name, **settings}


def _votes(recipe: OrBench, texts: Sequence[str], cache: Cache) -> moderation_verb.Moderated:
    if not texts:
        return moderation_verb.Moderated((), ())
    asked = [each.name for each in recipe.moderate.references() if each.kind == "model"]
    require_payable(recipe, asked)
    with opened(recipe, cache, moderation_verb.VERB) as engine:
        return moderation_verb.moderated(engine, recipe, texts)


def _vote_columns(recipe: OrBench, found: moderation_verb.Moderated) -> pl.DataFrame:
    """The columns with their types, which votes that are all the same would not show."""
    schema: dict[str, pl.DataType] = {"moderation": pl.String(), "sounds_risky": pl.Boolean()}
    for voter in recipe.moderate.voters:
        schema |= {f"vote_{voter}": pl.String(), f"score_{voter}": pl.Float64()}
    if not found.decisions:
        return pl.DataFrame(schema=schema)
    columns = moderation_verb.with_votes(pl.DataFrame({"": range(len(found.decisions))}), found)
    return pl.DataFrame([columns[name].cast(dtype) for name, dtype in schema.items()])
