"""What can go wrong with files and releases; every error names the rule and the value."""

from collections.abc import Sequence
from pathlib import Path

from base.did_you_mean import did_you_mean
from base.errors import ArtifactError


class SchemaBrokenError(ArtifactError):
    """A frame does not have the columns and types of the table it is written to."""


class TableDamagedError(ArtifactError):
    """A table of a run or a release is missing, truncated or garbled."""


class TableUnreadableError(ArtifactError):
    """A user's table is missing, empty, or not what its ending says."""

    exit_code = 2


class ColumnUnusableError(ArtifactError):
    """A user's table lacks the column, or the column does not hold a text in every row."""

    exit_code = 2
    lacks: str | None = None
    """The column that is not there, where that is what is wrong."""

    @classmethod
    def missing(cls, column: str, there: Sequence[str]) -> "ColumnUnusableError":
        """That a column is not among those that are there; all of them are named.

        Where a file has no header its first row stands for the names: what reads as a text is
        counted and not shown.
        """
        names = [name for name in there if _is_name(name)]
        rule = f"a table must have the column '{column}'{did_you_mean(column, names)}"
        error = cls(rule, columns_shown(there))
        error.lacks = column
        return error


_LONGEST_NAME = 40
_MOST_WORDS = 3
_MOST_NAMES = 12


def shown_name(name: str) -> str:
    """A column's name for an error: what reads as a text is not shown."""
    return f"'{name}'" if _is_name(name) else "a name that reads as a text"


def _is_name(name: str) -> bool:
    """Whether it reads as a column's name, and not as a text."""
    return len(name) <= _LONGEST_NAME and len(name.split()) <= _MOST_WORDS


def columns_shown(columns: Sequence[str]) -> str:
    """The columns that a table has, for an error: what reads as a text is counted, not shown.

    Example:
        >>> columns_shown(["question", "topic", "How do I kill a Python process?"])
        'question, topic and 1 that reads as a text: has the table a header?'
    """
    names = [name for name in columns if _is_name(name)]
    shown = ", ".join(name or "one without a name" for name in names[:_MOST_NAMES])
    if (more := len(names) - _MOST_NAMES) > 0:
        shown += f" and {more} more"
    texts = len(columns) - len(names)
    if not texts:
        return shown or "no columns"
    others = f"{texts} that read{'s' if texts == 1 else ''} as a text: has the table a header?"
    return f"{shown} and {others}" if shown else others


class ReleaseTakenError(ArtifactError):
    """A release of this version is there and holds other data."""


class ReleaseDamagedError(ArtifactError):
    """A file of a release is missing or changed, or its manifest cannot be read."""

    @classmethod
    def of(cls, folder: Path, problem: str) -> "ReleaseDamagedError":
        """What is wrong with a release's folder, and the way on."""
        rule = (
            "a release must be as its manifest says; move its folder out of releases/ and build "
            "again: it is made anew from its run and the ledger, which hold what was answered"
        )
        return cls(rule, f"{folder.parent.name} {folder.name}: {problem}")


class InsideReleaseError(ArtifactError):
    """A file is to be written into the folder of a release."""

    exit_code = 2
