"""Which configs hold prompts that a model should refuse; whoever shows or publishes them asks."""

from __future__ import annotations

_SAFE = frozenset({("or-bench", "or-bench-80k"), ("or-bench", "or-bench-hard-1k")})


def is_unsafe(benchmark: str, config: str) -> bool:
    """Whether a config holds unsafe prompts: or-bench-toxic, and all of a SORRY-Bench release.

    A config that nobody has called safe counts as unsafe.
    """
    return (benchmark, config) not in _SAFE
