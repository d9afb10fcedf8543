"""What a recipe says of a model and of an encoder, as plain values."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

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


def endpoint_label(name: str, base_url: str) -> str:
    """The host of a public API, or `name` (the recipe's model name) for one's own server.

    A server of one's own may move to another port or machine without its replies being bought
    again; a public API is the same everywhere.
    """
    return name if is_own_server(base_url) else urlsplit(base_url).hostname or name


ProviderName = Literal["openai", "anthropic", "embedded"]


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens; all 0 for what is free.

    Attributes:
        input_usd: For tokens in.
        output_usd: For tokens out.
        cached_usd: For tokens in that the server had cached; None is the price of the others.
        reasoning_usd: For tokens of reasoning; None is the price of the other tokens out.
    """

    input_usd: float
    output_usd: float
    cached_usd: float | None = None
    reasoning_usd: float | None = None


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One chat model of a recipe.

    Attributes:
        name: Its name in the recipe.
        provider: Which protocol it is asked by.
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
        fixed_sampling: Whether the model takes no temperature and no top_p, so that none is sent.
        completion: Whether it is sent bare text by the Completions API (`openai` alone).
        timeout_s: Seconds until one attempt counts as hung.
        give_up_s: Seconds without any success after which the circuit opens.
        attempts: The largest number of attempts of one call that are worth retrying.
        slots: Parallel slots of an embedded server.
        context: Tokens of context per slot of an embedded server.
    """

    name: str
    provider: ProviderName
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
    completion: bool = False
    timeout_s: float = 120.0
    give_up_s: float = 300.0
    attempts: int = 6
    slots: int = 4
    context: int = 2048

    @property
    def address(self) -> str:
        """Its server's address, else its provider's own; `KeyError` for an embedded model."""
        return self.base_url or PUBLIC_APIS[self.provider]


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


PUBLIC_APIS = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com/v1"}
"""The address of a provider's own API, up to and with `/v1`."""

PUBLIC_KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
"""The environment variable that holds the key of a provider's own API."""


def public_key(address: str) -> str | None:
    """The variable with the key of the public API at an address; None for another server."""
    hosts = {urlsplit(url).hostname: PUBLIC_KEYS[provider] for provider, url in PUBLIC_APIS.items()}
    return hosts.get(urlsplit(address).hostname)


SHIPPED_ENCODERS = ("all-MiniLM-L6-v2",)
"""Encoders that come with the installation; others are a folder or a Hub id."""
