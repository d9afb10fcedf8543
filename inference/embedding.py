"""Embedding requests of many rows, gathered into few calls of the encoder."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

from inference.types import EmbedRequest, Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inference.types import Vectors


class Embeds(Protocol):
    """An encoder as the engine uses it."""

    def embed(self, texts: Sequence[str], alone: bool = False) -> Vectors:
        """Unit rows of shape (texts, dimensions), float32."""
        ...

    def embed_set(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of a fixed list of texts, computed with nothing else beside them."""
        ...

    def close(self) -> None:
        """Closes what it keeps on disk."""
        ...


_Waiting = tuple[EmbedRequest, "asyncio.Future[Reply]"]


class EmbeddingLine:
    """Answers embedding requests of one encoder.

    While the encoder computes in its thread, further requests gather; they are computed together
    next. What of this depends on chance (batch composition) cannot show in what is decided:
    whoever needs a score near a threshold asks for the texts `alone`.
    """

    def __init__(self, encoder: Embeds) -> None:
        """Starts no thread before the first request."""
        self._encoder = encoder
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="encoder")
        self._waiting: list[_Waiting] = []
        self._worker: asyncio.Task[None] | None = None

    async def reply(self, request: EmbedRequest) -> Reply:
        """The vectors of the request's texts, in their order."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Reply] = loop.create_future()
        self._waiting.append((request, future))
        if self._worker is None or self._worker.done():
            self._worker = loop.create_task(self._work())
        return await future

    def close(self) -> None:
        """Ends the thread, then closes the encoder."""
        self._threads.shutdown(cancel_futures=True)
        self._encoder.close()

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(0)  # lets the rows that are ready now join this batch
            batch, self._waiting = self._waiting, []
            for group in _groups(batch):
                await self._compute(group)

    async def _compute(self, group: list[_Waiting]) -> None:
        texts = list(dict.fromkeys(text for request, _ in group for text in request.texts))
        place = {text: index for index, text in enumerate(texts)}
        loop = asyncio.get_running_loop()
        first = group[0][0]
        try:
            if first.together:
                embed_set = self._encoder.embed_set
                vectors = await loop.run_in_executor(self._threads, embed_set, texts)
            else:
                embed = self._encoder.embed
                vectors = await loop.run_in_executor(self._threads, embed, texts, first.alone)
        except Exception as error:
            for _, future in group:
                future.set_exception(error)
            return
        for request, future in group:
            rows = vectors[[place[text] for text in request.texts]]
            future.set_result(Reply(vectors=rows))


def _groups(batch: Sequence[_Waiting]) -> list[list[_Waiting]]:
    """What may be computed in one call: a list that is kept together is a call of its own."""
    groups: dict[tuple[bool, tuple[str, ...]], list[_Waiting]] = {}
    for waiting in batch:
        request = waiting[0]
        kept_together = request.texts if request.together else ()
        groups.setdefault((request.alone, kept_together), []).append(waiting)
    return sorted(groups.values(), key=lambda group: (group[0][0].alone, group[0][0].together))
