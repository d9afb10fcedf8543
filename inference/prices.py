"""What a call costs: the recipe's price, else the kept price list, else unknown (never 0)."""

import math
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

from inference.models import ModelSpec, Price, is_own_server
from inference.types import ChatRequest, Reply, Usage

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation


_MILLION = 1_000_000
_FREE = Price(0.0, 0.0)

REQUEST_TOKENS = 2048
"""Tokens in that a server may add to a request: its own system prompt (20 to 100 tokens for open
chat models), how it explains a schema (several hundred), a guard's policy (up to 1,500)."""

MESSAGE_TOKENS = 32
"""Tokens in that may mark one message: role and ends, 3 to 8 in published templates."""


MOST_TOKENS = 2**53
"""Counts from here on are no counts: not every number format that they pass through holds them."""


def price_usd(spec: ModelSpec, usage: Usage) -> float | None:
    """US dollars for one call of `spec`, or None where nobody says what it costs.

    Embedded models are free. Servers that the price list does not know have an unknown price, and
    so has a call whose tokens the server did not count, unless the model is free.
    """
    if is_free(spec):
        return 0.0
    if not usage.input_tokens or not _is_counted(usage):
        return None
    price = _stated(spec)
    if price is not None:
        return _sound(_by(spec, price, usage))
    found = _listed(spec, _tokens(usage))
    return None if found is None else _sound(float(found.total_price))


_BEYOND = 10_000  # times what a call can hold: no context is that long, and no bill


def reply_usd(spec: ModelSpec, reply: Reply, request: ChatRequest) -> float | None:
    """US dollars for one reply: as `price_usd`, and None where its counts cannot be the call's.

    That is a text that was not counted, or ten thousand times the tokens that the call can have
    had: one such reply would use up any budget, in this run and in every later one.
    """
    usage = reply.usage
    uncounted = bool(reply.text) and not usage.output_tokens
    beyond = usage.input_tokens > _BEYOND * most_tokens(request) or (
        request.max_tokens is not None and usage.output_tokens > _BEYOND * request.max_tokens
    )
    return price_usd(spec, Usage() if uncounted or beyond else usage)


def _is_counted(usage: Usage) -> bool:
    return all(0 <= count < MOST_TOKENS for count in (usage.input_tokens, usage.output_tokens))


def _sound(usd: float) -> float | None:
    """The sum, unless it is none: a price below 0 would raise the budget."""
    return usd if math.isfinite(usd) and usd >= 0 else None


def is_priced(spec: ModelSpec) -> bool:
    """Whether the recipe or the kept price list says what a model costs."""
    return price_usd(spec, Usage(input_tokens=1, output_tokens=1)) is not None


def is_free(spec: ModelSpec) -> bool:
    """Whether a model costs nothing, however much it is asked."""
    return _stated(spec) == _FREE


def most_tokens(request: ChatRequest) -> int:
    """An upper bound of a request's tokens in.

    No tokenizer makes more tokens of a text than it has bytes in UTF-8 (SentencePiece counts them
    after it has normalised the text, which can lengthen it); what servers add is bounded by
    `MESSAGE_TOKENS` and `REQUEST_TOKENS`.
    """
    texts = sum(_bytes(message.content) + MESSAGE_TOKENS for message in request.messages)
    return texts + _bytes(request.json_schema or "") + REQUEST_TOKENS


def most_usd(spec: ModelSpec, input_tokens: int, output_tokens: int) -> float | None:
    """What a call of at most so many tokens can cost at the dearest rate that may apply.

    Tokens may be cached or not, written to a cache or not, and reasoning or not. Rates that rise
    with a call's size are those of the largest size.
    """
    price = _stated(spec)
    if price is not None:
        rates = (price.input_usd, price.cached_usd or 0.0, _write_usd(spec, price))
        tokens_in = input_tokens * max(rates)
        tokens_out = output_tokens * max(price.output_usd, price.reasoning_usd or 0.0)
        return (tokens_in + tokens_out) / _MILLION
    whole = {"input_tokens": input_tokens, "output_tokens": output_tokens}
    cases = (
        whole,
        whole | {"cache_read_tokens": input_tokens, "output_reasoning_tokens": output_tokens},
        whole | {"cache_write_tokens": input_tokens},
    )
    found = [listed for case in cases if (listed := _listed(spec, case)) is not None]
    if len(found) < len(cases):
        return None
    dearest: Decimal = max(each.input_price for each in found)
    return float(dearest + max(each.output_price for each in found))


def _stated(spec: ModelSpec) -> Price | None:
    """The price that needs no list."""
    return _FREE if spec.provider == "embedded" else spec.price


_WRITE_PREMIUM = 1.25
"""What the Messages API takes for a token that it keeps for five minutes, as a share of the input
price (docs.claude.com, "Pricing")."""


def _write_usd(spec: ModelSpec, price: Price) -> float:
    if price.cache_write_usd is not None:
        return price.cache_write_usd
    return price.input_usd * (_WRITE_PREMIUM if spec.provider == "anthropic" else 1.0)


def _by(spec: ModelSpec, price: Price, usage: Usage) -> float:
    cached, written = _cache_parts(usage)
    reasoning = min(usage.reasoning_tokens, usage.output_tokens)
    cached_usd = price.input_usd if price.cached_usd is None else price.cached_usd
    reasoning_usd = price.output_usd if price.reasoning_usd is None else price.reasoning_usd
    tokens_in = (usage.input_tokens - cached - written) * price.input_usd
    tokens_in += cached * cached_usd + written * _write_usd(spec, price)
    tokens_out = (usage.output_tokens - reasoning) * price.output_usd + reasoning * reasoning_usd
    return (tokens_in + tokens_out) / _MILLION


def _cache_parts(usage: Usage) -> tuple[int, int]:
    """Tokens in that were read from a cache and written into it, together at most all of them."""
    cached = min(usage.cached_tokens, usage.input_tokens)
    return cached, min(usage.cache_write_tokens, usage.input_tokens - cached)


def _tokens(usage: Usage) -> dict[str, int]:
    """What the price list takes; it refuses a part that is larger than its whole."""
    cached, written = _cache_parts(usage)
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": cached,
        "cache_write_tokens": written,
        "output_reasoning_tokens": min(usage.reasoning_tokens, usage.output_tokens),
    }


def _listed(spec: ModelSpec, tokens: dict[str, int]) -> "PriceCalculation | None":
    """The kept list's price, where it has one for tokens in and one for tokens out."""
    if is_own_server(spec.base_url):
        return None
    from genai_prices import Usage as ListedUsage
    from genai_prices import calc_price

    try:
        usage = ListedUsage(**tokens)
        found = calc_price(usage, model_ref=spec.model, provider_api_url=spec.address)
    except Exception:  # an unknown model is a LookupError; what else the list meets is no price
        return None
    rates = found.model_price
    return None if rates.input_mtok is None or rates.output_mtok is None else found


def _bytes(text: str) -> int:
    if text.isascii():
        return len(text)
    return max(len(form.encode()) for form in (text, unicodedata.normalize("NFKC", text)))
