"""What can go wrong in a recipe, a source or a run; each error names the rule and the value."""

from base.errors import RefuseryError


class PipelineError(RefuseryError):
    """Base of this package's errors."""


class RecipeError(PipelineError):
    """A recipe cannot be read, or says what the schema does not allow."""

    exit_code = 2


class SourceError(PipelineError):
    """A source of rows is missing, empty or malformed, or names an unknown category."""

    exit_code = 2


class TaxonomyGapsError(PipelineError):
    """A taxonomy lacks what a recipe asks of it; the rule lists every gap."""

    exit_code = 2


class ModelRetiredError(PipelineError):
    """A recipe names models that are no longer served."""

    exit_code = 2


class OutUnusableError(PipelineError):
    """The output folder is a file, or lies below one."""

    exit_code = 2


class NotBuiltError(PipelineError):
    """A recipe asks for something that the schema knows and no flow does yet."""

    exit_code = 2


class StageInputMissingError(PipelineError):
    """A stage was started before the stage that it reads from was finished."""


class StageFailedError(PipelineError):
    """More rows failed or were refused than `max_failed` and `max_missing` allow."""


class RunFolderTakenError(PipelineError):
    """A run folder was made by a recipe of another benchmark or taxonomy."""

    exit_code = 2


class ReleaseClaimedError(PipelineError):
    """The name and version of a release to come are another recipe's."""

    exit_code = 2


class ReleaseDiffersError(PipelineError):
    """This version is released, and was made by another recipe or from something else."""

    exit_code = 2


class RunBrokenError(PipelineError):
    """An edge of a finished run does not add up, or a file is not what its record says."""


class LicenseBrokenError(PipelineError):
    """A source's licence does not allow the licence that the release is to carry."""

    exit_code = 2


class FormatUnknownError(PipelineError):
    """A format that no release is written in."""

    exit_code = 2


class StageUnknownError(PipelineError):
    """A stage is asked for that the flow or the recipe does not have."""


class StageDeclarationError(PipelineError):
    """A stage is not what it is declared to be, or a list of stages does not fit together."""

    exit_code = 2


class VotesMissingError(PipelineError):
    """A moderator could not be asked about every row."""


class TextsMissingError(PipelineError):
    """A writer or a translator could not be asked about every row."""


class AnswersMissingError(PipelineError):
    """A run's answers are asked for, and are not there or not as their records say."""

    exit_code = 2
