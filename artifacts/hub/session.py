"""The Hub's client, made to answer at once: every wait is the publisher's own, and is bounded."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub import HfApi

from artifacts.hub.errors import PASSING

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
