"""One call to the Hub: sent again while the Hub is busy or gone, and refused in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from json import JSONDecodeError
from typing import TYPE_CHECKING, TypeVar

from artifacts.hub.errors import HubAnswer
from artifacts.hub.values import Waits

if TYPE_CHECKING:
    from huggingface_hub import HfApi

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
            HubAnswer: The Hub said no, or there was no answer.
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
            HubAnswer: The Hub said no, or had no answer however often it was asked.
        """
        tried = 0
        while True:
            try:
                return self.once(call)
            except HubAnswer as answer:
                tried += 1
                if not answer.passing or tried >= self.waits.tries:
                    raise
                self.waits.wait(tried, answer.wait_s)


def answered(error: BaseException, repo: str) -> HubAnswer | None:
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
            return HubAnswer("HF_HUB_OFFLINE must not be set to publish", status=403)
        if isinstance(found, TransportError):
            return HubAnswer("the Hub must answer; it is out of reach", repo)
        found = found.__cause__ if found is not None else None
    if isinstance(error, JSONDecodeError):
        return HubAnswer("the Hub's answer must be one that can be read", repo, status=0)
    if isinstance(error, ValueError):
        return _of_status(400, None, repo)  # such as an upload for which there is no room
    return None


def _of_status(status: int, wait_s: float | None, repo: str) -> HubAnswer:
    rule = {
        400: "the Hub must accept what is sent (400)",
        401: f"the Hub must know you (401): {_LOGIN}",
        403: f"the Hub must let you write (403): {_LOGIN}",
        404: f"the repository must be there and yours to see (404): {_LOGIN}",
        412: "the repository must be as it was when it was read (412)",
    }.get(status, f"the Hub must answer; it said {status}")
    return HubAnswer(rule, repo, status=status, wait_s=wait_s)


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
