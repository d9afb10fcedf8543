"""Who may call a Prefect server: seen from outside, as a page in a browser would see it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

_TIMEOUT_S = 20.0
_PAGE = "https://a-page.invalid"
_GUARDED, _TOKEN = "/admin/version", "/csrf-token"
_OPEN = range(200, 300)


@dataclass(frozen=True, slots=True)
class ServerAccess:
    """What a server lets strangers do.

    Attributes:
        password: Whether it asks for one (`PREFECT_SERVER_API_AUTH_STRING`).
        any_origin: Whether it lets any page read its answers
            (`PREFECT_SERVER_CORS_ALLOWED_ORIGINS`, `*` by default).
        csrf: Whether what changes something needs a token
            (`PREFECT_SERVER_CSRF_PROTECTION_ENABLED`).
    """

    password: bool
    any_origin: bool
    csrf: bool

    @property
    def open_to_pages(self) -> bool:
        """Whether any page in a browser on this machine could start a run.

        Without tokens a page need not read the answer to what it has sent; with them, but any
        origin, it reads its own token first.
        """
        return not self.password and (self.any_origin or not self.csrf)

    def __str__(self) -> str:
        """What of the three is not as it should be."""
        lacks = {
            "no password": not self.password,
            "any origin allowed": self.any_origin,
            "no CSRF tokens": not self.csrf,
        }
        return ", ".join(name for name, is_so in lacks.items() if is_so) or "locked"


def look_at(url: str) -> ServerAccess:
    """What a server's API at `url` answers to one who sends no password, from another page."""
    status, headers = _asked(url + _GUARDED)
    allowed = headers.get("Access-Control-Allow-Origin", "")
    token, _ = _asked(f"{url}{_TOKEN}?client={uuid.uuid4()}")
    return ServerAccess(
        password=status not in _OPEN,
        any_origin=allowed in ("*", _PAGE),
        csrf=token in _OPEN,
    )


def _asked(url: str) -> tuple[int, Message]:
    """Status and headers, whose names have no case, of an answer; 0 and none without one."""
    opener = build_opener(_NoRedirect, ProxyHandler({}))
    try:
        with opener.open(Request(url, headers={"Origin": _PAGE}), timeout=_TIMEOUT_S) as answer:
            return int(answer.status), answer.headers
    except HTTPError as error:
        with error:
            return error.code, error.headers
    except (URLError, OSError, HTTPException, ValueError):
        return 0, Message()


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """No second request: who is sent to a login is not let in."""
