"""What can go wrong when something is written; every error names the rule and the value."""

from base.errors import RefuseryError


class GeneratorError(RefuseryError):
    """Base of this package's errors."""

    exit_code = 2


class ExamplesInvalidError(GeneratorError):
    """A taxonomy has no few-shot examples, or they leave a category out."""


class NotEncodableError(GeneratorError):
    """A text holds half of a surrogate pair, which no code here and no UTF-8 file can carry."""


class WrapperMissingError(GeneratorError):
    """A prompt does not open as its encoding's wrapper does."""


class StyleUnknownError(GeneratorError):
    """There is no written style of that name."""


class MutationInvalidError(GeneratorError):
    """A mutation is asked for, or checked, in a way that cannot be."""
