"""The boundary: the one place where an answer of a server enters, whatever its protocol.

An answer is read to a size, unpacked to that size and within the call's time; no redirect is
followed. Its JSON is read in bounds, its text made valid, and what no reply can be is a failure
that may pass. What comes out is a `Reply` that can be kept, or one of the two errors.

Bodies are unpacked here and not by aiohttp: a kilobyte of gzip can hold a megabyte of brackets,
and a body that ends too soon must not pass as a shorter one.
"""

import asyncio
import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from base.foreign_text import read_json
from inference.models import ModelSpec, is_own_server
from inference.prices import price_usd, reply_usd
from inference.providers.base import Headers, PermanentError, TransientError
from inference.providers.failures import (
    describe,
    error_field,
    failure,
    no_credit,
    status_of,
    was_sent,
)
from inference.types import ChatRequest, Refusal, Reply, Usage

LARGEST = 16 * 2**20
"""Bytes of an answer that are read, packed or unpacked. The longest replies have a tenth."""

_INLINE = 2**18  # bytes; reading more takes so long that it leaves the event loop
_INLINE_PACKED = 2**12
_PACKED: Mapping[str, int] = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # zlib's `wbits`
_RAW_DEFLATE = -15
_CONNECT_S = 30.0
# Answered by a proxy, or in the middle of the work: the server behind may have done it, and bills.
_MAY_COST = frozenset({408, 502, 504, 524})


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer that was read to its end.

    Attributes:
        status: The HTTP status.
        headers: Its headers, as they came.
        body: The unpacked body; None where it is none (broken packing, an error that is too long).
    """

    status: int
    headers: Mapping[str, str]
    body: bytes | None

    @property
    def is_success(self) -> bool:
        """Whether the status says that all is well."""
        return 200 <= self.status < 300


class HttpClient:
    """Asks one server over kept connections."""

    def __init__(self, headers: Mapping[str, str], timeout_s: float) -> None:
        """Connects when first used.

        Args:
            headers: What every request carries; nothing of the environment is added.
            timeout_s: Seconds for one request, from connecting to the last byte.
        """
        self._headers = {"User-Agent": "refusery", "Accept-Encoding": "gzip, deflate", **headers}
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=min(timeout_s, _CONNECT_S))
        self._session: aiohttp.ClientSession | None = None

    async def send(self, method: str, url: str, data: bytes | None = None) -> Answer:
        """One request and its whole answer.

        Raises:
            TransientError: No answer came, or not all of it.
            PermanentError: The answer of a success is larger than `LARGEST`.
        """
        try:
            async with self._open().request(
                method, url, data=data, allow_redirects=False, proxy=_proxy(url)
            ) as response:
                packed = await _body(response)
                status, headers = response.status, response.headers
        except TimeoutError as error:
            sent = was_sent(error)
            raise TransientError("timeout", "no answer in time", sent=sent, may_cost=sent) from None
        except Exception as error:
            # Beside aiohttp's own errors: what its parsers meet in bytes that are no HTTP.
            sent = was_sent(error)
            raise TransientError("connection", _why(error), sent=sent, may_cost=sent) from None
        return await _unpacked(Answer(status, headers, packed))

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
                headers=self._headers,
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session


def _why(error: Exception) -> str:
    """Why there is no connection, in the system's words; else the error's type."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its host is not known"
    number = error.errno if isinstance(error, aiohttp.ClientConnectorError) else None
    return os.strerror(number).lower() if number else type(error).__name__


def _proxy(url: str) -> str | None:
    """The environment's proxy for a public API; one's own servers are asked without any."""
    if is_own_server(url):
        return None
    parts = urlsplit(url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)


async def _body(response: aiohttp.ClientResponse) -> bytes | None:
    """The body as it was sent; None where it is longer than is read."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > LARGEST:
            response.close()
            return None
        chunks.append(chunk)
    return b"".join(chunks)


class _TooLargeError(Exception):
    """A body is larger than `LARGEST` when it is unpacked."""


async def _unpacked(answer: Answer) -> Answer:
    """The answer with its body unpacked."""
    packed = answer.body
    try:
        if packed is None:
            raise _TooLargeError
        encoding = answer.headers.get("content-encoding", "").strip().lower()
        if encoding in ("", "identity") or not packed:
            return answer
        if len(packed) > _INLINE_PACKED:
            return replace(answer, body=await asyncio.to_thread(_unpack, packed, encoding))
        return replace(answer, body=_unpack(packed, encoding))
    except _TooLargeError:
        if answer.is_success:
            detail = f"the answer is larger than {LARGEST} bytes"
            raise PermanentError("too_large", detail, status=answer.status, may_cost=True) from None
        return replace(answer, body=None)
    except (ValueError, zlib.error):
        return replace(answer, body=None)


def _unpack(packed: bytes, encoding: str) -> bytes:
    """The unpacked body.

    Raises:
        _TooLargeError: It is larger than `LARGEST`.
        ValueError, zlib.error: It is not packed so, or ends too soon.
    """
    window = _PACKED.get(encoding)
    if window is None:
        raise ValueError(encoding)
    if encoding == "deflate" and packed[0] & 0xF != 8:
        window = _RAW_DEFLATE  # some servers leave zlib's header out
    unpacker = zlib.decompressobj(window)
    body = unpacker.decompress(packed, LARGEST + 1)
    if len(body) > LARGEST:
        raise _TooLargeError
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError(f"the {encoding} body has another end")
    return body


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between protocols when an answer is read.

    Attributes:
        name: What a success holds, for messages: "chat completion".
        read: The reply in an answer's JSON object, without its price. Raises `TransientError`, or
            KeyError, IndexError, TypeError, AttributeError or ValueError where it is no such thing.
        block: The refusal in a failure of a status and an error object, where it is a filter's.
        is_unpaid: Whether a failure of a status and an error object says that there is no credit;
            the request's own words in it are none of the server's.
    """

    name: str
    read: Callable[[Mapping[str, Any], ChatRequest], Reply]
    block: Callable[[int, Mapping[str, Any], ChatRequest], Refusal | None]
    is_unpaid: Callable[[int, Mapping[str, Any], ChatRequest], bool]


class Boundary:
    """One model's server, asked by POST; what its answers come to.

    Args:
        spec: The model.
        url: Where its requests go.
        headers: What they carry beside their type: the key, a version.
        dialect: How its answers are read.
    """

    def __init__(
        self, spec: ModelSpec, url: str, headers: Mapping[str, str], dialect: Dialect
    ) -> None:
        self._spec = spec
        self._url = url
        self._dialect = dialect
        self._client = HttpClient({"Content-Type": "application/json", **headers}, spec.timeout_s)

    async def ask(self, body: bytes, request: ChatRequest, on_headers: Headers | None) -> Reply:
        """Makes one attempt; see `Provider.call`. `on_headers` is told the answer's headers."""
        answer = await self._client.send("POST", self._url, body)
        if on_headers is not None:
            on_headers(answer.headers)
        if answer.body is not None and len(answer.body) > _INLINE:
            return await asyncio.to_thread(self.reply, answer, request)
        return self.reply(answer, request)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()

    def reply(self, answer: Answer, request: ChatRequest) -> Reply:
        """The reply that an answer is.

        Raises:
            TransientError: It is no reply, or a failure that may pass.
            PermanentError: It is a failure that no repeating mends.
        """
        if not answer.is_success:
            return self._failed(answer.status, error_field(answer.body or b""), answer, request)
        value = _object(answer)
        told = _error_in(value)
        if told is not None:
            return self._failed(status_of(told), told, answer, request)
        try:
            reply = self._dialect.read(value, request)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            detail = f"the answer is JSON, but no {self._dialect.name}"
            raise TransientError("no_completion", detail, may_cost=True) from None
        return replace(reply, price_usd=reply_usd(self._spec, reply, request))

    def _failed(
        self, status: int, field: Mapping[str, Any], answer: Answer, request: ChatRequest
    ) -> Reply:
        """What a failure is: a filter's verdict is a reply, all else is raised.

        The verdict is the answer: asking again brings the same, and resume keeps it.
        """
        block = self._dialect.block(status, field, request)
        if block is not None:
            # No tokens are told: only of a free model is it known what the verdict cost. That of
            # another one stays reserved at its bound, as it may be billed.
            price = price_usd(self._spec, Usage())
            return Reply(finish="content_filter", refusal=block, price_usd=price)
        detail = describe(status, field, request)
        if 300 <= status < 400:
            detail = f"{detail}: redirects are not followed"
            raise PermanentError("redirected", detail, status=status)
        if status == 402 or self._dialect.is_unpaid(status, field, request):
            raise no_credit(self._spec.name, detail)
        error = failure(status, answer.headers, detail, self._spec.name, field)
        if isinstance(error, TransientError):
            # Within a success the work was begun, unless the server says that it had no room.
            begun = answer.is_success and error.reason != "rate_limited"
            error.may_cost = begun or status in _MAY_COST
        else:
            error.may_cost = answer.is_success
        raise error


def _object(answer: Answer) -> dict[str, Any]:
    """The JSON object that an answer is.

    Raises:
        TransientError: It is none.
    """
    if answer.body is None:
        raise TransientError("no_json", "the answer's body is broken", may_cost=True)
    try:
        value = read_json(answer.body, constants=True)
    except ValueError:
        found = f"{len(answer.body)} bytes"
    else:
        if isinstance(value, dict):
            return value
        found = f"a JSON {type(value).__name__}"
    raise TransientError("no_json", f"the answer is {found}, not a JSON object", may_cost=True)


def _error_in(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The error that stands in the answer of a success, where routers put it; None if none does."""
    told = value.get("error")
    choices = value.get("choices")
    if not told and isinstance(choices, list) and choices and isinstance(choices[0], dict):
        told = choices[0].get("error")
    if not told:
        return None
    return told if isinstance(told, dict) else {"message": told}


async def get(url: str, headers: Mapping[str, str], timeout_s: float) -> Answer:
    """One GET of its own, with the bounds of every other answer; see `HttpClient.send`."""
    client = HttpClient(headers, timeout_s)
    try:
        return await client.send("GET", url)
    finally:
        await client.close()
