"""What can go wrong when something is written; every error names the rule and the value."""

from __future__ import annotations


class GeneratorError(Exception):
    """Base of this package's errors.

    Attributes:
        rule: What must hold, in one line.
        value: What was found instead; never prompt text.
        exit_code: The command's exit status: 2 for bad input, 1 for a failed run.
    """

    exit_code = 2

    def __init__(self, rule: str, value: object = "") -> None:
        """Keeps the rule and the value that broke it."""
        self.rule = rule
        self.value = str(value)
        super().__init__(f"{rule} (got {self.value})" if self.value else rule)


class ExamplesInvalid(GeneratorError):
    """A taxonomy has no few-shot examples, or they leave a category out."""


class NotEncodable(GeneratorError):
    """A text holds half of a surrogate pair, which no code here and no UTF-8 file can carry."""


class EncodingUnknown(GeneratorError):
    """There is no encoding of that name."""


class WrapperMissing(GeneratorError):
    """A prompt does not open as its encoding's wrapper does."""


class StyleUnknown(GeneratorError):
    """There is no written style of that name."""


class MutationInvalid(GeneratorError):
    """A mutation is asked for, or checked, in a way that cannot be."""
