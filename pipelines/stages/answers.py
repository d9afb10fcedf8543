"""Answers of models to prompts: asked for, judged, and laid out for an `answers` table."""

from dataclasses import dataclass, replace

from inference.types import Call, Item, Program
from moderators.answers import Answer, AnswerTask
from moderators.refusal.types import Judgment, RefusalJudge
from pipelines.runner.stage import Row

SIGNAL = "signal"
"""The judge's name where a server said itself that it, or its model, refused."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer with what was made of it.

    Attributes:
        answer: The answer.
        judgment: The verdict on it; None where it is missing.
    """

    answer: Answer
    judgment: Judgment | None

    @property
    def refused(self) -> bool | None:
        """Whether it is a refusal; None where it is missing or no judge could say."""
        return None if self.judgment is None else self.judgment.refused


def judged(
    task: AnswerTask, item: Item, judge: RefusalJudge, family: str | None = None
) -> Program[Judged]:
    """Asks once, and lets the server's signal decide first, then the judge.

    Args:
        task: Whom to ask, and how.
        item: The prompt.
        judge: Tells a refusal from an answer.
        family: Who trained the model that answers, for rules that differ by family.
    """
    answer: Answer = yield Call(task, item, tries=1)
    if answer.missing is not None:
        return Judged(answer, None)
    if answer.refusal is not None:
        kind = answer.refusal.kind
        return Judged(answer, Judgment(SIGNAL, "direct_refusal", True, kind, answer.key))
    exchange = replace(item, answer=answer.text)
    judgment = yield from judge.judge(exchange, family)
    return Judged(answer, judgment)


def answer_row(row: Row, model: str, found: Judged) -> Row:
    """The row for an `answers` table.

    Args:
        row: The row that was asked about.
        model: The name under which the answer is kept.
        found: The answer.
    """
    answer, judgment, refusal = found.answer, found.judgment, found.answer.refusal
    return {
        "row": row["row"],
        "root": row["root"],
        "model": model,
        "outcome": "answered" if answer.missing is None else "missing",
        "reason": answer.missing,
        "text": answer.text or None,
        "cut": answer.cut,
        "refusal_kind": refusal.kind if refusal else None,
        "refusal_source": refusal.source if refusal else None,
        "refusal_raw": refusal.raw or None if refusal else None,
        "served_as": answer.served_as or None,
        "key": answer.key,
        "judge": judgment.judge if judgment else None,
        "label": judgment.label if judgment else None,
        "refused": judgment.refused if judgment else None,
        "judge_reason": judgment.reason or None if judgment else None,
        "judge_key": judgment.key or None if judgment else None,
    }
