"""A GGUF model in a child process of this run, asked by the OpenAI protocol on loopback."""

import asyncio
from dataclasses import replace

from inference.canonical import Identity
from inference.embedded import EmbeddedServer, files
from inference.models import ModelSpec
from inference.providers.base import Headers, TransientError
from inference.providers.openai import OpenAIProvider
from inference.types import ChatRequest, Reply
from inference.worker_thread import apart

_LABEL = "embedded"


def identity_of(spec: ModelSpec) -> Identity:
    """What a model is: its file. A path or a slot count changes no answer's key.

    Raises:
        ModelFileUnusableError: The model's file is missing or is no GGUF file.
    """
    return Identity(
        "embedded", spec.label or _LABEL, files.identity_of(files.model_file(spec.path))
    )


class EmbeddedProvider:
    """Starts its server when first asked; ends it with the run.

    Raises:
        ModelFileUnusableError: The model's file is missing or is no GGUF file.
    """

    def __init__(self, spec: ModelSpec) -> None:
        """Hashes the model's file; starts nothing."""
        self._spec = spec
        self._server = EmbeddedServer(spec.path, spec.slots, spec.context)
        self.identity = identity_of(spec)
        self.address = _LABEL
        self.on_headers: Headers | None = None  # a server of our own states no limits
        self._client: OpenAIProvider | None = None
        self._starting = asyncio.Lock()

    async def call(self, request: ChatRequest) -> Reply:
        """Makes one attempt; see `Provider.call`. A server that has died is started again."""
        client = await self._started()
        try:
            return await client.call(request)
        except TransientError as fault:
            if fault.reason == "connection":
                await self._restart(client)
            raise

    async def close(self) -> None:
        """Ends the connections and the child process."""
        if self._client is not None:
            await self._client.close()
            self._client = None
        await apart(self._server.close)

    async def _started(self) -> OpenAIProvider:
        async with self._starting:
            if self._client is None:
                address = await apart(self._server.start)
                self.address = address
                self._client = OpenAIProvider(
                    replace(self._spec, base_url=address), self._server.key
                )
            return self._client

    async def _restart(self, broken: OpenAIProvider) -> None:
        async with self._starting:
            if self._client is broken:
                await broken.close()
                await apart(self._server.stop)
                self._client = None
