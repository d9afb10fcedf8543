"""Marks what many requests begin with, so that the Messages API keeps it for a tenth of the price.

The API caches a prefix only where it is asked to, by `cache_control` on the last block of it, and
takes a premium for writing one (docs.claude.com, "Prompt caching"). So a prefix is marked from its
second request on, and none that is shorter than any model's minimum: what is asked once is never
paid for twice. A mark changes nothing of what the model reads, and is in no ledger key.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, TypeAlias

import orjson

LEAST_TOKENS = 512
"""The smallest minimum of any model: below its own a prefix is left uncached, at no cost."""

_BYTES_A_TOKEN = 3  # fewer than any text has, so that none that reaches the minimum is left out
_KNOWN = 4096
_MARK = {"type": "ephemeral"}
_Body: TypeAlias = dict[str, Any]


class PromptCaching:
    """Knows which beginnings of requests one model was sent before.

    Example:
        >>> caching = PromptCaching()
        >>> body = {"system": "You are a moderator. " * 100, "messages": []}
        >>> caching.marked(body) == body
        True
        >>> caching.marked(body)["system"][0]["cache_control"]
        {'type': 'ephemeral'}
    """

    def __init__(self) -> None:
        """No request was sent yet."""
        self._met: OrderedDict[bytes, None] = OrderedDict()

    def marked(self, body: Mapping[str, Any]) -> _Body:
        """A request's body, marked behind each beginning that an earlier one had too.

        Args:
            body: As the Messages API takes it, with plain texts.
        """
        whole = dict(body)
        turns = list(body["messages"])
        for place, begun in _beginnings(body):
            if not self._was_met(begun):
                continue
            if place < 0:
                whole["system"] = [_block(body["system"])]
            else:
                turns[place] = turns[place] | {"content": [_block(turns[place]["content"])]}
                whole["messages"] = turns
        return whole

    def _was_met(self, begun: bytes) -> bool:
        digest = sha256(begun).digest()
        known = digest in self._met
        self._met[digest] = None
        self._met.move_to_end(digest)
        if len(self._met) > _KNOWN:
            self._met.popitem(last=False)
        return known


def _beginnings(body: Mapping[str, Any]) -> Iterator[tuple[int, bytes]]:
    """The system text, and all before the last turn of the user, each with where a mark would be.

    Of a chat with examples both may come again: the system text in every chat, the examples in
    those of one task. The place is -1 for the system text, else the turn's.
    """
    system, turns = body.get("system", ""), body["messages"]
    asked = max((place for place, turn in enumerate(turns) if turn["role"] == "user"), default=0)
    ends = ([-1] if system else []) + ([asked - 1] if asked else [])
    for end in ends:
        begun = orjson.dumps([system, turns[: end + 1]])
        if len(begun) >= LEAST_TOKENS * _BYTES_A_TOKEN:
            yield end, begun


def _block(text: str) -> _Body:
    return {"type": "text", "text": text, "cache_control": _MARK}
