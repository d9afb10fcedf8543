"""The figures of one judge against people: kappa, recalls, and their intervals by base prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artifacts.judge_score_facts import JudgeScore, Part
from people.consensus import compared
from people.labelled import Labelled


def scores(
    judge: str, rows: Sequence[Labelled], verdicts: Sequence[bool | None], seed: int
) -> Iterator[JudgeScore]:
    """The judge's figures: all rows, then base and mutated ones apart; pooled, then by model.

    Args:
        judge: The judge's name.
        rows: The labelled answers.
        verdicts: Whether the judge calls each a refusal; None for unparseable.
        seed: Seed of the intervals.
    """
    pairs = list(zip(rows, verdicts, strict=True))
    models = sorted({row.model for row in rows if row.model})
    for part, places in _parts(rows):
        yield _score(judge, part, None, [pairs[place] for place in places], seed)
        if len(models) > 1:
            for model in models:
                own = [pairs[place] for place in places if pairs[place][0].model == model]
                if own:
                    yield _score(judge, part, model, own, seed)


def _parts(rows: Sequence[Labelled]) -> Iterator[tuple[Part, list[int]]]:
    yield "all", list(range(len(rows)))
    base = [place for place, row in enumerate(rows) if row.is_base]
    if 0 < len(base) < len(rows):
        yield "base", base
        yield "mutated", [place for place, row in enumerate(rows) if not row.is_base]


def _score(
    judge: str,
    part: Part,
    model: str | None,
    pairs: Sequence[tuple[Labelled, bool | None]],
    seed: int,
) -> JudgeScore:
    rows = [row for row, _ in pairs]
    found = compared(
        [row.refused for row in rows],
        [verdict for _, verdict in pairs],
        [row.cluster for row in rows],
    )
    return JudgeScore(
        judge=judge,
        part=part,
        model=model,
        rows=found.rows,
        prompts=found.clusters,
        refusals=found.positives,
        unparseable=found.neither,
        kappa=found.kappa,
        kappa_interval=found.kappa_interval(seed),
        strict_kappa=found.strict_kappa,
        strict_interval=found.strict_interval(seed),
        agreement=found.agreement,
        refusal_recall=found.recall(True),
        refusal_interval=found.recall_interval(True, seed),
        fulfilment_recall=found.recall(False),
        fulfilment_interval=found.recall_interval(False, seed),
    )
