"""What the kept price list says of a model besides its price."""

from __future__ import annotations

from flows.planning.servers import Server


def is_deprecated(server: Server) -> bool:
    """Whether the list marks a public API's model as on its way out; False where it is unknown."""
    if not server.hosted:
        return False
    from genai_prices import Usage, calc_price

    try:
        found = calc_price(
            Usage(input_tokens=1), model_ref=server.model, provider_api_url=server.base_url
        )
    except LookupError:
        return False
    return bool(found.model.deprecated)
