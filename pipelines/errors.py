"""What can go wrong above the packages: in a recipe, in a source; each names rule and value."""

from base.errors import RefuseryError


class FlowError(RefuseryError):
    """Base of this package's errors."""


class RecipeError(FlowError):
    """A recipe cannot be read, or says what the schema does not allow."""

    exit_code = 2


class SourceError(FlowError):
    """A source of rows is missing, empty or malformed, or names an unknown category."""

    exit_code = 2


class NotBuiltError(FlowError):
    """A recipe asks for something that the schema knows and no flow does yet."""

    exit_code = 2


class StageInputMissingError(FlowError):
    """A stage was started before the stage that it reads from was finished."""


class StageFailedError(FlowError):
    """More rows of a stage failed than the recipe's `max_failed` allows."""


class RunFolderTakenError(FlowError):
    """A run folder was made by a recipe of another benchmark or taxonomy."""

    exit_code = 2


class RunBrokenError(FlowError):
    """An edge of a finished run does not add up, or a file is not what its record says."""


class LicenseBrokenError(FlowError):
    """A source's licence does not allow the licence that the release is to carry."""

    exit_code = 2


class FormatUnknownError(FlowError):
    """A format that no release is written in."""

    exit_code = 2


class StageUnknownError(FlowError):
    """A stage is asked for that the flow or the recipe does not have."""


class StageDeclarationError(FlowError):
    """A stage is not what it is declared to be, or a list of stages does not fit together."""

    exit_code = 2


class VotesMissingError(FlowError):
    """A moderator could not be asked about every row."""


class TextsMissingError(FlowError):
    """A writer or a translator could not be asked about every row."""


class AnswersMissingError(FlowError):
    """A run's answers are asked for, and are not there or not as their records say."""

    exit_code = 2
