"""Addresses: a public API or one's own server, and the label that stands in ledger keys."""

from __future__ import annotations

import ipaddress
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
