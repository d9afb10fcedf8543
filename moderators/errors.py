"""What can go wrong with moderators; every error names the rule and the value, never a text."""

from __future__ import annotations


class ModeratorError(Exception):
    """Base of this package's errors.

    Attributes:
        rule: What must hold, in one line.
        value: What was found instead; never prompt or answer text.
        exit_code: The command's exit status: 2, as all of these are bad input.
    """

    exit_code = 2

    def __init__(self, rule: str, value: object = "") -> None:
        """Keeps the rule and the value that broke it."""
        self.rule = rule
        self.value = str(value)
        super().__init__(f"{rule} (got {self.value})" if self.value else rule)


class ModeratorUnknown(ModeratorError):
    """A recipe names a moderator that is neither a kind nor one of its models."""


class EncoderMissing(ModeratorError):
    """A moderator that compares embeddings is asked for in a recipe without an encoder."""


class TaxonomyUnfit(ModeratorError):
    """A moderator that chooses a category needs one for harmless prompts, and there is none."""


class GuardUnknown(ModeratorError):
    """A model has a dialect that no guard among the moderators speaks."""


class RuleUnknown(ModeratorError):
    """A recipe names a vote rule that does not exist."""


class VotesInvalid(ModeratorError):
    """Votes or weights that no rule can be applied to."""


class PrototypesInvalid(ModeratorError):
    """A taxonomy has no prototypes, or their file is not what it should be."""


class JudgeInvalid(ModeratorError):
    """A refusal judge that there is not, or whose parts do not go together."""
