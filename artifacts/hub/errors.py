"""What can go wrong between a release and the Hub."""

from __future__ import annotations

from artifacts.errors import ArtifactError


class ReleaseUnsound(ArtifactError):
    """A release folder is not what its manifest says, or its card cannot be read."""

    exit_code = 2


class PublishRefused(ArtifactError):
    """A release may not go where it was asked to go; nothing was sent."""

    exit_code = 2


class HubMoved(ArtifactError):
    """Somebody changed, meanwhile, what a publish would have written; nothing was overwritten."""


class HubUnlike(ArtifactError):
    """What was read back from the Hub is not what was sent."""


class HubAnswer(ArtifactError):
    """The Hub said no, or nothing.

    Attributes:
        status: The HTTP status; None where there was no answer.
        wait_s: For how many seconds the Hub asks to be left alone; None where it does not say.
    """

    def __init__(
        self,
        rule: str,
        value: object = "",
        *,
        status: int | None = None,
        wait_s: float | None = None,
    ) -> None:
        """Keeps rule and value, and what the answer was."""
        super().__init__(rule, value)
        self.status, self.wait_s = status, wait_s
        self.exit_code = 2 if status in (400, 401, 403, 404) else 1

    @property
    def passing(self) -> bool:
        """Whether the same call may well succeed later."""
        return self.status is None or self.status in PASSING


PASSING = (408, 425, 429, 500, 502, 503, 504)
"""The statuses that say: try again later."""
