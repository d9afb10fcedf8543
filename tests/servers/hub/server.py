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

from tests.servers.hub.faults import Faults
from tests.servers.hub.reading import Reader, RefusedError
from tests.servers.hub.repos import Kind, Repo
from tests.servers.hub.writing import CALLS, Writer, call_of
from tests.servers.running import running

HOST = "127.0.0.1"
TOKEN = "hf_loopback"
OWNER = "me"


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it arrived.

    Attributes:
        method: The HTTP method.
        path: The path, without the query.
        status: The status that it was answered with; 0 where the connection was cut.
        token: Whether it carried a token.
        range: Its `Range` header.
        call: What it is, by its name in `writing.call_of`.
    """

    method: str
    path: str
    status: int
    token: bool
    range: str | None
    call: str

    @property
    def writes(self) -> bool:
        """Whether it is a call that writes, or prepares to."""
        return self.call in CALLS and self.method in ("POST", "PUT")


@dataclass(slots=True)
class Hub:
    """A running Hub.

    Attributes:
        endpoint: Its address; "" before it runs.
        broken: A status that every call is answered with instead, or None.
        faults: What goes wrong at single calls.
    """

    endpoint: str = ""
    broken: int | None = None
    faults: Faults = field(default_factory=Faults)
    _repos: dict[tuple[str, str], Repo] = field(default_factory=dict)
    _objects: dict[str, bytes] = field(default_factory=dict)
    _requests: list[Request] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def requests(self) -> list[Request]:
        """Every call so far, in order of arrival."""
        with self._lock:
            return list(self._requests)

    def dataset(self, id: str, files: Mapping[str, bytes], **settings: bool | str) -> Repo:
        """A new data set with a first commit."""
        return self._repo("datasets", id, files, settings)

    def model(self, id: str, files: Mapping[str, bytes], **settings: bool | str) -> Repo:
        """A new model with a first commit."""
        return self._repo("models", id, files, settings)

    @property
    def repos(self) -> dict[tuple[str, str], Repo]:
        """The repositories by kind and id."""
        return self._repos

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
        self, kind: Kind, id: str, files: Mapping[str, bytes], settings: Mapping[str, bool | str]
    ) -> Repo:
        repo = self._repos[kind, id] = Repo(kind, id, **settings)
        repo.commit(files)
        return repo

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        raw = await request.content.read()
        fault = self.faults.next(call_of(request.method, request.path))
        if fault is not None and fault.kind == "cut_before":
            return self._cut(request)
        if fault is not None and fault.act is not None:
            fault.act(self._repos)
        status = fault.status if fault is not None and fault.kind == "status" else self.broken
        wait = fault.retry_after if fault is not None else None
        response = self._answer(request, raw, status, wait)
        if fault is not None and fault.kind == "cut_after":
            return self._cut(request)
        self._note(request, response.status)
        return response

    def _answer(
        self, request: web.BaseRequest, raw: bytes, status: int | None, wait: int | None
    ) -> web.Response:
        try:
            if status is not None:
                raise RefusedError(status, "", "broken")
            written = self._writer.answer(request, raw)
            if written is not None:
                return written
            body = orjson.loads(raw) if raw.startswith(b"{") else {}
            return Reader(self._repos, TOKEN, self._store).answer(request, body)
        except RefusedError as error:
            headers = {"X-Error-Code": error.code, "X-Error-Message": error.message}
            if wait is not None:
                headers["Retry-After"] = str(wait)
            return web.json_response({"error": error.message}, status=error.status, headers=headers)

    @property
    def _writer(self) -> Writer:
        return Writer(self._repos, self._objects, TOKEN, OWNER, self.endpoint, self._store)

    def _cut(self, request: web.BaseRequest) -> web.Response:
        self._note(request, 0)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _note(self, request: web.BaseRequest, status: int) -> None:
        seen = Request(
            request.method,
            request.path,
            status,
            "Authorization" in request.headers,
            request.headers.get("Range"),
            call_of(request.method, request.path),
        )
        with self._lock:
            self._requests.append(seen)


@contextmanager
def serve_hub() -> Iterator[Hub]:
    """Runs a Hub without repositories on a free port of 127.0.0.1, until the block ends."""
    with running(Hub()) as hub:
        yield hub
