"""What can go wrong when a judge is trained."""

from pipelines.errors import PipelineError


class TrainingInputError(PipelineError):
    """A table of labelled answers that no judge can be trained on, or settings that do not fit."""

    exit_code = 2


class TrainingExtraMissingError(PipelineError):
    """Fine-tuning is asked for where the extra that it needs is not installed."""

    exit_code = 2
