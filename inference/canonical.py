"""The canonical form of a request and the ledger's key: SHA-256 over that form."""

import hashlib
from dataclasses import dataclass

import orjson

from inference.types import ChatRequest

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Identity:
    """What a model is, not where it runs.

    Attributes:
        provider: The protocol it is asked by.
        label: The endpoint label: the host of a public API, the recipe's model name for one's own
            server. Ports and addresses are recorded elsewhere, never keyed.
        model: The model's name, or the SHA-256 of an embedded model's file.
    """

    provider: str
    label: str
    model: str


def canonical(request: ChatRequest, identity: Identity) -> bytes:
    """The request as JSON with sorted keys; equal requests give equal bytes on any machine."""
    # A template of one's own is a new key, so that requests without one keep theirs.
    template = {} if request.chat_template is None else {"template": request.chat_template}
    return orjson.dumps(
        {
            "v": _VERSION,
            "provider": identity.provider,
            "endpoint": identity.label,
            "model": identity.model,
            "messages": [(message.role, message.content) for message in request.messages],
            "temperature": float(request.temperature),
            "top_p": None if request.top_p is None else float(request.top_p),
            "max_tokens": request.max_tokens,
            "seed": request.seed,
            "stop": request.stop,
            "schema": request.json_schema,
            "top_logprobs": request.top_logprobs,
            "sample": request.sample,
            "edition": request.edition,
            **template,
        },
        option=orjson.OPT_SORT_KEYS,
    )


def key_of(canonical_request: bytes) -> str:
    """The ledger's key: 64 hex characters of SHA-256."""
    return hashlib.sha256(canonical_request).hexdigest()
