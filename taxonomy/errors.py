"""What can go wrong with a taxonomy; every error names the rule and the value."""

from __future__ import annotations


class TaxonomyError(Exception):
    """Base of this package's errors.

    Attributes:
        rule: What must hold, in one line.
        value: What was found instead; never prompt text.
        exit_code: The command's exit status: 2, as all of these are bad input.
    """

    exit_code = 2

    def __init__(self, rule: str, value: object = "") -> None:
        """Keeps the rule and the value that broke it."""
        self.rule = rule
        self.value = str(value)
        super().__init__(f"{rule} (got {self.value})" if self.value else rule)


class TaxonomyUnknown(TaxonomyError):
    """No taxonomy or seeds of that name are shipped, or there is no such file."""


class CategoryUnknown(TaxonomyError):
    """A taxonomy has no category of that name."""


class TaxonomyInvalid(TaxonomyError):
    """A taxonomy's data file is not what it should be."""
