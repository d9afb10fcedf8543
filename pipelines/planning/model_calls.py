"""What the calls of a stage cost, by the price list that is installed."""

from inference.prices import price_usd
from inference.types import Usage
from pipelines.planning.servers import server_of
from pipelines.planning.values import ModelCalls
from pipelines.recipe.schema import Recipe
from pipelines.runner.expected import Calls

THIS_MACHINE = "this machine"


def priced(recipe: Recipe, calls: Calls) -> ModelCalls:
    """What a model's calls cost.

    Args:
        recipe: Whose model it is.
        calls: How many, and how large.
    """
    size = calls.size.capped(calls.max_tokens or recipe.models[calls.model].max_tokens)
    count, server = calls.count, server_of(recipe, calls.model)
    each: float | None
    if server is None:
        host, retired, each = THIS_MACHINE, False, 0.0
    else:
        host, retired = server.host, bool(server.retired)
        each = price_usd(server.spec, Usage(size.input, size.output))
    return ModelCalls(
        model=calls.model,
        server=host,
        calls=count,
        input_tokens=None if count is None else count * size.input,
        output_tokens=None if count is None else count * size.output,
        usd=None if count is None or each is None else count * each,
        retired=retired,
        priced=each is not None,
    )


def is_hosted(recipe: Recipe, model: str) -> bool:
    """Whether a model is somebody else's: their terms and their filters apply."""
    server = server_of(recipe, model)
    return server is not None and server.hosted
