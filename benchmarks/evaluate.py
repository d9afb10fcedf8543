"""How long an evaluation's figures take: twenty models on 9,240 rows, thirty on 1,319.

`python -m benchmarks.evaluate` prints seconds for rates and effects, from seeded verdicts; nobody
is asked.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import numpy as np
import polars as pl

from artifacts.evaluation_facts import DataFacts
from artifacts.evaluation_schemas import VERDICTS
from evaluation.effects import effects
from evaluation.rates import rates


@dataclass(frozen=True, slots=True)
class Shape:
    """How large an evaluation is."""

    models: int
    bases: int
    styles: int
    categories: int


SHAPES = (Shape(20, 440, 21, 44), Shape(30, 1319, 1, 10))


def verdicts(shape: Shape, seed: int = 11) -> pl.DataFrame:
    """Seeded verdicts of one judge; a later model refuses more."""
    rng = np.random.default_rng(seed)
    n = shape.models * shape.bases * shape.styles
    model, base, style = np.unravel_index(np.arange(n), (shape.models, shape.bases, shape.styles))
    refused = rng.random(n) < (model + 1) / (shape.models + 1)
    known = pl.DataFrame(
        {
            "row": np.arange(n).astype(str),
            "root": np.char.add("b", base.astype(str)),
            "data": "d",
            "target": np.char.add("m", model.astype(str)),
            "setting": "cold",
            "judge": "keyword",
            "style": np.array(styles_of(shape))[style],
            "category": np.char.add("c", (base % shape.categories).astype(str)),
            "outcome": "answered",
            "label": np.where(refused, "direct_refusal", "direct_answer"),
            "refused": refused,
            "blocked": False,
            "cut": False,
        }
    )
    rest = [pl.lit(None, kind).alias(n) for n, kind in VERDICTS.items() if n not in known.columns]
    return known.with_columns(rest).select(VERDICTS.names()).cast(VERDICTS)


def styles_of(shape: Shape) -> tuple[str, ...]:
    """Base, and as many others as there are to be."""
    return ("base", *(f"s{n}" for n in range(shape.styles - 1)))


def facts_of(shape: Shape) -> DataFacts:
    """The data set that the verdicts are of."""
    styles = styles_of(shape) if shape.styles > 1 else ()
    categories = tuple(f"c{n}" for n in range(shape.categories))
    return DataFacts(
        "d", "seeded", "0", shape.bases * shape.styles, "fulfilment", categories, styles
    )


def main() -> None:
    """Prints one line a shape."""
    for shape in SHAPES:
        table, facts = verdicts(shape), facts_of(shape)
        started = time.monotonic()
        found = rates(table, [facts], 7)
        middle = time.monotonic()
        measured = effects(table, [facts], 7)
        ended = time.monotonic()
        sys.stdout.write(
            f"{shape.models} models x {facts.rows:,} rows: {len(found):,} rates in "
            f"{middle - started:.1f} s, {len(measured):,} effects in {ended - middle:.1f} s\n"
        )


if __name__ == "__main__":
    main()
