"""The dialects that a recipe may name. It loads no heavy library: recipes are checked by it."""

from collections.abc import Callable, Mapping

from base.did_you_mean import did_you_mean
from base.digests import require_digest
from base.registry import table_of
from moderators.errors import GuardUnknownError
from moderators.guards.dialect import Guard
from moderators.guards.gpt_oss_safeguard import GptOssSafeguard
from moderators.guards.granite_guardian import GraniteGuardian
from moderators.guards.llama_guard import LlamaGuard
from moderators.guards.qwen3guard import Qwen3Guard
from moderators.guards.shieldgemma import ShieldGemma
from moderators.guards.wildguard import WildGuard
from taxonomy import Taxonomy

_MAKERS: dict[str, Callable[[Taxonomy, bool], Guard]] = table_of(
    "guard dialect",
    (
        (LlamaGuard.name, lambda taxonomy, marked: LlamaGuard()),
        (WildGuard.name, lambda taxonomy, marked: WildGuard(marked=marked)),
        (Qwen3Guard.name, lambda taxonomy, marked: Qwen3Guard()),
        (ShieldGemma.name, lambda taxonomy, marked: ShieldGemma()),
        (GraniteGuardian.name, lambda taxonomy, marked: GraniteGuardian()),
        (GptOssSafeguard.name, lambda taxonomy, marked: GptOssSafeguard(taxonomy.categories)),
    ),
)
"""By dialect; one of them takes its policy from the taxonomy."""
DIALECTS = tuple(_MAKERS)


def guards(taxonomy: Taxonomy) -> Mapping[str, Guard]:
    """Every guard by its dialect's name."""
    return {dialect: guard(dialect, taxonomy) for dialect in _MAKERS}


def guard(dialect: str, taxonomy: Taxonomy, marked: bool = False) -> Guard:
    """The guard of that dialect.

    Args:
        dialect: Its name.
        taxonomy: The categories.
        marked: Whether its own marks are put round its text, where it has some: it is sent bare
            text, which no chat template lays out.

    Raises:
        GuardUnknownError: No guard that moderates speaks it; the rule names those that do.
        DigestError: The guard has no digest.
    """
    if dialect not in _MAKERS:
        rule = f"a guard that moderates must be one of {', '.join(_MAKERS)}"
        raise GuardUnknownError(rule + did_you_mean(dialect, _MAKERS), dialect)
    made = _MAKERS[dialect](taxonomy, marked)
    require_digest("guard", dialect, made)
    return made
