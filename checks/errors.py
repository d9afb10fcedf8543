"""What can go wrong in a check; every error names the rule and the value, never a text."""

from base.errors import RefuseryError


class CheckError(RefuseryError):
    """Base of this package's errors."""


class CheckUnknownError(CheckError):
    """A recipe names a check that does not exist."""

    exit_code = 2


class OptionInvalidError(CheckError):
    """A check is given an option that it does not have, or a value that cannot be."""

    exit_code = 2


class NoEmbeddingError(CheckError):
    """The encoder gave no vectors for the texts it was asked for."""
