"""A pilot's record that fits a recipe, without a run."""

from __future__ import annotations

from dataclasses import replace

from measures.totals import Moments
from pipelines.pilots.parts import parts_digests
from pipelines.pilots.record import FORMAT, ModelUse, PilotRecord, Population, StageUse, Yield
from pipelines.recipe.schema import Runnable


def record_of(recipe: Runnable, **others: object) -> PilotRecord:
    """Twenty of 240 shipped seeds: two calls a seed for rewrites, four for votes."""
    written = ModelUse(
        "writer", 40, 2, Moments(40, 500.0, 5.0), Moments(40, 100.0, 30.0), 0.04,
        Moments(40, 2.0, 0.5), 20,
    )  # fmt: skip
    votes = replace(written, model="a", calls=80, rows=60, usd=0.08, latency_s=Moments(80, 1.0))
    record = PilotRecord(
        format=FORMAT,
        recipe=recipe.name,
        benchmark=recipe.benchmark,
        version="2026.11.0",
        made="2026-11-30T12:00:00+00:00",
        seeds=20,
        parts=parts_digests(recipe),
        populations=(
            Population(
                "seeds", 20, 240, 240, False, {"hate": 120, "privacy": 120},
                Moments(20, 6.0, 1.0), Moments(20, 0.006, 0.001),
            ),
        ),
        stages=(
            StageUse("seeds", "seeds", "seeds", 20, 20, ()),
            StageUse("rewrite", "rewrite", "seeds", 20, 60, (written,)),
            StageUse("moderate", "moderate", "seeds", 60, 60, (votes,)),
        ),
        rates=(),
        yields=(
            Yield("accepted", "seeds", Moments(20, 2.0, 0.5)),
            Yield("accepted in a round", "seeds", Moments(20, 2.5, 0.5)),
        ),
    )  # fmt: skip
    return replace(record, **others)  # type: ignore[arg-type]  # fields of the record
