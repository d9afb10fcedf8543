"""What a recipe says of a model and of an encoder, as plain values."""

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias
from urllib.parse import urlencode, urlsplit

from base.registry import table_of
from inference.generations import TokenLimit

_ODD_ADDRESS = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*", re.IGNORECASE)
_PRIVATE_ENDINGS = (".local", ".lan", ".internal", ".home.arpa")


def is_own_server(base_url: str | None) -> bool:
    """Whether an address is a server of one's own rather than a public API.

    Loopback and private addresses, host names without a domain, and plain `http` are one's own.
    """
    if base_url is None:
        return False
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or host.endswith(_PRIVATE_ENDINGS):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def is_private_host(host: str) -> bool:
    """Whether a host is this machine or one of a private network, where plain `http` may do.

    An address in another form than the usual (`134744072`, `0x8080808`) may lead anywhere.

    Example:
        >>> is_private_host("10.1.2.3"), is_private_host("gpu01"), is_private_host("example.org")
        (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        pass
    if _ODD_ADDRESS.fullmatch(host):
        return False
    return bool(host) and ("." not in host or host.endswith((*_PRIVATE_ENDINGS, ".localhost")))


def endpoint_label(name: str, base_url: str) -> str:
    """The host of a public API, or `name` (the recipe's model name) for one's own server.

    A server of one's own may move to another port or machine without its replies being bought
    again; a public API is the same everywhere.
    """
    return name if is_own_server(base_url) else urlsplit(base_url).hostname or name


Structured = Literal["auto", "schema", "json", "text"]
Kind = Literal["requests", "tokens", "input", "output"]
LimitHeaders: TypeAlias = tuple[str, str, Kind]
"""The header that says what is left, the one that says when it is reset, and what is counted."""


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    """What is known of a provider before its library is imported.

    Attributes:
        name: Its name in recipes and in ledger keys.
        maker: Its class below `inference/providers/`, as `module.Class`.
        public_api: The address of its own API, up to and with `/v1`; "" where it has none.
        public_key: The environment variable that holds the key of its own API, or None.
        key_header: The header that carries a key, and what stands before the key in it.
        headers: What every request carries, key or no key.
        limits: What answers say is left, beside the headers that plain servers have.
    """

    name: str
    maker: str
    public_api: str = ""
    public_key: str | None = None
    key_header: tuple[str, str] = ("Authorization", "Bearer ")
    headers: tuple[tuple[str, str], ...] = ()
    limits: tuple[LimitHeaders, ...] = ()

    def auth_headers(self, key: str | None) -> dict[str, str]:
        """The headers of a request with that key, or with none."""
        header, before = self.key_header
        return dict(self.headers) | ({} if key is None else {header: before + key})


_ANTHROPIC_LIMITS: tuple[tuple[str, Kind], ...] = (
    ("requests", "requests"),
    ("tokens", "tokens"),
    ("input-tokens", "input"),
    ("output-tokens", "output"),
)
_PROVIDERS = (
    ProviderEntry(
        "openai",
        "openai.OpenAIProvider",
        "https://api.openai.com/v1",
        "OPENAI_API_KEY",
        limits=(
            ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", "requests"),
            ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens", "tokens"),
        ),
    ),
    ProviderEntry(
        "anthropic",
        "anthropic.AnthropicProvider",
        "https://api.anthropic.com/v1",
        "ANTHROPIC_API_KEY",
        key_header=("x-api-key", ""),
        headers=(("anthropic-version", "2023-06-01"),),
        limits=tuple(
            (f"anthropic-ratelimit-{said}-remaining", f"anthropic-ratelimit-{said}-reset", kind)
            for said, kind in _ANTHROPIC_LIMITS
        ),
    ),
    ProviderEntry("embedded", "embedded.EmbeddedProvider"),
)
PROVIDERS = table_of("provider", ((each.name, each) for each in _PROVIDERS))
"""What a recipe's `provider` may name; a new one is a row here and a file."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens; all 0 for what is free.

    Attributes:
        input_usd: For tokens in.
        output_usd: For tokens out.
        cached_usd: For tokens in that the server had cached; None is the price of the others.
        reasoning_usd: For tokens of reasoning; None is the price of the other tokens out.
        cache_write_usd: For tokens in that the server writes into its cache; None is the price of
            the others, and a quarter more where the Messages API is asked to cache.
    """

    input_usd: float
    output_usd: float
    cached_usd: float | None = None
    reasoning_usd: float | None = None
    cache_write_usd: float | None = None


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One chat model of a recipe.

    Attributes:
        name: Its name in the recipe.
        provider: Which protocol it is asked by; one of `PROVIDERS`.
        model: The model's name as its server knows it; for `embedded` the name of the shipped
            model.
        base_url: The server's address up to and with `/v1`, or None for the provider's public API.
        label: The endpoint label in ledger keys; None derives it (the host of a public API, the
            recipe's model name for one's own server, "embedded").
        key_env: The environment variable with the API key, or None where the server wants none.
        path: A GGUF file for `embedded`, or None for the shipped model.
        price: What the recipe says it costs, or None to look it up in the kept price list.
        max_in_flight: The largest number of calls at once.
        rpm: Requests a minute that the server allows, or None where nobody said.
        tpm: Tokens a minute, in and out together, or None.
        fixed_sampling: Whether the model takes no temperature, top_p and stop: none is sent.
        settings: Further fields of every request's body, as JSON with sorted keys; "" for none.
            They are part of what the model is: another effort is another ledger key.
        structured: How answers in JSON are asked for.
        token_limit: What the server calls the longest answer; None where its host tells.
        prefill: Whether the model goes on with a begun answer.
        headers: Further headers of every request, by name.
        query: What stands behind the `?` of every request's address, by name.
        key_header: The header that carries the key as it is; None for the protocol's own.
        completion: Whether it is sent bare text by the Completions API (`openai` alone).
        timeout_s: Seconds until one attempt counts as hung.
        give_up_s: Seconds without any success after which the circuit opens.
        attempts: The largest number of attempts of one call that are worth retrying.
        slots: Parallel slots of an embedded server.
        context: Tokens of context per slot of an embedded server.
    """

    name: str
    provider: str
    model: str
    base_url: str | None = None
    label: str | None = None
    key_env: str | None = None
    path: Path | None = None
    price: Price | None = None
    max_in_flight: int = 64
    rpm: int | None = None
    tpm: int | None = None
    fixed_sampling: bool = False
    settings: str = ""
    structured: Structured = "schema"
    token_limit: TokenLimit | None = None
    prefill: bool = True
    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    key_header: str | None = None
    completion: bool = False
    timeout_s: float = 120.0
    give_up_s: float = 300.0
    attempts: int = 6
    slots: int = 4
    context: int = 2048

    @property
    def address(self) -> str:
        """Its server's address, else its provider's own; "" for an embedded model."""
        return self.base_url or PROVIDERS[self.provider].public_api

    def url(self, path: str) -> str:
        """Where a request goes, below the server's address, with the query that each one has.

        Example:
            >>> ModelSpec("m", "openai", "m", query=(("api-version", "1"),)).url("models")
            'https://api.openai.com/v1/models?api-version=1'
        """
        query = f"?{urlencode(self.query)}" if self.query else ""
        return f"{self.address.rstrip('/')}/{path}{query}"

    def completed(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A request's body with the fields that the model's settings add to it.

        Example:
            >>> thorough = ModelSpec("m", "openai", "m", settings='{"reasoning_effort": "high"}')
            >>> thorough.completed({"model": "m"})
            {'model': 'm', 'reasoning_effort': 'high'}
        """
        return merged(body, json.loads(self.settings)) if self.settings else dict(body)

    def request_headers(self, key: str | None) -> dict[str, str]:
        """The headers that every request carries, with that key or with none."""
        provider = PROVIDERS[self.provider]
        if key is None or self.key_header is None:
            return provider.auth_headers(key) | dict(self.headers)
        return provider.auth_headers(None) | {self.key_header: key} | dict(self.headers)


def merged(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Two objects in one, and the objects within them too; elsewhere the later value stands.

    Example:
        >>> merged({"output_config": {"format": 1}}, {"output_config": {"effort": "low"}})
        {'output_config': {'format': 1, 'effort': 'low'}}
    """
    whole = dict(before)
    for name, value in after.items():
        held = whole.get(name)
        if isinstance(held, Mapping) and isinstance(value, Mapping):
            whole[name] = merged(held, value)
        else:
            whole[name] = value
    return whole


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """One sentence encoder of a recipe.

    Attributes:
        name: Its name in the recipe; the name of the shipped encoder, a Hub id or a path.
        path: A local folder in the sentence-transformers layout, or None for the shipped encoder.
        revision: The pinned Hub revision it was fetched at, or None.
    """

    name: str
    path: Path | None = None
    revision: str | None = None


def public_key(address: str) -> str | None:
    """The variable with the key of the public API at an address; None for another server.

    Over `https` alone, and at the API's own port: a key that nobody named goes nowhere else.
    """
    parts = urlsplit(address)
    own = {urlsplit(each.public_api).hostname: each.public_key for each in _PROVIDERS}
    if parts.scheme != "https" or parts.port not in (None, 443):
        return None
    return own.get(parts.hostname) if parts.hostname else None


def is_public_api(address: str) -> bool:
    """Whether an address is at the host of a provider's own API, however it is reached."""
    own = {urlsplit(each.public_api).hostname for each in _PROVIDERS if each.public_api}
    return urlsplit(address).hostname in own


SHIPPED_ENCODERS = ("all-MiniLM-L6-v2",)
"""Encoders that come with the installation; others are a folder or a Hub id."""
