"""The moderators that a recipe may name, and how they are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from base.did_you_mean import did_you_mean
from base.digests import require_digest
from base.registry import table_of
from inference.templates import load_template
from moderators import TEMPLATES
from moderators.errors import EncoderMissingError, ModeratorUnknownError, TaxonomyUnfitError
from moderators.guards.moderator import GuardModerator
from moderators.guards.registry import guard
from moderators.llm import MAX_TOKENS, LlmModerator
from moderators.offline import BASELINE, KERNEL, NEAREST, PROFANITY, WORDS
from moderators.offline.logprob import LogprobModerator
from moderators.offline.vectors import BaselinePlan, KernelPlan, NearestPlan
from moderators.offline.words import ProfanityModerator, WordsPlan
from moderators.policies import PAPER, Policy, load_policy
from moderators.prototypes import load_prototypes
from moderators.types import ModeratorPlan
from taxonomy import NONE, Category, Taxonomy

_LOGPROB = "logprob:"


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a recipe moderators are made from.

    Attributes:
        taxonomy: The categories, with `none`.
        encoder: The encoder's name in the recipe, or None where it has none.
        models: The names of the recipe's models.
        dialects: The dialects of those among them that are guards.
        marked: Those guards whose own marks are put round what they are asked.
        tries: How often a model is asked until its answer is usable.
        max_tokens: Longest answer in tokens, for the models that have a limit of their own.
        policy: What those are told that are asked for a verdict: the name of a policy, or one of
            the user's own.
    """

    taxonomy: Taxonomy
    encoder: str | None = None
    models: tuple[str, ...] = ()
    dialects: Mapping[str, str] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()
    tries: int = 3
    max_tokens: Mapping[str, int] = field(default_factory=dict)
    policy: Policy | str = PAPER


def build(name: str, parts: Parts) -> ModeratorPlan:
    """The moderator of that name, to be prepared before it votes.

    Args:
        name: A kind of `OFFLINE`, `logprob:MODEL`, or a model's name: a guard is asked in its
            dialect, any other one for a verdict.
        parts: What it is made from.

    Raises:
        ModeratorUnknownError: The name is none of these; the rule names the nearest one.
        EncoderMissingError: The kind compares embeddings, and the recipe has no encoder.
        GuardUnknownError: The model's dialect is none that moderates.
        PolicyUnknownError: The policy is none.
        TaxonomyUnfitError: The moderator chooses a category, and the taxonomy has no `none`.
        PrototypesInvalidError: The kind needs prototypes, and the taxonomy has none.
        DigestError: The moderator has no digest.
    """
    made = _made(name, parts)
    require_digest("moderator", name, made)
    return made


def _made(name: str, parts: Parts) -> ModeratorPlan:
    if name in _OFFLINE:
        return _OFFLINE[name](parts)
    model = name.removeprefix(_LOGPROB)
    if model not in parts.models:
        raise _unknown(name, parts)
    if name.startswith(_LOGPROB):
        return LogprobModerator(model, load_template(TEMPLATES, "logprob"))
    if model in parts.dialects:
        spoken = guard(parts.dialects[model], parts.taxonomy, model in parts.marked)
        limit = parts.max_tokens.get(model)
        return GuardModerator(model, spoken, parts.taxonomy.names, parts.tries, limit)
    limit = parts.max_tokens.get(model, MAX_TOKENS)
    policy = load_policy(parts.policy) if isinstance(parts.policy, str) else parts.policy
    return LlmModerator(
        model, _with_none(name, parts), policy.prompt, parts.tries, limit, policy.exchange
    )


def _profanity(parts: Parts) -> ModeratorPlan:
    return ProfanityModerator()


def _words(parts: Parts) -> ModeratorPlan:
    return WordsPlan(load_prototypes(parts.taxonomy))


def _baseline(parts: Parts) -> ModeratorPlan:
    return BaselinePlan(_encoder(BASELINE, parts), _with_none(BASELINE, parts))


def _nearest(parts: Parts) -> ModeratorPlan:
    return NearestPlan(_encoder(NEAREST, parts), load_prototypes(parts.taxonomy))


def _kernel(parts: Parts) -> ModeratorPlan:
    return KernelPlan(_encoder(KERNEL, parts), load_prototypes(parts.taxonomy))


_OFFLINE: dict[str, Callable[[Parts], ModeratorPlan]] = table_of(
    "moderator",
    (
        (BASELINE, _baseline),
        (KERNEL, _kernel),
        (NEAREST, _nearest),
        (PROFANITY, _profanity),
        (WORDS, _words),
    ),
)
OFFLINE = tuple(_OFFLINE)


def _encoder(name: str, parts: Parts) -> str:
    if parts.encoder is None:
        raise EncoderMissingError("this moderator needs an encoder in the recipe", name)
    return parts.encoder


def _with_none(name: str, parts: Parts) -> tuple[Category, ...]:
    categories = parts.taxonomy.categories
    if not any(category.name == NONE for category in categories):
        raise TaxonomyUnfitError(f"moderator {name} needs a category {NONE}", parts.taxonomy.name)
    return categories


def _unknown(name: str, parts: Parts) -> ModeratorUnknownError:
    known = (*OFFLINE, *parts.models, *(_LOGPROB + model for model in parts.models))
    rule = f"moderator must be an offline kind or a model of the recipe{did_you_mean(name, known)}"
    return ModeratorUnknownError(rule, name)
