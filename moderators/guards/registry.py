"""The dialects that a recipe may name. It loads no heavy library: recipes are checked by it."""

from __future__ import annotations

from collections.abc import Mapping

from moderators.errors import GuardUnknown
from moderators.guards.gpt_oss_safeguard import GptOssSafeguard
from moderators.guards.granite_guardian import GraniteGuardian
from moderators.guards.llama_guard import LlamaGuard
from moderators.guards.qwen3guard import Qwen3Guard
from moderators.guards.shieldgemma import ShieldGemma
from moderators.guards.types import Guard
from moderators.guards.wildguard import WildGuard
from taxonomy import Taxonomy

_PLAIN: tuple[Guard, ...] = (
    LlamaGuard(),
    WildGuard(),
    Qwen3Guard(),
    ShieldGemma(),
    GraniteGuardian(),
)


def guards(taxonomy: Taxonomy) -> Mapping[str, Guard]:
    """Every guard by its dialect's name; one of them takes its policy from the taxonomy."""
    known: tuple[Guard, ...] = (*_PLAIN, GptOssSafeguard(taxonomy.categories))
    return {guard.name: guard for guard in known}


def guard(dialect: str, taxonomy: Taxonomy) -> Guard:
    """The guard of that dialect.

    Raises:
        GuardUnknown: No guard that moderates speaks it; the rule names those that do.
    """
    known = guards(taxonomy)
    if dialect not in known:
        raise GuardUnknown(f"a guard that moderates must be one of {', '.join(known)}", dialect)
    return known[dialect]
