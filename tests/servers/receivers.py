"""Who messages are sent to: a web address that takes POSTs, and a mailbox behind SMTP."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.servers.running import running

_HOST = "127.0.0.1"


@dataclass(slots=True)
class Receiver:
    """Takes POSTs; what it was sent stays as it came.

    Attributes:
        bodies: The body of each request, in their order.
        types: Its content type.
        url: Its address, once it runs.
    """

    bodies: list[bytes] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    url: str = ""
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, started: Future[str]) -> None:
        """Serves until `stop`."""
        server = await asyncio.start_server(self._answer, _HOST, 0)
        self.url = f"http://{_HOST}:{server.sockets[0].getsockname()[1]}/hook/a-secret-path"
        started.set_result(self.url)
        await self._stopped.wait()
        server.close()

    def stop(self) -> None:
        """Ends `run`."""
        self._stopped.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.types.append(headers.get("content-type", ""))
        self.bodies.append(body)
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@dataclass(slots=True)
class Mailbox:
    """Speaks as much SMTP as a client needs to leave a mail, and keeps it.

    Attributes:
        mails: Each mail as it came, headers and body.
        recipients: Whom it was for.
        port: Where it listens, once it runs.
    """

    mails: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    port: int = 0
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, started: Future[str]) -> None:
        """Serves until `stop`."""
        server = await asyncio.start_server(self._talk, _HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set_result(f"{_HOST}:{self.port}")
        await self._stopped.wait()
        server.close()

    def stop(self) -> None:
        """Ends `run`."""
        self._stopped.set()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 a mailbox of tests\r\n")
        while said := (await reader.readline()).decode("utf-8", "replace").strip():
            verb = said[:4].upper()
            if verb == "RCPT":
                self.recipients.append(said.partition("<")[2].partition(">")[0])
            if verb == "DATA":
                writer.write(b"354 go on\r\n")
                data = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append(data.decode("utf-8", "replace"))
            writer.write(b"221 bye\r\n" if verb == "QUIT" else b"250 ok\r\n")
            await writer.drain()
            if verb == "QUIT":
                break
        writer.close()


def receive() -> AbstractContextManager[Receiver]:
    """Runs a web address on a free port until the block ends."""
    return running(Receiver())


def receive_mail() -> AbstractContextManager[Mailbox]:
    """Runs a mailbox on a free port until the block ends."""
    return running(Mailbox())
