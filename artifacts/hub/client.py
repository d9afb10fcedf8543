"""The Hub's client: every wait is the publisher's own and bounded, every refusal one line."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from json import JSONDecodeError
from typing import TYPE_CHECKING, TypeVar

from artifacts.hub.values import PASSING, HubAnswerError, Waits

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub import HfApi


_PUBLIC = "https://huggingface.co"
_CONNECT_S, _READ_S = 30.0, 300.0
_ON = ("1", "ON", "YES", "TRUE")


def token() -> str | None:
    """The token of the environment (HF_TOKEN) or of the Hub's own login; None without one."""
    from huggingface_hub import get_token

    return get_token()


@contextmanager
def session() -> Iterator[HfApi]:
    """The client at HF_ENDPOINT, as it is to be while a release is planned or published.

    The client itself repeats some calls after waits as long as the Hub asks for, waits without an
    end for an answer, and never repeats others. Within this block it raises instead, and whoever
    calls decides. Its settings are the process's: no other thread may use the Hub meanwhile.
    """
    from huggingface_hub import HfApi, constants, set_client_factory
    from huggingface_hub.utils._http import default_client_factory
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars

    endpoint = (os.environ.get("HF_ENDPOINT") or _PUBLIC).rstrip("/")
    before, quiet = constants.HF_HUB_DISABLE_XET, are_progress_bars_disabled()
    # The client reads this variable when it is imported, which may be long ago. Another Hub than
    # the public one need not have xet at all, and the client gives up where it has not.
    constants.HF_HUB_DISABLE_XET = _without_xet() or endpoint != _PUBLIC
    disable_progress_bars()
    set_client_factory(_client)
    try:
        with warnings.catch_warnings():
            # The client uploads by a name that its HTTP library no longer likes.
            warnings.filterwarnings("ignore", "Use 'content=", DeprecationWarning)
            yield HfApi(endpoint=endpoint, token=token() or False, library_name="refusery")
    finally:
        set_client_factory(default_client_factory)
        constants.HF_HUB_DISABLE_XET = before
        if not quiet:
            _show_progress_bars()


def headers(api: HfApi) -> dict[str, str]:
    """The headers of a call that is sent without the client's own methods."""
    sent = {"User-Agent": "refusery", "Accept-Encoding": "identity"}
    return {**sent, "Authorization": f"Bearer {api.token}"} if api.token else sent


def require(response: httpx2.Response) -> None:
    """Raises what the client raises where an answer is an error."""
    from huggingface_hub.utils._http import hf_raise_for_status

    hf_raise_for_status(response)


def _without_xet() -> bool:
    return os.environ.get("HF_HUB_DISABLE_XET", "").upper() in _ON


def _show_progress_bars() -> None:
    from huggingface_hub.utils.tqdm import enable_progress_bars

    enable_progress_bars()


def _client() -> httpx2.Client:
    import httpx2
    from huggingface_hub.utils._http import default_client_factory

    client = default_client_factory()
    client.timeout = httpx2.Timeout(_READ_S, connect=_CONNECT_S)
    client.event_hooks = {**client.event_hooks, "response": [_raise_busy]}
    return client


def _raise_busy(response: httpx2.Response) -> None:
    """Raises where the client would wait by itself, or repeat without an end."""
    from huggingface_hub.errors import HfHubHTTPError

    if response.status_code in PASSING:
        raise HfHubHTTPError("busy", response=response)
    if response.status_code == 409 and response.request.url.path == "/api/repos/create":
        response.read()
        if "another conflicting operation is in progress" in response.text:
            raise HfHubHTTPError("busy", response=response)


_T = TypeVar("_T")
_LOGIN = "set HF_TOKEN or log in to the Hub with an account that may"
_DEEP = 4


@dataclass(frozen=True, slots=True)
class Hub:
    """The Hub, and how long it is waited for.

    Attributes:
        api: Its client, within a session.
        repo: The repository, `owner/name`.
        waits: How long a busy Hub is waited for.
    """

    api: HfApi
    repo: str
    waits: Waits

    def once(self, call: Callable[[HfApi], _T]) -> _T:
        """The result of a call that is sent once.

        Raises:
            HubAnswerError: The Hub said no, or there was no answer.
        """
        try:
            return call(self.api)
        except Exception as error:
            answer = answered(error, self.repo)
            if answer is None:
                raise
            raise answer from None

    def ask(self, call: Callable[[HfApi], _T]) -> _T:
        """The result of a call that may be sent several times, as it asks or sets the same thing.

        Raises:
            HubAnswerError: The Hub said no, or had no answer however often it was asked.
        """
        tried = 0
        while True:
            try:
                return self.once(call)
            except HubAnswerError as answer:
                tried += 1
                if not answer.passing or tried >= self.waits.tries:
                    raise
                if tried == 1 and self.waits.tell is not None:
                    self.waits.tell(f"{answer}; it is asked again, {self.waits.tries} times in all")
                self.waits.wait(tried, answer.wait_s)


def answered(error: BaseException, repo: str) -> HubAnswerError | None:
    """What the client raised as an answer of the Hub's; None where it is an error of another kind.

    Texts of the client and the server are not passed on: they hold addresses, and may hold more.
    """
    from httpx2 import TransportError
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    found: BaseException | None = error
    for _ in range(_DEEP):  # uploads in threads wrap what they raise
        if isinstance(found, HfHubHTTPError):
            return _of_status(found.response.status_code, _seconds(found), repo)
        if isinstance(found, OfflineModeIsEnabled):
            return HubAnswerError("HF_HUB_OFFLINE must not be set to publish", status=403)
        if isinstance(found, TransportError):
            return HubAnswerError("the Hub must answer; it is out of reach", repo)
        found = found.__cause__ if found is not None else None
    if isinstance(error, JSONDecodeError):
        return HubAnswerError("the Hub's answer must be one that can be read", repo, status=0)
    if isinstance(error, ValueError):
        return _of_status(400, None, repo)  # such as an upload for which there is no room
    return None


def _of_status(status: int, wait_s: float | None, repo: str) -> HubAnswerError:
    rule = {
        400: "the Hub must accept what is sent (400)",
        401: f"the Hub must know you (401): {_LOGIN}",
        403: f"the Hub must let you write (403): {_LOGIN}",
        404: f"the repository must be there and yours to see (404): {_LOGIN}",
        412: "the repository must be as it was when it was read (412)",
    }.get(status, f"the Hub must answer; it said {status}")
    return HubAnswerError(rule, repo, status=status, wait_s=wait_s)


def _seconds(error: Exception) -> float | None:
    """For how long the Hub asks to be left alone; a date in `Retry-After` says nothing."""
    from huggingface_hub.utils._http import parse_ratelimit_headers

    response = getattr(error, "response", None)
    if response is None:
        return None
    limit = parse_ratelimit_headers(response.headers)
    if limit is not None and limit.remaining == 0:
        return float(limit.reset_in_seconds)
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isdecimal() else None
