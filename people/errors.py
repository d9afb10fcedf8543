"""What can be wrong with a review table or with people's labels."""

from base.errors import RefuseryError


class ReviewUnusableError(RefuseryError):
    """A review table lacks a column, or says what nobody can follow; exit code 2."""

    exit_code = 2


class LabelsUnusableError(RefuseryError):
    """A table's true labels are not the ones that are known."""

    exit_code = 2
