"""What can go wrong in an audit."""

from __future__ import annotations

from flows.errors import FlowError


class GateBroken(FlowError):
    """A gate of the recipe does not hold: the set must not be published as it is."""


class AuditInput(FlowError):
    """What is to be audited is no release, no table, or not as its manifest says."""

    exit_code = 2
