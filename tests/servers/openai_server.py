"""An OpenAI-compatible server on loopback, in a thread of the test or as a process.

In a test: `with serve(echo, faults=first_tries(1, rate_limited(ms=5))) as server: ...`.
As a process: `python -m tests.servers.openai_server --behaviour echo --latency-ms 20`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import orjson
from aiohttp import web

from tests.servers.behaviours import NAMED, Router
from tests.servers.chat import ApiError, Behaviour
from tests.servers.completions import completion
from tests.servers.counting import Call, Calls
from tests.servers.faults import JSON, Alter, Cut, Fault, Instead, Wait, Wire
from tests.servers.limits import Door, Open
from tests.servers.running import running
from tests.servers.schedules import Schedule, never
from tests.servers.validation import validate

HOST = "127.0.0.1"


@dataclass(slots=True)
class Server:
    """A running server.

    Attributes:
        behaviour: What its models say. May be changed while it runs, as may the next two.
        faults: Which call meets which fault.
        latency_s: Seconds from the arrival of a request until its answer.
        key: The API key that it wants, or None.
        extra: Top-level parameters that it takes beside OpenAI's.
        base_url: Its address, with `/v1`; "" before it runs.
        door: How many calls it admits, and how fast it works when it is crowded.
        path: Where chat requests go.
    """

    path: ClassVar[str] = "/v1/chat/completions"

    behaviour: Behaviour
    faults: Schedule = never
    latency_s: float = 0.0
    key: str | None = None
    extra: Collection[str] = ()
    base_url: str = ""
    door: Door = field(default_factory=Open)
    _calls: Calls = field(default_factory=Calls)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def calls(self) -> list[Call]:
        """Every chat request so far, in order of arrival."""
        return self._calls.all()

    @property
    def peak(self) -> int:
        """The largest number of calls that were in flight at once."""
        return self._calls.peak

    def counts(self, status: int | None = None) -> Counter[str]:
        """How often each distinct body arrived, or was answered with `status`, by its digest."""
        return self._calls.counts(status)

    async def run(self, started: Future[str], port: int = 0) -> None:
        """Serves until `stop`; `started` is given the address, or why it did not start."""
        server = web.Server(self._handle, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=1.0)
        try:
            await runner.setup()
            await web.TCPSite(runner, HOST, port, backlog=1024).start()
            self.base_url = f"http://{HOST}:{runner.addresses[0][1]}/v1"
            started.set_result(self.base_url)
            await self._stopping.wait()
        except OSError as error:
            started.set_exception(error)
        finally:
            await runner.cleanup()

    def stop(self) -> None:
        """Ends `run`, and every call that hangs; to be called in the server's loop."""
        self._stopping.set()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "POST" and request.raw_path == self.path:
            return await self._complete(request)
        try:
            if request.method != "GET" or request.raw_path != "/v1/models":
                raise ApiError(404, f"Invalid URL ({request.method} {request.raw_path})")
            self._check_key(request)
        except ApiError as error:
            return self._refuse(error)
        return _response(200, orjson.dumps(self._models()))

    async def _complete(self, request: web.BaseRequest) -> web.StreamResponse:
        raw = await request.content.read()
        try:
            body = orjson.loads(raw)
            raw = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONDecodeError:
            body = None
        call, status = self._calls.arrive(raw), None
        try:
            fault = self.faults(call) or self.door.arrive()
            stated = self.door.headers()
            if not isinstance(fault, Instead):
                await self.door.work()
            if not await self._waited(fault) or isinstance(fault, Cut):
                return await _cut(request, fault)
            response = self._answer(request, body, call, fault)
            if isinstance(fault, Wire):
                self._calls.send(call)
                status = fault.status
                return await self._write(request, response, fault)
            response.headers.update(stated)
            self._calls.send(call)
            await response.prepare(request)
            await response.write_eof()
            status = response.status
        finally:
            self._calls.leave(call, status)
        return response

    async def _waited(self, fault: Fault | None) -> bool:
        """Waits as long as the answer takes; False where none is to come."""
        await asyncio.sleep(self.latency_s)
        if not isinstance(fault, Wait):
            return True
        try:
            await asyncio.wait_for(self._stopping.wait(), fault.seconds)
        except TimeoutError:
            return True
        return False

    async def _write(
        self, request: web.BaseRequest, response: web.Response, fault: Wire
    ) -> web.StreamResponse:
        """Writes an answer past the library, which would put it right, and closes."""
        data = fault.write(bytes(response.body or b""))  # type: ignore[arg-type]  # bytes here
        length = max(1, -(-len(data) // fault.pieces))
        for start in range(0, len(data), length):
            if start and not await self._waited(Wait(fault.every_s)):
                break
            if request.transport is None or request.transport.is_closing():
                break
            request.transport.write(data[start : start + length])
        request.protocol.force_close()
        return response

    def _answer(
        self, request: web.BaseRequest, body: object, call: Call, fault: Fault | None
    ) -> web.Response:
        if isinstance(fault, Instead):
            return _response(fault.status, fault.body, fault.content_type, **fault.headers)
        try:
            self._check_key(request)
            payload = self._payload(body, call, request.headers)
        except ApiError as error:
            return self._refuse(error)
        if isinstance(fault, Alter):
            payload = fault.change(payload)
        return _response(200, _json(payload), **self._headers(call))

    def _payload(self, body: object, call: Call, headers: Mapping[str, str]) -> dict[str, Any]:
        asked = validate(body, self.extra)
        return completion(asked, self.behaviour(asked), call.digest)

    def _headers(self, call: Call) -> dict[str, str]:
        return {"x-request-id": f"req_{call.order}"}

    def _refuse(self, error: ApiError) -> web.Response:
        return _response(error.status, error.json())

    def _check_key(self, request: web.BaseRequest) -> None:
        given = request.headers.get("Authorization")
        if self.key is None or given == f"Bearer {self.key}":
            return
        message = "Incorrect API key provided." if given else "You didn't provide an API key."
        raise ApiError(401, message, code="invalid_api_key")

    def _models(self) -> dict[str, object]:
        entry = {"object": "model", "created": 1_760_000_000, "owned_by": "loopback"}
        return {"object": "list", "data": [{"id": name, **entry} for name in self._names()]}

    def _names(self) -> Collection[str]:
        return self.behaviour.models if isinstance(self.behaviour, Router) else ("loopback",)


@contextmanager
def serve(
    behaviour: Behaviour,
    *,
    faults: Schedule = never,
    latency_s: float = 0.0,
    key: str | None = None,
    extra: Collection[str] = (),
    door: Door | None = None,
) -> Iterator[Server]:
    """Runs a server in a thread on a free port of 127.0.0.1, until the block ends."""
    with running(Server(behaviour, faults, latency_s, key, extra, door=door or Open())) as server:
        yield server


def _json(payload: object) -> bytes:
    """The payload as JSON; halves of characters and numbers over 2^64 as servers write them."""
    try:
        return orjson.dumps(payload)
    except TypeError:
        return json.dumps(payload).encode()


def _response(status: int, body: bytes, content_type: str = JSON, **headers: str) -> web.Response:
    return web.Response(status=status, body=body, headers={"Content-Type": content_type, **headers})


async def _cut(request: web.BaseRequest, fault: Fault | None) -> web.StreamResponse:
    """Closes the connection; first sends headers and a piece of a body where the fault says so."""
    response = web.StreamResponse(headers={"Content-Type": JSON, "Content-Length": "4096"})
    if isinstance(fault, Cut) and fault.after_headers:
        await response.prepare(request)
        await response.write(b'{"id": "chatcmpl-1", "object": "chat.comp')
    request.protocol.force_close()
    return response


def main(argv: Sequence[str] | None = None) -> None:
    """Serves as a process of its own, until a signal or for `--seconds`; prints its address."""
    parser = argparse.ArgumentParser(prog="openai_server", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--behaviour", choices=sorted(NAMED), default="conforming")
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--key", help="the API key that it wants")
    parser.add_argument("--port-file", type=Path, help="a file to write the address to")
    parser.add_argument("--seconds", type=float, default=600.0, help="it stops by itself then")
    arguments = parser.parse_args(argv)
    server = Server(
        NAMED[arguments.behaviour], latency_s=arguments.latency_ms / 1000, key=arguments.key
    )
    try:
        asyncio.run(_until_told(server, arguments))
    except OSError as error:
        sys.exit(f"cannot listen on port {arguments.port}: {error.strerror}")


async def _until_told(server: Server, arguments: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    loop.call_later(arguments.seconds, server.stop)
    started: Future[str] = Future()
    started.add_done_callback(lambda done: _announce(done, arguments.port_file))
    await server.run(started, arguments.port)
    started.result()


def _announce(started: Future[str], file: Path | None) -> None:
    if started.exception() is not None:
        return
    if file is not None:
        part = file.with_name(f"{file.name}.part")
        part.write_text(started.result())
        part.replace(file)
    sys.stdout.write(f"{started.result()}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
