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
        settings: What every request's body holds beside the rest (how much the model thinks), as
            JSON with sorted keys; "" for nothing.
    """

    provider: str
    label: str
    model: str
    settings: str = ""


def canonical(request: ChatRequest, identity: Identity) -> bytes:
    """The request as JSON with sorted keys; equal requests give equal bytes on any machine."""
    # What was added later is left out where it is not set, so that older requests keep their keys.
    added: dict[str, object] = {}
    if request.chat_template is not None:
        added["template"] = request.chat_template
    if identity.settings:
        added["settings"] = orjson.loads(identity.settings)
    if request.json_schema is not None and request.structured != "schema":
        added["structured"] = request.structured
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
            **added,
        },
        option=orjson.OPT_SORT_KEYS,
    )


def key_of(canonical_request: bytes) -> str:
    """The ledger's key: 64 hex characters of SHA-256."""
    return hashlib.sha256(canonical_request).hexdigest()
