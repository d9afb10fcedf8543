"""What can go wrong: every error names the rule, the value and an exit code."""

import errno

from base.foreign_text import terminal_text

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""How the system says that there is no room: on the disk, in the quota, below `ulimit -f`."""


class RefuseryError(Exception):
    """Base of all errors of this project.

    Attributes:
        rule: What must hold, in one line.
        value: What was found instead; never prompt or answer text, never a key.
        exit_code: The command's exit status: 2 for bad input, 1 for a failed run.
        others: What else is wrong with the same thing (`base.problems`); the message tells one.
    """

    exit_code = 1
    others: "tuple[RefuseryError, ...]" = ()

    def __init__(self, rule: str, value: object = "") -> None:
        self.rule = rule
        self.value = str(value)
        # Both may hold names of others: what the message says is safe wherever it is shown.
        said = terminal_text(rule)
        super().__init__(f"{said} (got {terminal_text(self.value)})" if self.value else said)


class ArtifactError(RefuseryError):
    """Something is wrong with a file or a release."""


class FileUnwritableError(ArtifactError):
    """A file cannot be written where it should go."""


class NoSpaceError(FileUnwritableError):
    """The disk or the quota is full; what was there before is untouched."""


class RecordUnreadableError(ArtifactError):
    """A JSON record of a run or a release is missing or malformed."""

    exit_code = 2


class RecordTooNewError(RecordUnreadableError):
    """A JSON record is whole, and of a format that only a newer version knows."""
