"""What can go wrong when a model is called; every error names the rule and the value."""

from base.errors import RefuseryError


class InferenceError(RefuseryError):
    """Base of this package's errors."""


class EngineStoppedError(InferenceError):
    """The engine was stopped while it worked, or its thread has ended: nothing more is asked."""


class ModelUnknownError(InferenceError):
    """A request names a model or an encoder that the recipe does not have."""

    exit_code = 2


class ModelFileUnusableError(InferenceError):
    """A model file is missing, is no GGUF file, or its server does not start."""

    exit_code = 2


class KeyMissingError(InferenceError):
    """An environment variable that should hold an API key is not set."""

    exit_code = 2


class KeyRefusedError(InferenceError):
    """A server refuses the key (401, 403), not one request alone."""


class RequestRefusedError(InferenceError):
    """A server takes no request of a model (400, 404, 422), or its account has no credit."""


class FormIgnoredError(InferenceError):
    """A server takes requests for JSON and has answered each of them in prose."""


class CircuitOpenError(InferenceError):
    """A provider keeps failing, so that the run was ended in bounded time."""


class ServerUnreachableError(CircuitOpenError):
    """No connection to a model's server comes about, so that nothing can be asked of it."""


class BudgetReachedError(InferenceError):
    """The next call could take a run's spend past its cap, so that it was not sent."""


class PriceUnknownError(InferenceError):
    """Nobody says what a model costs that would be asked."""

    exit_code = 2


class LengthUnboundedError(InferenceError):
    """A request under a cap sets no largest number of answer tokens."""

    exit_code = 2


class LedgerError(InferenceError):
    """The ledger cannot be used: corrupt, locked, of a newer schema, or no space is left."""


class EntryUnstorableError(LedgerError):
    """One reply, key or reservation holds what the ledger cannot; the others are kept."""
