"""What can go wrong with moderators; every error names the rule and the value, never a text."""

from base.errors import RefuseryError


class ModeratorError(RefuseryError):
    """Base of this package's errors."""

    exit_code = 2


class ModeratorUnknownError(ModeratorError):
    """A recipe names a moderator that is neither a kind nor one of its models."""


class EncoderMissingError(ModeratorError):
    """A moderator that compares embeddings is asked for in a recipe without an encoder."""


class TaxonomyUnfitError(ModeratorError):
    """A moderator that chooses a category needs one for harmless prompts, and there is none."""


class GuardUnknownError(ModeratorError):
    """A model has a dialect that no guard among the moderators speaks."""


class RuleUnknownError(ModeratorError):
    """A recipe names a vote rule that does not exist."""


class PolicyUnknownError(ModeratorError):
    """A moderation policy that does not exist."""


class VotesInvalidError(ModeratorError):
    """Votes or weights that no rule can be applied to."""


class PrototypesInvalidError(ModeratorError):
    """A taxonomy has no prototypes, or their file is not what it should be."""


class JudgeInvalidError(ModeratorError):
    """A refusal judge that there is not, or whose parts do not go together."""
