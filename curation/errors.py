"""What can go wrong in curation; every error names the rule and the value, never a text."""

from __future__ import annotations


class CurationError(Exception):
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


class SettingInvalid(CurationError):
    """A threshold, a share or a size is out of its range."""

    exit_code = 2


def require_share(name: str, value: float) -> None:
    """Refuses a value outside (0, 1].

    Raises:
        SettingInvalid: It is outside, or no number.
    """
    if not 0.0 < value <= 1.0:
        raise SettingInvalid(f"{name}: 0 < {name} <= 1", value)
