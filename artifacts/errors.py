"""What can go wrong with files and releases; every error names the rule and the value."""

from __future__ import annotations


class ArtifactError(Exception):
    """Base of this package's errors.

    Attributes:
        rule: What must hold, in one line.
        value: What was found instead; never prompt text.
        exit_code: The command's exit status: 2 for bad input, 1 for a failed run.
    """

    exit_code = 1

    def __init__(self, rule: str, value: object = "") -> None:
        """Keeps the rule and the value that broke it."""
        self.rule = rule
        self.value = str(value)
        super().__init__(f"{rule} (got {self.value})" if self.value else rule)


class FileUnwritable(ArtifactError):
    """A file cannot be written where it should go."""


class NoSpace(FileUnwritable):
    """The disk or the quota is full; what was there before is untouched."""


class SchemaBroken(ArtifactError):
    """A frame does not have the columns and types of the table it is written to."""


class TableDamaged(ArtifactError):
    """A table of a run or a release is missing, truncated or garbled."""


class TableUnreadable(ArtifactError):
    """A user's table is missing, empty, or not what its ending says."""

    exit_code = 2


class ColumnUnusable(ArtifactError):
    """A user's table lacks the column, or the column does not hold a text in every row."""

    exit_code = 2


class RecordUnreadable(ArtifactError):
    """A JSON record of a run or a release is missing or malformed."""

    exit_code = 2


class ReleaseTaken(ArtifactError):
    """A release of this version is there and holds other data."""
