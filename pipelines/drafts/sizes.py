"""How many seeds or styles a set of some size takes: the arithmetic that a new recipe states."""

import math
from dataclasses import dataclass
from functools import cache

from generators.mutations.styles import GROUPS, NAMES
from pipelines.drafts.catalog import catalog
from taxonomy.loader import load_taxonomy, shipped_seeds

OR_BENCH, SORRY_BENCH = "or_bench", "sorry_bench_202503"
"""The taxonomies of new recipes."""

PER_SEED = 5
"""Rewrites of a seed (paper appendix O)."""

KEPT, SAFE, RISKY = 0.8, 0.8, 0.6
"""Of the rewrites those that pass their checks, of these the ones that are moderated safe, and of
these the ones that sound risky: what drops out for its form, its drift and as a repeat,
the paper's share, and this project's guess."""

EMBEDDED_YIELD = 0.75
"""Rows that the small model comes to from a seed: 108 from the 140 of the shipped demonstration."""

PUBLISHED_PER_CATEGORY = 10
"""Requests of a category in the published base set."""

_HARD = 0.016
"""Of 80,359 safe prompts the paper released 1,319 as hard."""

_MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Seeds:
    """The seeds of an over-refusal set.

    Attributes:
        categories: Categories that have seeds.
        per_category: Seeds of each.
        shipped: Whether the shipped ones suffice.
        rows: Rows that come of them, about.
    """

    categories: int
    per_category: int
    shipped: bool
    rows: int

    @property
    def texts(self) -> int:
        """Rewrites that are asked for."""
        return self.categories * self.per_category * PER_SEED

    @property
    def hard(self) -> int:
        """Rows that would be hard at the paper's share."""
        return round(self.rows * _HARD)


@dataclass(frozen=True, slots=True)
class Mutations:
    """The styles of a fine-grained set.

    Attributes:
        bases: Base requests.
        published: Whether they are the published ones.
        styles: The prompt styles, in the published order.
    """

    bases: int
    published: bool
    styles: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Base requests and mutations."""
        return self.bases * (1 + len(self.styles))


@cache
def _shipped(taxonomy: str) -> tuple[int, int]:
    """Categories that have shipped seeds, and the fewest that one has."""
    seeds = [each.category for each in shipped_seeds(taxonomy)]
    return len(set(seeds)), min(seeds.count(each) for each in set(seeds))


def seeds_for(rows: int, *, embedded: bool) -> Seeds:
    """The seeds that about so many rows take."""
    categories, most = _shipped(OR_BENCH)
    share = EMBEDDED_YIELD if embedded else PER_SEED * KEPT * SAFE * RISKY
    each = math.ceil(rows / (categories * share))
    return Seeds(categories, each, each <= most, int(categories * each * share))


def mutations_for(rows: int, *, embedded: bool) -> Mutations:
    """The base set and the styles that at least so many rows take."""
    styles = catalog().embedded_styles if embedded else _mixed()
    bases, _ = _shipped(SORRY_BENCH)
    published = rows > bases * (1 + len(styles))
    if published:
        bases = PUBLISHED_PER_CATEGORY * len(load_taxonomy(SORRY_BENCH).names)
    wanted = max(1, math.ceil(rows / bases) - 1)
    chosen = set(styles[:wanted])
    return Mutations(bases, published, tuple(name for name in NAMES if name in chosen))


def row_bounds(benchmark: str, *, embedded: bool) -> tuple[int, int, str]:
    """The fewest and most rows that a new recipe can be for, and where these come from."""
    if benchmark == "or-bench":
        categories, most = _shipped(OR_BENCH)
        if embedded:
            bound = int(categories * most * EMBEDDED_YIELD)
            return categories, bound, "the small model works on the shipped seeds alone"
        return categories, _MOST_ROWS, f"there are {categories} categories"
    if benchmark == "sorry-bench":
        bases, _ = _shipped(SORRY_BENCH)
        whole = PUBLISHED_PER_CATEGORY * len(load_taxonomy(SORRY_BENCH).names)
        styles, why = len(NAMES), f"{bases} shipped requests in one style, {whole} in all twenty"
        if embedded:
            whole, styles = bases, len(catalog().embedded_styles)
            why = f"{bases} shipped requests in one style, or in {styles}"
        return bases * 2, whole * (1 + styles), why
    return 1, _MOST_ROWS, "prompts that each target is asked"


def _mixed() -> list[str]:
    """All styles, one of each group in turn, written ones first."""
    groups = dict.fromkeys(("writing", "persuasion", "language", "encoding"))
    queues = {name: [style for style in NAMES if GROUPS[style] == name] for name in groups}
    longest = max(len(queue) for queue in queues.values())
    return [
        queue[place] for place in range(longest) for queue in queues.values() if place < len(queue)
    ]
