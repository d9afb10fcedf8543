"""Audits with every part filled: one of each benchmark, and one of a bare table."""

from __future__ import annotations

from artifacts.audit_facts import (
    Agreement,
    Audit,
    Coverage,
    Diversity,
    Lengths,
    NearPair,
    NearRepeats,
    Opening,
    Pair,
    Provenance,
    RefusalRate,
    RuleBreaks,
    Spread,
    StageBalance,
    Voter,
)
from tests.artifacts.report.manifests import GATES, sorry_bench_manifest
from tests.artifacts.report.tables import OR_CATEGORIES, STYLES, TARGETS

OR_CONFIGS = {"or-bench-80k": 9_140, "or-bench-hard-1k": 1_000, "or-bench-toxic": 600}


def or_bench_audit() -> Audit:
    """An audit of an OR-Bench release with a gate that is broken."""
    return Audit(
        name="or-bench 2026.11.1",
        rows=OR_CONFIGS,
        categories=OR_CATEGORIES,
        spreads=tuple(_spreads()),
        stages=_stages(),
        voters=(
            Voter("gpt4o", 10_298, 9_020, 1_260, 18, 0.97),
            Voter("haiku", 10_298, 8_730, 1_568, 0, 0.93),
            Voter("guard", 10_298, 9_611, 590, 97, 0.91),
        ),
        agreement=Agreement(
            *(10_298, 0.62, 0.88),
            (
                Pair("gpt4o", "haiku", 10_280, 0.94, 0.71),
                Pair("gpt4o", "guard", 10_183, 0.92, 0.55),
                Pair("haiku", "guard", 10_201, 0.89, None),
            ),
        ),
        refusals=tuple(_refusals()),
        near=_near(),
        diversity=tuple(_diversity(config, rows) for config, rows in OR_CONFIGS.items()),
        rules=tuple(_rules()),
        lengths=tuple(_lengths(OR_CONFIGS)),
        provenance=tuple(
            Provenance(config, column, rows, rows - 3 * (column == "seed"))
            for config, rows in OR_CONFIGS.items()
            for column in ("seed", "writer", "source", "license")
        ),
        gates=GATES,
        notes=("Language was found on a sample of 500 rows a config.",),
    )


def _spreads() -> list[Spread]:
    spreads = []
    for config, rows in OR_CONFIGS.items():
        weights = [5 + (place * 7) % 11 for place in range(len(OR_CATEGORIES))]
        counts = {
            name: rows * weight // sum(weights)
            for name, weight in zip(OR_CATEGORIES, weights, strict=True)
        }
        spreads.append(Spread(config, "category", counts, 0.96, 3.1, 0.08))
        languages = {"en": rows - 4, "un": 4}
        spreads.append(Spread(config, "language", languages, 0.01, rows / 4, None))
    return spreads


def _stages() -> tuple[StageBalance, ...]:
    first = dict.fromkeys(OR_CATEGORIES, 200)
    written = dict.fromkeys(OR_CATEGORIES, 1_140)
    clean = {**written, "sexual": 610, "self-harm": 990}
    last = {name: count * 9 // 10 for name, count in clean.items()}
    return (
        StageBalance("rewrite-0", first, written, 1.0, 1.0, None, None, None),
        StageBalance("clean-0", written, clean, 1.0, 0.992, 0.31, "sexual", 0.535),
        StageBalance("dedup-0", clean, last, 0.992, 0.991, 0.02, "hate", 0.9),
    )


def _refusals() -> list[RefusalRate]:
    rates = []
    for place, target in enumerate(TARGETS):
        rate = 0.04 + 0.13 * place
        refused = round(rate * 9_100)
        rates.append(
            RefusalRate(
                *("or-bench-80k", target, None, 9_140, 9_100, refused, 12 * place),
                *(rate, (rate - 0.006, rate + 0.007)),
            )
        )
        for row, category in enumerate(OR_CATEGORIES):
            share = min(1.0, rate * (0.4 + row / 5))
            one = RefusalRate(
                *("or-bench-80k", target, category, 900, 890, round(share * 890), 0, share),
                (max(0.0, share - 0.02), min(1.0, share + 0.02)),
            )
            rates.append(one)
    return rates


def _near() -> tuple[NearRepeats, ...]:
    pair = NearPair("0123456789abcdef", "fedcba9876543210", 0.94)
    return (
        NearRepeats("inside", "or-bench-80k", "or-bench-80k", 0.92, 9_140, 4, (pair,)),
        NearRepeats("inside", "or-bench-toxic", "or-bench-toxic", 0.92, 600, 0, ()),
        NearRepeats("across", "or-bench-80k", "or-bench-toxic", 0.92, 9_140, 2, (pair,)),
        NearRepeats("release", "or-bench-80k", "2026.10.0", 0.92, 9_140, 8_001, ()),
        NearRepeats("benchmark", "or-bench-80k", "xstest.csv", 0.92, 9_140, 31, ()),
    )


def _diversity(config: str, rows: int) -> Diversity:
    openings = tuple(
        Opening(words, rows // divisor)
        for words, divisor in (("how do i", 8), ("what is the", 11), ("can you help", 15))
    )
    return Diversity(config, rows, openings, 0.06, 0.41, 3.4, 0.31, min(rows, 500), 188.2)


def _rules() -> list[RuleBreaks]:
    return [
        RuleBreaks(config, rule, rows, broken)
        for config, rows in OR_CONFIGS.items()
        for rule, broken in (
            ("starts_with_how", rows // 9),
            ("quotes", 3),
            ("no_question", 0),
            ("any", rows // 9 + 1),
        )
    ]


def _lengths(configs: dict[str, int]) -> list[Lengths]:
    return [
        Lengths(config, rows, (9.0, 17.0, 31.0), (52.0, 96.0, 180.0))
        for config, rows in configs.items()
    ]


def sorry_bench_audit() -> Audit:
    """An audit of a SORRY-Bench release of 45 categories."""
    manifest = sorry_bench_manifest()
    numbers = tuple(map(str, range(1, 46)))
    rows = {"sorry-bench": manifest.configs[0].rows}
    counts = {style: dict.fromkeys(numbers, 2) for style in STYLES}
    counts["morse"] = {**counts["morse"], "7": 0, "8": 1}
    return Audit(
        name="sorry-bench 2026.11.0",
        rows=rows,
        categories=numbers,
        spreads=(
            Spread("sorry-bench", "category", dict.fromkeys(numbers, 12), 1.0, 1.0, 0.0),
            Spread("sorry-bench", "style", dict.fromkeys(STYLES, 90), 1.0, 1.0, 0.0),
            Spread("sorry-bench", "domain", {"Hate Speech Generation": 60}, None, 1.0, None),
        ),
        near=(NearRepeats("inside", "sorry-bench", "sorry-bench", 0.92, 540, 0, ()),),
        diversity=(_diversity("sorry-bench", 540),),
        lengths=tuple(_lengths(rows)),
        provenance=(Provenance("sorry-bench", "base_row", 540, 540),),
        coverage=Coverage(numbers, counts),
    )


def table_audit(categories: tuple[str, ...] = ("hate", "privacy"), rows: int = 20) -> Audit:
    """An audit of a bare table: no run, no votes, no gates."""
    counts = dict.fromkeys(categories, rows)
    return Audit(
        name="prompts.csv",
        rows={"prompts": sum(counts.values())},
        categories=categories,
        spreads=(Spread("prompts", "category", counts, 1.0, 1.0, 0.0),),
        notes=("The table has no votes.",),
    )
