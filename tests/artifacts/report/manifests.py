"""Manifests with every part filled, as an integrator would find them."""

from __future__ import annotations

from artifacts.audit_facts import MainFigure, QualityGateOutcome
from artifacts.manifest import (
    CardRecord,
    ConfigRecord,
    Cost,
    Manifest,
    ModelIdentity,
    Recipe,
    SoundsRisky,
    SourceRecord,
    StageCost,
)
from artifacts.release_facts import BaseFacts, MutationFacts, StyleFacts
from artifacts.stage_tables import Edge
from artifacts.version_facts import (
    Change,
    Changes,
    Lineage,
    Release,
    ReviewFacts,
    Tombstone,
    Writing,
)
from base.files import FileRecord
from taxonomy import load_taxonomy
from tests.artifacts.report.tables import OR_CATEGORIES, STYLES

_SHA = "0" * 64
_EARLIER = Release("2026.10.0", _SHA)
GATES = (
    QualityGateOutcome(
        *("min_per_category", 50, 612.0, True, "or-bench-80k", None, "self-harm"),
        "min_per_category: 612 rows of self-harm in or-bench-80k, 50 asked for",
    ),
    QualityGateOutcome(
        *("max_near_duplicates", 0.01, 0.0004, True, "or-bench-80k", None, None),
        "max_near_duplicates: 0.04 % of 9,140 rows in or-bench-80k, 1 % allowed",
    ),
    QualityGateOutcome(
        *("max_opener_share", 0.10, 0.127, False, "or-bench-80k", "rewrite-0", "harmful"),
        "max_opener_share: 12.7 % of 9,140 rows in or-bench-80k, 10 % allowed",
    ),
)


def _config(name: str, rows: int, where: dict[str, str | bool | int]) -> ConfigRecord:
    share = dict.fromkeys(OR_CATEGORIES, rows // len(OR_CATEGORIES))
    file = FileRecord(f"{name}/train-00000-of-00001.parquet", _SHA, rows, 1234)
    return ConfigRecord(name, rows, "subsets", where, True, {"prompt": "string"}, share, (file,))


def or_bench_manifest() -> Manifest:
    """An OR-Bench release that extends one, was reviewed by people, and broke a gate."""
    kept = {name: 900 + 31 * place for place, name in enumerate(OR_CATEGORIES)}
    stages = (
        Edge("seeds", "select", (), 2_100, 2_000, 100, 0, reasons={"too_long": 100}),
        Edge("rewrite-0", "expand", ("seeds",), 2_000, 11_400, 300, 0, categories=kept),
        Edge("clean-0", "select", ("rewrite-0",), 11_400, 11_020, 380, 0),
        Edge("dedup-0", "select", ("clean-0",), 11_020, 10_310, 710, 0, reasons={"near": 700}),
        Edge("moderate-0", "annotate", ("dedup-0",), 10_310, 10_298, 0, 12, votes=30_894),
        Edge("rescue", "annotate", ("moderate-0",), 10_298, 10_298, 0, 0, answers=1_158),
        Edge("panel", "annotate", ("rescue",), 10_298, 10_298, 0, 0, answers=30_894),
        Edge("subsets", "annotate", ("panel",), 10_298, 10_298, 0, 0),
    )
    return Manifest(
        benchmark="or-bench",
        version="2026.11.1",
        created="2026-11-21T10:00:00+00:00",
        demo=False,
        license="cc-by-4.0",
        run="or_bench/2026.11.1",
        recipe=Recipe("or_bench", "benchmark: or-bench\ntaxonomy: or_bench\n", _SHA),
        models=(
            ModelIdentity("writer", "writer", "openai", "mixtral-8x7b", "mixtral-8x7b"),
            ModelIdentity("gpt4o", "moderator", "openai", "gpt-4o-2024-11-20", "gpt-4o"),
        ),
        categories=OR_CATEGORIES,
        funnel=stages,
        contested=14,
        undecided=201,
        sounds_risky=SoundsRisky(9_140, 8_411),
        cost=_cost(),
        balance={"or-bench-80k": 1.6},
        sources=(SourceRecord("llm:writer", None, None, "cc-by-4.0", True, 2_000),),
        lineage=Lineage("extend", _EARLIER, 8_000, (), Writing("2026.10.0", 5, 10)),
        tombstones=(Tombstone("ab" * 8, "asks for a weapon", "2026.10.1"),),
        changes=_changes(),
        review=_review(),
        audit=(MainFigure("near repeats", "or-bench-80k", 0.0004, 9_140),),
        gates=GATES,
        canary="6f1f6a3c-5d0e-5b0b-9f8e-000000000000",
        configs=(
            _config("or-bench-80k", 9_140, {"label": "safe"}),
            _config("or-bench-hard-1k", 1_000, {"in_hard": True}),
            _config("or-bench-toxic", 600, {"in_toxic": True}),
        ),
        card=CardRecord("README.md", _SHA, 1000),
    )


def _cost() -> Cost:
    by = (
        StageCost("rewrite-0", "writer", 2_400, 410_000, 690_000, None),
        StageCost("moderate-0", "gpt4o", 10_310, 3_100_000, 61_000, 8.31),
        StageCost("moderate-0", "haiku", 10_310, 3_300_000, 63_000, 2.84),
        StageCost("panel", "mistral-7b", 10_298, 900_000, 2_100_000, 0.0),
    )
    return Cost(33_318, 7_710_000, 2_914_000, None, 11.15, by)


def _changes() -> Changes:
    return Changes(
        since=_EARLIER,
        configs=(
            Change("or-bench-80k", 1_140, 12, 8_000, 31, 4, 9),
            Change("or-bench-hard-1k", 210, 200, 790, 3, 0, 6),
        ),
        categories={"or-bench-80k": {"self-harm": (410, 612), "hate": (801, 905)}},
        models=("moderator haiku: claude-3-haiku-20240307, now claude-3-5-haiku-20241022",),
        recipe=(("rewrite.per_seed", "4", "5"), ("dedup.threshold", "0.90", "0.92")),
        withdrawn=1,
        templates=("rewrite.md: its text has changed",),
        sources=("seeds.csv is new (cc-by-4.0)",),
        columns=("or-bench-80k: panel is new",),
    )


def _review() -> ReviewFacts:
    return ReviewFacts(
        of=Release("2026.11.0", _SHA),
        sampled=300,
        decided=291,
        rejected=7,
        people=3,
        residual={"or-bench-80k": (221, 5, (0.0097, 0.0518)), "or-bench-toxic": (70, 2, None)},
        agreement=0.71,
        moderators={"gpt4o": (0.96, 72, 0.04, 219), "guard": (None, 0, 0.11, 219)},
        ties=("cd" * 8,),
    )


def sorry_bench_manifest() -> Manifest:
    """A SORRY-Bench release that stands by itself."""
    taxonomy = load_taxonomy("sorry_bench_202406")
    numbers = {each.name: str(each.number) for each in taxonomy.categories if each.number}
    rows = dict.fromkeys(numbers, 2)
    styles = tuple(StyleFacts(name, "base", None, rows, {}) for name in STYLES)
    total = 2 * len(numbers) * len(STYLES)
    by_number = dict.fromkeys(numbers.values(), 2 * len(STYLES))
    file = FileRecord("sorry-bench/train-00000-of-00001.parquet", _SHA, total, 1234)
    columns = {"turns": "list<string>"}
    return Manifest(
        benchmark="sorry-bench",
        version="2026.11.0",
        created="2026-11-21T10:00:00+00:00",
        demo=True,
        license="cc-by-4.0",
        run="sorry_bench/2026.11.0",
        recipe=Recipe("sorry_bench", "benchmark: sorry-bench\n", _SHA),
        models=(),
        categories=tuple(numbers),
        funnel=(
            Edge("base", "select", (), 2 * len(numbers), 2 * len(numbers), 0, 0),
            Edge("mutate", "expand", ("base",), 2 * len(numbers), total, 31, 0),
            Edge("collect", "select", ("base", "mutate"), total, total, 0, 0),
        ),
        cost=Cost(900, 1, 1, 0.0),
        mutations=MutationFacts(BaseFacts(10, {}), styles, numbers),
        canary="6f1f6a3c-5d0e-5b0b-9f8e-000000000001",
        configs=(
            ConfigRecord("sorry-bench", total, "collect", {}, True, columns, by_number, (file,)),
        ),
        card=CardRecord("README.md", _SHA, 1000),
    )
