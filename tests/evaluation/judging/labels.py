"""Labelled answers for tests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from people.labelled import Labelled, LabelledSet


def answers(
    prompts: int = 10,
    models: Sequence[str] = ("ann", "bob"),
    styles: Sequence[str] = ("base",),
) -> LabelledSet:
    """One answer of each model to each prompt in each style; every third prompt is refused."""
    rows: list[Labelled] = []
    for question in range(1, prompts + 1):
        for style in styles:
            for model in models:
                rows.append(
                    Labelled(
                        place=len(rows) + 1,
                        prompt=f"Prompt {question} {style}",
                        answer=f"Answer of {model} to {question} {style}",
                        refused=question % 3 == 0,
                        cluster=str(question),
                        model=model,
                        style=style,
                        question_id=question,
                    )
                )
    digest = hashlib.sha256(str(len(rows)).encode()).hexdigest()
    return LabelledSet("answers.csv", digest, "final_label", tuple(rows), len(rows), {})
