"""What a provider offers the engine, its key, and the two ways in which an attempt can fail."""

import os
from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from inference.canonical import Identity
from inference.errors import InferenceError, KeyMissingError
from inference.models import PROVIDERS, ModelSpec
from inference.types import ChatRequest, Reply


def api_key(spec: ModelSpec) -> str | None:
    """The key of a model's server; None where it wants none.

    Args:
        spec: The model; a server of its own (`base_url`) wants a key only where `key_env` is given.

    Raises:
        KeyMissingError: The variable is not set.
    """
    own = PROVIDERS[spec.provider].public_key if spec.base_url is None else None
    variable = spec.key_env or own
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        raise KeyMissingError(
            f"model `{spec.name}` needs its key in the environment", f"no {variable}"
        )
    return key


Headers: TypeAlias = Callable[[Mapping[str, str]], None]
"""Who is told the headers of every answer, also of a failed one: they may state what is left."""


class Provider(Protocol):
    """One model behind one protocol.

    Attributes:
        on_headers: Called with the headers of every HTTP answer, where somebody listens.
    """

    on_headers: Headers | None

    @property
    def identity(self) -> Identity:
        """What the model is; goes into every ledger key."""
        ...

    @property
    def address(self) -> str:
        """Where it runs; recorded beside each reply."""
        ...

    async def call(self, request: ChatRequest) -> Reply:
        """Makes one attempt.

        Raises:
            TransientError: No usable reply arrived; the same request may succeed later.
            PermanentError: The server will not serve this request, however often it is sent.
        """
        ...

    async def close(self) -> None:
        """Ends connections and child processes. Safe to call twice."""
        ...


class TransientError(Exception):
    """An attempt that is worth repeating.

    Attributes:
        reason: A short word for tables: `rate_limited`, `timeout`, `connection`,
            `server_error`, `no_json`, `no_completion`.
        detail: What the server said, without any of the request's text.
        retry_after_s: Seconds the server asked to wait, or None.
        sent: Whether the request may have reached the server.
        may_cost: Whether the server may have done the work, and bills it: what the call may have
            cost stays reserved.
    """

    def __init__(
        self,
        reason: str,
        detail: str = "",
        retry_after_s: float | None = None,
        *,
        sent: bool = True,
        may_cost: bool = False,
    ) -> None:
        """Keeps what the retry policy, the budget and the error line need."""
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.sent = sent
        self.may_cost = may_cost


class PermanentError(Exception):
    """An attempt that repeating cannot mend.

    Attributes:
        reason: A short word for tables: `key_refused`, `bad_request`, `not_found`,
            `too_large`, `redirected`.
        detail: What the server said, without any of the request's text.
        ends_model: The error that ends the use of this model, where no other request can fare
            better (a refused key, no credit); None where this request alone may be at fault.
        status: The HTTP status; None where it is none of the server's.
        parameter: The request's parameter that the server names, or "".
        suspects: The error that ends the use of this model where it turns out that its server
            serves no request at all; None where nothing more than that can be said.
        may_cost: Whether the server did the work, and may bill it.
    """

    def __init__(
        self,
        reason: str,
        detail: str,
        ends_model: InferenceError | None = None,
        *,
        status: int | None = None,
        parameter: str = "",
        suspects: InferenceError | None = None,
        may_cost: bool = False,
    ) -> None:
        """Keeps what the circuit and the error line need."""
        named = f" (parameter `{parameter}`)" if parameter else ""
        super().__init__(f"{reason}: {detail}{named}")
        self.reason = reason
        self.detail = detail
        self.ends_model = ends_model
        self.status = status
        self.parameter = parameter
        self.suspects = suspects
        self.may_cost = may_cost
