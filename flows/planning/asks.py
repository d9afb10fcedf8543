"""Puts a price on calls of one model."""

from __future__ import annotations

from flows.planning.servers import server_of
from flows.planning.sizes import CallSize
from flows.planning.values import ModelCalls
from flows.recipe.schema import Recipe
from inference.prices import price_usd
from inference.types import Usage

THIS_MACHINE = "this machine"


def ask(
    recipe: Recipe, model: str, calls: int | None, size: CallSize, max_tokens: int | None = None
) -> ModelCalls:
    """What so many calls of that size cost; the price list is the one that is installed.

    Args:
        recipe: Whose model it is.
        model: Its name in the recipe.
        calls: How many, or None where nobody knows.
        size: Tokens of one of them.
        max_tokens: Longest answer that the stage allows; by default the model's own.
    """
    size = size.capped(max_tokens or recipe.models[model].max_tokens)
    server = server_of(recipe, model)
    each: float | None
    if server is None:
        host, retired, each = THIS_MACHINE, False, 0.0
    else:
        host, retired = server.host, bool(server.retired)
        each = price_usd(server.spec, Usage(size.input, size.output))
    return ModelCalls(
        model=model,
        server=host,
        calls=calls,
        input_tokens=None if calls is None else calls * size.input,
        output_tokens=None if calls is None else calls * size.output,
        usd=None if calls is None or each is None else calls * each,
        retired=retired,
        priced=each is not None,
    )


def is_hosted(recipe: Recipe, model: str) -> bool:
    """Whether a model is somebody else's: their terms and their filters apply."""
    server = server_of(recipe, model)
    return server is not None and server.hosted
