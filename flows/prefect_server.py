"""Prefect's server: the one that is named, once it has answered, or one of our own.

Prefect would start one by itself and leave it behind where this process is killed. Ours is the
same server in a child that watches this process, with its log kept from the terminal.
"""

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import LibraryError, PrefectLostError, PrefectUnusableError, limit_hint

if TYPE_CHECKING:
    import httpx

_URL, _HOME = "PREFECT_API_URL", "PREFECT_HOME"
_GO_ON = "Prefect's server must go on answering; run the same command again to go on"
_WITHOUT = f"unset {_URL} to go on with a server that starts and ends with the command"
_ANSWERS_S = 5.0
_DRAIN_S, _HURRIED_S = 3.0, 0.5
_USER = re.compile("//[^/@]*@")  # a name and a password in an address

_lost = False


def require_home() -> None:
    """Refuses a PREFECT_HOME that Prefect cannot use; to be called before Prefect is imported.

    Raises:
        PrefectUnusableError: It is no folder, or nothing can be written there.
    """
    home = Path(os.environ.get(_HOME) or Path.home() / ".prefect").expanduser()
    rule = f"{_HOME} must be a folder that Prefect can write to; set it to another one"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PrefectUnusableError(rule, f"{home}: {error.strerror}") from None
    if not os.access(home, os.W_OK | os.X_OK):
        raise PrefectUnusableError(rule, f"{home}: not writable")


def open_server() -> None:
    """Looks at the server that is named; begins one where none is, and does not wait for it.

    Raises:
        PrefectUnusableError: PREFECT_HOME is none, or the server that is named cannot be used.
    """
    require_home()
    url = _named()
    if url:
        require_answer(url)
        return
    _require_ephemeral()
    from prefect.server.api.server import SubprocessASGIServer

    from flows.own_server import OwnServer

    # Whoever asks Prefect for its server is given this one.
    own = SubprocessASGIServer._instances.get(None)
    if own is None:
        own = SubprocessASGIServer._instances[None] = OwnServer()
    if isinstance(own, OwnServer):
        own.begin()


def _named() -> str | None:
    from prefect.settings import PREFECT_API_URL
    from pydantic import ValidationError

    try:
        url: str | None = PREFECT_API_URL.value()
    except ValidationError:
        raise _unusable("no address", os.environ.get(_URL, "")) from None
    return url


def _require_ephemeral() -> None:
    from prefect.settings import PREFECT_SERVER_EPHEMERAL_ENABLED

    if not PREFECT_SERVER_EPHEMERAL_ENABLED.value():
        rule = f"{_URL} must name a server, as Prefect's settings allow no server of one's own"
        raise PrefectUnusableError(rule)


def _unusable(why: str, url: str, without: str = _WITHOUT) -> PrefectUnusableError:
    return PrefectUnusableError(
        f"{_URL} must be the address of a Prefect server, such as http://127.0.0.1:4200/api; "
        f"{why}; {without}",
        _USER.sub("//", url.partition("?")[0]),
    )


def require_answer(url: str, without: str = _WITHOUT) -> None:
    """Asks the server for its version, which one that wants a key gives to who has it alone.

    Args:
        url: Its address, as PREFECT_API_URL has it.
        without: How to go on without it.

    Raises:
        PrefectUnusableError: It gives none.
    """
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectHTTPStatusError
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    try:
        with (
            temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}),
            get_client(httpx_settings={"timeout": _ANSWERS_S}, sync_client=True) as client,
        ):
            version = client.request("GET", "/admin/version").json()
    except PrefectHTTPStatusError as error:
        raise _unusable(_status(error.response.status_code), url, without) from None
    except httpx.TransportError as error:
        raise _unusable(f"it did not answer ({type(error).__name__})", url, without) from None
    except (ValueError, TypeError, httpx.InvalidURL):
        version = None
    if not isinstance(version, str):
        raise _unusable("what answers there is none", url, without)


def _status(status: int) -> str:
    if status in (401, 403):
        return f"it wants another key ({status}): PREFECT_API_KEY or PREFECT_API_AUTH_STRING"
    return f"it answered {status}"


def require_running() -> None:
    """Refuses to go on where our own server has ended; Prefect would call it for minutes.

    Raises:
        PrefectLostError: It has.
    """
    # Another thread may be about to load it.
    ended_status = getattr(sys.modules.get("flows.own_server"), "ended_status", None)
    status = None if ended_status is None else ended_status()
    if status is not None:
        global _lost
        _lost = True
        raise PrefectLostError(f"{_GO_ON}{limit_hint()}", f"exit status {status}")


def note_lost(error: BaseException) -> PrefectLostError | None:
    """What to say of an error of Prefect's client, or of one behind it; None for any other one.

    From then on Prefect's server counts as lost: the process ends without waiting for it.
    """
    import httpx

    behind = error.__cause__ if isinstance(error, LibraryError) else error
    if not isinstance(behind, httpx.HTTPError) or not _is_of_prefect(behind):
        return None
    global _lost
    _lost = True
    said = type(behind).__name__
    if isinstance(behind, httpx.HTTPStatusError):
        said = str(behind.response.status_code)
    return PrefectLostError(f"{_GO_ON}{limit_hint()}", said)


def _is_of_prefect(error: "httpx.HTTPError") -> bool:
    """Whether it was Prefect's server that was asked; the Hub is asked by such a client too."""
    from prefect.server.api.server import SubprocessASGIServer

    own = SubprocessASGIServer._instances.get(None)
    url = _named() or (own.api_url if own is not None else "")
    try:
        return bool(url) and str(error.request.url).startswith(url.rstrip("/"))
    except RuntimeError:  # it knows of no request
        return False


def end_server(*, hurried: bool = False) -> bool:
    """Ends what Prefect still sends, then the server, where it is ours; False where some may hang.

    Nothing is said: what was not sent is of no use to anybody once the server is gone.
    """
    most_s = _HURRIED_S if hurried else _DRAIN_S
    if "prefect.events.worker" not in sys.modules:
        return True
    from prefect.events.worker import EventsWorker
    from prefect.server.api.server import SubprocessASGIServer

    from flows.own_server import OwnServer

    own = SubprocessASGIServer._instances.get(None)
    waiting: Any = EventsWorker.drain_all(timeout=most_s)
    if isinstance(own, OwnServer):
        own.stop(most_s)
    return not _lost and not (waiting[1] and isinstance(own, OwnServer))
