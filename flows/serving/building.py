"""The flow of each benchmark, and which release is a benchmark's newest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flows.benchmarks import Buildable
from flows.recipe import OrBench
from flows.versions.earlier import Earlier, open_release, versions_of

if TYPE_CHECKING:
    from flows.building import Result


def flow_of(recipe: Buildable) -> Callable[[str, str, int | None, list[str]], Result]:
    """The flow that builds a recipe's release: recipe, out, limit, overrides."""
    if isinstance(recipe, OrBench):
        from flows.or_bench import or_bench

        return or_bench
    from flows.sorry_bench import sorry_bench

    return sorry_bench


def newest(out: Path, benchmark: str) -> Earlier | None:
    """The newest release of a benchmark in the output folder; None where there is none.

    Raises:
        RecordUnreadable: Its manifest is malformed.
    """
    versions = versions_of(out, benchmark)
    return open_release(out / "releases" / benchmark / versions[-1]) if versions else None


def same_data(old: Earlier, new: Earlier) -> bool:
    """Whether two releases hold the same shards, byte for byte."""
    return _shards(old) == _shards(new)


def _shards(release: Earlier) -> dict[str, str]:
    return {file.name: file.sha256 for config in release.manifest.configs for file in config.files}
