"""What can go wrong in curation; every error names the rule and the value, never a text."""

from base.errors import RefuseryError


class CurationError(RefuseryError):
    """Base of this package's errors."""


class SettingInvalidError(CurationError):
    """A threshold, a share or a size is out of its range."""

    exit_code = 2


def require_share(name: str, value: float) -> None:
    """Refuses a value outside (0, 1].

    Raises:
        SettingInvalidError: It is outside, or no number.
    """
    if not 0.0 < value <= 1.0:
        raise SettingInvalidError(f"{name}: 0 < {name} <= 1", value)
