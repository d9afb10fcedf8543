"""Asks a server which models it serves: the only part of planning that uses the network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from inference.endpoints import is_own_server

_TIMEOUT_S = 5.0
_LARGEST = 5_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said.

    Attributes:
        status: The HTTP status, or None where there was no answer.
        models: The ids that it lists, or None where it lists none in the usual form.
    """

    status: int | None
    models: tuple[str, ...] | None = None


def ask_models(base_url: str, headers: Mapping[str, str]) -> Answer:
    """GET `base_url`/models, within seconds, following no redirect: a key stays with its host."""
    request = Request(f"{base_url}/models", headers=dict(headers))
    try:
        with _opener(base_url).open(request, timeout=_TIMEOUT_S) as reply:
            return Answer(reply.status, _ids(reply.read(_LARGEST)))
    except HTTPError as error:
        with error:
            return Answer(error.code)
    except (URLError, OSError, HTTPException, ValueError):
        return Answer(None)


def _opener(base_url: str) -> OpenerDirector:
    proxies = [ProxyHandler({})] if is_own_server(base_url) else []
    return build_opener(_NoRedirect, *proxies)


def _ids(body: bytes) -> tuple[str, ...] | None:
    try:
        return tuple(str(each["id"]) for each in json.loads(body)["data"])
    except (ValueError, KeyError, TypeError):
        return None


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """No second request: the redirect itself is the answer."""
