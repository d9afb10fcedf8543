"""Whether the name and the version of a release to come are a recipe's own to give."""

from pathlib import Path

from artifacts.manifest import MANIFEST, read_manifest
from artifacts.records import run_if_readable
from base.errors import RecordUnreadableError
from pipelines.errors import ReleaseClaimedError
from pipelines.recipe.schema import Buildable
from pipelines.runner.run_folders import other_owner
from pipelines.runner.shards import Layout


def require_unclaimed(recipe: Buildable, layout: Layout) -> None:
    """Refuses a name and version that another recipe is building, or a name of another benchmark.

    A run of a recipe whose file is gone claims nothing.

    Args:
        recipe: The recipe, its version resolved.
        layout: Where its run and its release would lie.

    Raises:
        ReleaseClaimedError: It is another recipe's.
    """
    _require_of_one_benchmark(recipe, layout.release.parent)
    _require_free_tables(recipe, layout)
    runs = layout.out / "runs"
    for folder in sorted(runs.iterdir()) if runs.is_dir() else ():
        if folder.name == layout.recipe or not (folder / layout.version).is_dir():
            continue
        record = run_if_readable(folder / layout.version)
        if record is None or record.data_set != recipe.data_set:
            continue
        if other_owner(folder, recipe.path, layout.out) is not None:
            rule = (
                f"{recipe.data_set} {layout.version} must be of one recipe; give this one a "
                "release.name of its own, or another release.version"
            )
            raise ReleaseClaimedError(rule, f"a run of recipe `{folder.name}` is for it")


def _require_of_one_benchmark(recipe: Buildable, releases: Path) -> None:
    for folder in sorted(releases.iterdir()) if releases.is_dir() else ():
        if not (folder / MANIFEST).is_file():
            continue
        try:
            benchmark = read_manifest(folder).benchmark
        except RecordUnreadableError:
            continue  # a damaged one is said where it is read
        if benchmark != recipe.benchmark:
            rule = f"release.name must be of one benchmark, and {releases.name} is {benchmark}'s"
            raise ReleaseClaimedError(rule, recipe.benchmark)


def _require_free_tables(recipe: Buildable, layout: Layout) -> None:
    """Refuses a run that would write over the tables behind a release of another data set."""
    for folder in sorted((layout.out / "releases").glob(f"*/{layout.version}")):
        try:
            manifest = read_manifest(folder)
        except RecordUnreadableError:
            continue
        if manifest.run == layout.run_name and manifest.data_set != recipe.data_set:
            rule = (
                f"the tables in runs/{manifest.run} must stay as they are: {manifest.data_set}"
                f" {manifest.version} is made of them; give the recipe another release.version"
            )
            raise ReleaseClaimedError(rule, recipe.data_set)
