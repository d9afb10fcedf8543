"""Runs a Hub on loopback in a thread of the test: `with serve_hub() as hub: hub.dataset(...)`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

import orjson
from aiohttp import web

from tests.servers.hub.reading import Reader, Refused
from tests.servers.hub.repos import Kind, Repo
from tests.servers.running import running

HOST = "127.0.0.1"
TOKEN = "hf_loopback"


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it arrived.

    Attributes:
        method: The HTTP method.
        path: The path, without the query.
        status: The status that it was answered with.
        token: Whether it carried a token.
        range: Its `Range` header.
    """

    method: str
    path: str
    status: int
    token: bool
    range: str | None


@dataclass(slots=True)
class Hub:
    """A running Hub.

    Attributes:
        endpoint: Its address; "" before it runs.
        broken: A status that every call is answered with instead, or None.
    """

    endpoint: str = ""
    broken: int | None = None
    _repos: dict[tuple[str, str], Repo] = field(default_factory=dict)
    _requests: list[Request] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def requests(self) -> list[Request]:
        """Every call so far, in order of arrival."""
        with self._lock:
            return list(self._requests)

    def dataset(self, id: str, files: Mapping[str, bytes], **settings: bool) -> Repo:
        """A new data set with a first commit."""
        return self._repo("datasets", id, files, settings)

    def model(self, id: str, files: Mapping[str, bytes], **settings: bool) -> Repo:
        """A new model with a first commit."""
        return self._repo("models", id, files, settings)

    @property
    def _store(self) -> str:
        return self.endpoint.replace(HOST, "localhost")

    async def run(self, started: Future[str]) -> None:
        """Serves until `stop`; `started` is given the address."""
        runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=1.0)
        try:
            await runner.setup()
            await web.TCPSite(runner, HOST, 0).start()
            self.endpoint = f"http://{HOST}:{runner.addresses[0][1]}"
            started.set_result(self.endpoint)
            await self._stopping.wait()
        except OSError as error:
            started.set_exception(error)
        finally:
            await runner.cleanup()

    def stop(self) -> None:
        """Ends `run`; to be called in the Hub's loop."""
        self._stopping.set()

    def _repo(
        self, kind: Kind, id: str, files: Mapping[str, bytes], settings: Mapping[str, bool]
    ) -> Repo:
        repo = self._repos[kind, id] = Repo(kind, id, **settings)
        repo.commit(files)
        return repo

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        raw = await request.content.read()
        try:
            if self.broken is not None:
                raise Refused(self.broken, "", "broken")
            body = orjson.loads(raw) if raw.startswith(b"{") else {}
            response = Reader(self._repos, TOKEN, self._store).answer(request, body)
        except Refused as error:
            response = web.json_response(
                {"error": error.message},
                status=error.status,
                headers={"X-Error-Code": error.code, "X-Error-Message": error.message},
            )
        seen = Request(
            request.method,
            request.path,
            response.status,
            "Authorization" in request.headers,
            request.headers.get("Range"),
        )
        with self._lock:
            self._requests.append(seen)
        return response


@contextmanager
def serve_hub() -> Iterator[Hub]:
    """Runs a Hub without repositories on a free port of 127.0.0.1, until the block ends."""
    with running(Hub()) as hub:
        yield hub
