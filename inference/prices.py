"""What a call costs: the recipe's price, else the kept price list, else unknown (never 0)."""

from __future__ import annotations

from inference.endpoints import is_own_server
from inference.models import ModelSpec
from inference.types import Usage

_PUBLIC_APIS = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
_MILLION = 1_000_000


def price_usd(spec: ModelSpec, usage: Usage) -> float | None:
    """US dollars for one call of `spec`, or None where nobody says what it costs.

    Embedded models are free. Servers that the price list does not know have an unknown price.
    """
    if spec.provider == "embedded":
        return 0.0
    if spec.price is not None:
        spent = usage.input_tokens * spec.price.input_usd
        return (spent + usage.output_tokens * spec.price.output_usd) / _MILLION
    if is_own_server(spec.base_url):
        return None
    return _listed(spec, usage)


def _listed(spec: ModelSpec, usage: Usage) -> float | None:
    from genai_prices import Usage as ListedUsage
    from genai_prices import calc_price

    tokens = ListedUsage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_tokens,
    )
    address = spec.base_url or _PUBLIC_APIS[spec.provider]
    try:
        listed = calc_price(tokens, model_ref=spec.model, provider_api_url=address)
    except LookupError:
        return None
    return float(listed.total_price)
