"""What can be wrong with a review table."""

from __future__ import annotations

from flows.errors import FlowError


class ReviewUnusable(FlowError):
    """A review table lacks a column, or says what nobody can follow; exit code 2."""

    exit_code = 2
