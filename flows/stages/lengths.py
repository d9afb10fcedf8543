"""How long an answer may be where a recipe does not say: every request has a largest length.

Under a cap a call is paid for at its longest before it is sent, so that no request may go without.
"""

from __future__ import annotations

from flows.recipe.models import Model

SEEDS = 4000
"""Tokens for one call's seeds: twenty of them have about 400, more may be asked for."""

REWRITES = 2000
"""Tokens for one seed's rewrites: five of them have about 150."""


def longest(part: int | None, model: Model, default: int) -> int:
    """The largest number of answer tokens: the part's, else the model's, else the stage's own."""
    return part or model.max_tokens or default


MUTATIONS = 2000
"""Tokens for one mutated text: scripts that a tokenizer knows badly take several a letter."""
