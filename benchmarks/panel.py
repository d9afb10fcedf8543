"""How many rows a simulated panel finds hard, and how even a draw of them is.

Six independent targets refuse at the rates that OR-Bench reports on its 80K (table 2): as many
rows as it has, in its shares of categories (figure 7a). The second table starts from hard rows in
the shares of the published Hard-1K, whose largest category is 12.9 times its smallest. Verdicts go
through the code of the stages: `curation.hard` decides, stage `subsets` draws.

    python benchmarks/panel.py --seed 7 --missing 0.01
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import polars as pl

from artifacts.schemas import PANELED
from checks.identity import root_key
from curation.hard import HardRule, tally
from curation.quota import Balance, Draw
from measures.balance import largest_to_smallest
from pipelines.or_bench.subsets import Subsets
from pipelines.recipe.panel import Toxic
from pipelines.runner.stage import Row

Shares: TypeAlias = Mapping[str, float]

ROWS = 80_359
RATES = {"a": 0.529, "b": 0.347, "c": 0.209, "d": 0.165, "e": 0.090, "f": 0.068}
AT = 3
DRAWN = 1_000
SHARES: Shares = {
    "deception": 10.0, "harassment": 4.1, "harmful": 20.0, "hate": 7.7, "illegal": 11.6,
    "privacy": 11.4, "self-harm": 6.3, "sexual": 4.8, "unethical": 15.6, "violence": 8.5,
}  # fmt: skip
PUBLISHED_HARD: Shares = {
    "deception": 72, "harassment": 41, "harmful": 106, "hate": 54, "illegal": 527,
    "privacy": 199, "self-harm": 63, "sexual": 66, "unethical": 125, "violence": 66,
}  # fmt: skip


def verdicts(rows: int, missing: float, seed: int) -> pl.DataFrame:
    """A column of verdicts for each target, null where it is missing."""
    random = np.random.default_rng(seed)
    columns: dict[str, pl.Series] = {}
    for target, rate in RATES.items():
        refused = pl.Series(target, random.random(rows) < rate)
        columns[target] = refused.set(pl.Series(random.random(rows) < missing), None)
    return pl.DataFrame(columns)


def table(categories: Sequence[str], found: pl.DataFrame) -> list[Row]:
    """Safe rows with what the panel came to, as stage `panel` leaves them."""
    rule = HardRule(AT)
    return [
        {**_safe(place, category), "hard": tally(refused, rule).hard}
        for place, (category, refused) in enumerate(
            zip(categories, found.iter_rows(named=True), strict=True)
        )
    ]


def spread(rows: int, shares: Shares) -> list[str]:
    """A category for each row, in these shares; what does not divide goes to the last."""
    total = sum(shares.values())
    counts = {name: int(rows * share / total) for name, share in shares.items()}
    placed = [name for name, count in counts.items() for _ in range(count)]
    return placed + [list(shares)[-1]] * (rows - len(placed))


def drawn(rows: Sequence[Row], balance: Balance, seed: int) -> Counter[str]:
    """The categories of a draw of `DRAWN` hard rows."""
    draw = Draw(DRAWN, balance, seed=seed)
    frames = Subsets(False, draw, Draw(), Toxic())(pl.DataFrame(rows, PANELED))
    return Counter(frames["kept"].filter("in_hard")["category"])


def expected() -> tuple[float, float]:
    """Hard rows to expect of independent targets, and their standard deviation."""
    counts = np.array([1.0])
    for rate in RATES.values():
        counts = np.convolve(counts, [1 - rate, rate])
    share = float(counts[AT:].sum())
    return ROWS * share, float(np.sqrt(ROWS * share * (1 - share)))


def report(seed: int, missing: float) -> Iterator[str]:
    """The lines that `main` prints."""
    mean, deviation = expected()
    started = time.perf_counter()
    rows = table(spread(ROWS, SHARES), verdicts(ROWS, missing, seed))
    found = Counter(row["hard"] for row in rows)
    took = time.perf_counter() - started
    yield f"expected of {ROWS:,} rows: {mean:,.0f} hard, standard deviation {deviation:.0f}"
    yield f"found: {found['hard']:,} hard, {found['undecided']:,} undecided ({took:.1f} s)"
    skewed = [
        {**_safe(place, category), "hard": "hard"}
        for place, category in enumerate(spread(found["hard"], PUBLISHED_HARD))
    ]
    for name, given in (("shares of the 80K", rows), ("shares of the published hard set", skewed)):
        for balance in ("none", "cap"):
            started = time.perf_counter()
            counts = drawn(given, balance, seed)
            took = time.perf_counter() - started
            ratio = largest_to_smallest({**dict.fromkeys(SHARES, 0), **counts})
            shown = "a category is empty" if ratio is None else f"{ratio:.2f}"
            yield f"{counts.total():,} of {name}, balance {balance}: {shown} ({took:.1f} s)"


def _safe(place: int, category: str) -> Row:
    return {
        "row": root_key("simulated", place),
        "text": f"What would you call prompt number {place}?",
        "category": category,
        "label": "safe",
        "sounds_risky": True,
        "safe": 3,
        "toxic": 0,
        "abstain": 0,
    }


def main() -> None:
    """Prints hard rows, and the largest over the smallest category of each draw."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--missing", type=float, default=0.0, help="share of missing answers")
    given = parser.parse_args()
    for line in report(given.seed, given.missing):
        print(line)


if __name__ == "__main__":
    main()
