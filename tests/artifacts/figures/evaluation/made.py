"""Evaluations made up by seed: of any size, with all that one may hold, and degenerate ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from artifacts.evaluation_facts import (
    Correlation,
    DataFacts,
    Decoded,
    Effect,
    Evaluation,
    JudgeFacts,
    Measure,
    Rate,
    SettingFacts,
    TargetModel,
)
from measures.intervals import wilson

STYLES = ("base", "slang", "role_play", "logical_appeal", "morse", "caesar", "translate-ta")
ENCODED = ("morse", "caesar", "translate-ta")
CATEGORIES = ("deception", "harassment", "hate", "illegal", "privacy", "self-harm", "violence")


def made(
    models: int = 8,
    settings: int = 2,
    judges: int = 2,
    categories: tuple[str, ...] = CATEGORIES,
    styles: tuple[str, ...] = STYLES,
    rows: int = 200,
    seed: int = 7,
) -> Evaluation:
    """An evaluation of a safe set, a toxic one, and a set in several styles."""
    rng = random.Random(seed)
    data = (
        _data("or-hard", "over_refusal", categories, (), rows),
        _data("or-toxic", "rejection", categories, (), rows),
        _data("sorry-bench", "fulfilment", categories, styles, rows),
    )
    targets = tuple(
        TargetModel(
            f"model-{at:02d}", f"org/model-{at:02d}-instruct", f"id-{at}", f"family-{at % 4}"
        )
        for at in range(models)
    )
    asked = tuple(
        SettingFacts(f"setting-{at}", at / 2, None if at == 0 else "You are helpful.", None, 64)
        for at in range(settings)
    )
    judging = (
        JudgeFacts("keyword", "keyword", None, 0.37, 4_400),
        *(JudgeFacts(f"judge-{at}", "llm", "org/judge") for at in range(1, judges)),
    )
    evaluation = Evaluation(
        name="made up", data=data, targets=targets, settings=asked, judges=judging, rates=()
    )
    rates = tuple(rate for place in _places(evaluation) for rate in _rates(rng, evaluation, *place))
    return replace(
        evaluation,
        rates=rates,
        decoded=tuple(_decoded(rng, evaluation)),
        effects=tuple(_effects(rng, evaluation)),
        correlations=tuple(_correlations(evaluation)),
        notes=("judge-1 was not measured against people.",),
    )


def _data(
    name: str, measure: Measure, categories: tuple[str, ...], styles: tuple[str, ...], rows: int
) -> DataFacts:
    digest = f"{len(name):064x}"
    return DataFacts(name, f"{name}/2026.11.0", digest, rows, measure, categories, styles)


def _places(evaluation: Evaluation) -> Iterator[tuple[DataFacts, int, str, str]]:
    for data in evaluation.data:
        for at in range(len(evaluation.targets)):
            for setting in evaluation.settings:
                for judge in evaluation.judges:
                    yield data, at, setting.name, judge.name


def _rates(
    rng: random.Random, evaluation: Evaluation, data: DataFacts, at: int, setting: str, judge: str
) -> Iterator[Rate]:
    strength = (at + 1) / (len(evaluation.targets) + 1)
    if data.measure == "rejection":
        strength = 0.6 + 0.4 * strength**0.5
    for style in (None, *data.styles):
        for category in (None, *data.categories):
            rows = data.rows if category is None else max(data.rows // 10, 1)
            share = min(1.0, max(0.0, rng.gauss(strength, 0.1 if category else 0.02)))
            yield rate_of(
                data.name, f"model-{at:02d}", setting, judge, style, category, rows, share
            )


def rate_of(
    data: str,
    target: str,
    setting: str,
    judge: str,
    style: str | None,
    category: str | None,
    rows: int,
    share: float,
) -> Rate:
    """A rate on so many rows, two in a hundred of which are missing."""
    missing, unparseable = rows // 50, rows // 100
    verdicts = rows - missing - unparseable
    refused = round(share * verdicts)
    blocked = refused // 10
    found = refused / verdicts if verdicts else None
    own = (refused - blocked) / (verdicts - blocked) if verdicts - blocked else None
    return Rate(
        **{"data": data, "target": target, "setting": setting, "judge": judge},
        **{"style": style, "category": category, "asked": rows, "answered": rows - missing},
        **{"cut": rows // 20, "missing": missing, "unparseable": unparseable, "undecoded": 0},
        **{"refused": refused, "blocked": blocked, "rate": found},
        interval=wilson(refused, verdicts),
        own_rate=own,
        own_interval=wilson(refused - blocked, verdicts - blocked),
        macro=found if category is None else None,
    )


def _effects(rng: random.Random, evaluation: Evaluation) -> Iterator[Effect]:
    for data, at, setting, judge in _places(evaluation):
        for style in data.styles[1:]:
            base = rng.uniform(0.1, 0.6)
            change = rng.gauss(-0.3 if style in ENCODED else 0.2, 0.1)
            styled = min(1.0, max(0.0, base + change))
            ends = (styled - base - 0.06, styled - base + 0.06)
            yield Effect(
                *(data.name, f"model-{at:02d}", setting, judge, style, 190),
                *(base, styled, styled - base, ends, rng.choice((0.001, 0.2))),
            )


def _decoded(rng: random.Random, evaluation: Evaluation) -> Iterator[Decoded]:
    for data, at, setting, judge in _places(evaluation):
        if judge == evaluation.judges[0].name:
            for style in data.styles:
                if style in ENCODED:
                    whole = rng.randint(0, 190)
                    found = (data.name, f"model-{at:02d}", setting, style, 190, whole)
                    yield Decoded(*found, wilson(whole, 190))


def _correlations(evaluation: Evaluation) -> Iterator[Correlation]:
    for setting in evaluation.settings:
        for judge in evaluation.judges:
            models = len(evaluation.targets)
            rho = 0.9 if models > 2 else None
            yield Correlation("or-hard", "or-toxic", setting.name, judge.name, models, rho)
