"""The Prefect server that deployments are registered at."""

from __future__ import annotations

from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL

from flows.serving.errors import ServerMissing


def require_server() -> str:
    """The server's address, once it has answered.

    A server that Prefect starts by itself has no scheduler, so that nothing would ever run by the
    clock: there must be one of its own.

    Raises:
        ServerMissing: None is named, or it does not answer.
    """
    url: str | None = PREFECT_API_URL.value()
    if not url:
        raise ServerMissing(
            "serve must know a Prefect server: start one (`prefect server start`) and set "
            "PREFECT_API_URL, as docs/operations.md says"
        )
    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    if error is not None:
        raise ServerMissing(
            f"the Prefect server at {url} must answer", type(error).__name__
        ) from None
    return url
