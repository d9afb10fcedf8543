"""A build by the plain runner, as a process of its own: `python -m tests.chaos.build RECIPE OUT`.

What Prefect's flow does, without Prefect: the same stages, the same engine, the same release. The
audit and the report are left out, which read what is finished and take ten times as long as the
rest of so small a run.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from artifacts.release import write_release
from base.errors import RefuseryError
from flows.benchmarks import benchmark_of
from pipelines.audits import finalize
from pipelines.opening import claim_runs, layout_of, preflight, run_opened
from pipelines.recipe import load, taxonomy_of
from pipelines.recipe.schema import Buildable, is_buildable
from pipelines.runner.lock import release_lock, run_lock
from pipelines.runner.run import Run
from pipelines.runner.shards import Sharding
from pipelines.versions.lineage import lineage_of
from refusery.interruption import STOPPED, interruption


def build(recipe: Path, out: Path, shards: int = 4) -> Path:
    """Builds a recipe's release, resuming what is there; gives its folder."""
    loaded = load(recipe, ())
    assert is_buildable(loaded)
    with (
        run_lock(out, claim_runs(loaded, out)),
        release_lock(layout_of(loaded, out).release, loaded.name),
    ):
        benchmark: Any = replace(benchmark_of(loaded), sharding=Sharding(rows=1, most=shards))
        checked = preflight(benchmark, loaded, out)
        with run_opened(benchmark, checked, out) as (context, record):
            run = Run(context, record, max_failed=loaded.max_failed)
            run.build()
            _release(run, checked.recipe, benchmark)
            return context.layout.release


def _release(run: Run, recipe: Buildable, benchmark: Any) -> None:  # noqa: ANN401 - of the recipe's kind
    content = benchmark.released(run, recipe)
    lineage = lineage_of(recipe, run.context.layout)
    draft = finalize._Draft(run, recipe, taxonomy_of(recipe), lineage, content)
    facts = content.own(finalize._facts(draft))
    write_release(run.context.layout.release, content.views, facts, template=content.template)


def main(arguments: list[str]) -> int:
    """Builds as the command does: an error is one line and its exit code, a signal its own."""
    recipe, out, shards = Path(arguments[0]), Path(arguments[1]), map(int, arguments[2:])
    try:
        interruption.run(lambda: build(recipe, out, *shards))
    except (RefuseryError, KeyboardInterrupt) as error:
        if interruption.number is not None:
            sys.stderr.write(f"{STOPPED}\n")
            return interruption.status
        sys.stderr.write(f"{error}\n")
        return getattr(error, "exit_code", 1)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
