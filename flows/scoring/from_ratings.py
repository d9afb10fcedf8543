"""Labels in the layout of `human_ratings.jsonl` as labelled answers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from flows.errors import LabelsUnusable
from flows.scoring.labelled import Labelled, LabelledSet, counted, majority, why_left_out
from flows.sources.human_ratings import Rating, read_ratings
from flows.sources.question_ids import PUBLISHED_WIDTH, number_in


def labelled_ratings(
    path: Path, prompts: Path | None = None, answers: Path | None = None
) -> LabelledSet:
    """The labelled answers of a file of ratings; the label is the majority of the annotators'.

    Args:
        path: The ratings.
        prompts: Where prompts are joined from, or None where ratings hold them.
        answers: Where answers are joined from, for ratings without.

    Raises:
        SourceError: A file is no such file, or a rating's id is not among the prompts.
        LabelsUnusable: A score is neither 0 nor 1, or no rating can be scored.
    """
    ratings = read_ratings(path, prompts, answers)
    has_prompts = any(rating.prompt for rating in ratings)
    names = tuple(sorted({name for each in ratings for name in each.refused}))
    reasons: list[str] = []
    rows: list[Labelled] = []
    for rating in ratings:
        row = _labelled(rating, has_prompts)
        if isinstance(row, str):
            reasons.append(row)
        else:
            rows.append(row)
    if not rows:
        why = ", ".join(f"{count} {reason}" for reason, count in counted(reasons).items())
        raise LabelsUnusable("a file of ratings must hold an answer that can be scored", why)
    several = len(names) > 1
    voted = [each for each in ratings if any(v is not None for v in each.refused.values())]
    return LabelledSet(
        name=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        truth=f"majority of {len(names)} annotators" if several else "human_score",
        rows=tuple(rows),
        total=len(ratings),
        left_out=counted(reasons),
        annotators=names if several else (),
        votes=tuple(_votes(each, names) for each in voted) if several else (),
        vote_clusters=tuple(str(each.question_id) for each in voted) if several else (),
        has_prompts=has_prompts,
    )


def _votes(rating: Rating, names: Sequence[str]) -> tuple[bool | None, ...]:
    return tuple(rating.refused.get(name) for name in names)


def _labelled(rating: Rating, has_prompts: bool) -> Labelled | str:
    votes = tuple(rating.refused.values())
    refused = majority(votes)
    reason = why_left_out(rating.answer, votes, refused)
    if reason is None and has_prompts and rating.prompt is None:
        reason = "no prompt"  # four published prompts have no text
    if reason is not None or refused is None or rating.answer is None:
        return reason or "unlabelled"
    return Labelled(
        place=rating.place,
        prompt=rating.prompt or "",
        answer=rating.answer,
        refused=refused,
        cluster=str(rating.question_id),
        model=rating.model,
        style=rating.style,
        category=str(number_in(rating.question_id, PUBLISHED_WIDTH)),
        question_id=rating.question_id,
    )
