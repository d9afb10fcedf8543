"""What can be wrong with two releases that are to be held against each other."""

from __future__ import annotations

from artifacts.errors import ArtifactError


class NotComparable(ArtifactError):
    """Two releases are of different benchmarks, or one's rows have no ids; exit code 2."""

    exit_code = 2
