"""How often a pilot of 20 seeds foretells calls and money of the whole, within its 95 % interval.

For each try another world (`tests.servers.varied`) answers on loopback: lengths, unusable replies,
flagged and refused rows vary by row and by seed. A pilot of 20 of 400 seeds is run and the plan
made from it; then the 400 seeds are run, and what they took is held against the plan's intervals.

    python -m benchmarks.pilot --tries 40
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from flows.benchmarks import benchmark_of, plan
from inference.accounts import total
from measures.totals import Estimate
from pipelines.opening import layout_of, preflight, run_opened
from pipelines.pilots.run import run_pilot
from pipelines.recipe import load
from pipelines.recipe.schema import is_buildable
from pipelines.runner.run import Run
from tests.servers.openai_server import serve
from tests.servers.varied import PER_SEED, Varied, numbered_seeds

SEEDS, DRAWN, WANTED = 400, 20, 34
RECIPE = """\
benchmark: or-bench
models:
  writer: {{provider: openai, base_url: "{url}", model: writer, price: {{input: 1, output: 4}}}}
  m: {{provider: openai, base_url: "{url}", model: moderator, price: {{input: 0.5, output: 2}}}}
  t: {{provider: openai, base_url: "{url}", model: target, price: {{input: 2, output: 10}}}}
seeds: {{from: seeds.csv}}
clean: {{min_chars: 1, max_chars: 8000, language: null, checks: []}}
rewrite: {{writer: writer, per_seed: {per_seed}, checks: []}}
dedup: {{threshold: null}}
moderate: {{moderators: [m]}}
rescue: {{answerer: t}}
panel: {{targets: [t]}}
release: {{version: 2026.11.0}}
"""


@dataclass(frozen=True, slots=True)
class Try:
    """A pilot and the whole.

    Attributes:
        world: What the servers' chance was drawn by.
        calls: Calls that the whole took.
        usd: What they cost, in US dollars.
        calls_expected: The plan's calls.
        usd_expected: The plan's money.
        found: Calls of the whole that the pilot had made.
    """

    world: int
    calls: int
    usd: float
    calls_expected: Estimate
    usd_expected: Estimate
    found: int

    @property
    def calls_held(self) -> bool:
        """Whether the whole's calls are in the pilot's interval."""
        return self.calls_expected.low <= self.calls <= self.calls_expected.high

    @property
    def usd_held(self) -> bool:
        """Whether the whole's money is in the pilot's interval."""
        return self.usd_expected.low <= self.usd <= self.usd_expected.high

    @property
    def says(self) -> str:
        """Both, in a line."""
        calls, usd = self.calls_expected, self.usd_expected
        return (
            f"{self.world:3}: {self.calls:,} calls in {calls.low:,.0f} to {calls.high:,.0f} "
            f"{'yes' if self.calls_held else 'NO'}; {self.usd:.3f} US dollars in {usd.low:.3f} to "
            f"{usd.high:.3f} {'yes' if self.usd_held else 'NO'}"
        )


def tried(world: int, folder: Path, seeds: int = SEEDS, drawn: int = DRAWN) -> Try:
    """One pilot, and the whole after it."""
    with (folder / "seeds.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("prompt", "category"), *numbered_seeds(seeds)])
    with serve(Varied(world)) as server:
        path = folder / "pilot.yaml"
        text = RECIPE.format(url=server.base_url, per_seed=PER_SEED)
        path.write_text(text, encoding="utf-8")
        recipe, out = load(path), folder / "out"
        if not is_buildable(recipe):
            raise TypeError("the benchmark's recipe is of a set")
        benchmark = benchmark_of(recipe)
        run_pilot(benchmark, recipe, out, drawn)
        told = plan(recipe, out).pilot
        if told is None or told.usd is None:
            raise TypeError("a plan must be made from the pilot")
        before = len(server.calls)
        checked = preflight(benchmark, recipe, out)
        with run_opened(benchmark, checked, out) as (context, record):
            Run(context, record).build()
            spent = total(context.engine().spent(layout_of(recipe, out).run_name).values())
        sent = len(server.calls) - before
        return Try(
            world, spent.replies, spent.price_usd, told.calls, told.usd, spent.replies - sent
        )


def main() -> int:
    """Prints each try, and how often both held; the exit status is 1 below 34 of 40."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--tries", type=int, default=40)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args()
    found: list[Try] = []
    started = time.perf_counter()
    for world in range(given.first, given.first + given.tries):
        with tempfile.TemporaryDirectory() as folder:
            found.append(tried(world, Path(folder)))
        sys.stdout.write(f"{found[-1].says} ({time.perf_counter() - started:.0f} s)\n")
        sys.stdout.flush()
    calls, usd = sum(each.calls_held for each in found), sum(each.usd_held for each in found)
    sys.stdout.write(
        f"calls within: {calls} of {len(found)}; money within: {usd} of {len(found)}\n"
    )
    return 0 if min(calls, usd) * 40 >= WANTED * len(found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
