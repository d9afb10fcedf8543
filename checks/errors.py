"""What can go wrong in a check; every error names the rule and the value, never a text."""

from __future__ import annotations


class CheckError(Exception):
    """Base of this package's errors.

    Attributes:
        rule: What must hold, in one line.
        value: What was found instead; never prompt or answer text.
        exit_code: The command's exit status: 2 for bad input, 1 for a failed run.
    """

    exit_code = 1

    def __init__(self, rule: str, value: object = "") -> None:
        """Keeps the rule and the value that broke it."""
        self.rule = rule
        self.value = str(value)
        super().__init__(f"{rule} (got {self.value})" if self.value else rule)


class CheckUnknown(CheckError):
    """A recipe names a check that does not exist."""

    exit_code = 2


class OptionInvalid(CheckError):
    """A check is given an option that it does not have, or a value that cannot be."""

    exit_code = 2


class NoEmbedding(CheckError):
    """The encoder gave no vectors for the texts it was asked for."""
