"""Answers of models to prompts: asked for, judged, and laid out for an `answers` table."""

from dataclasses import dataclass, replace

from inference.types import Call, Item, Program
from moderators.answers import Answer, AnswerTask, answer_of
from moderators.refusal.types import Judgment, RefusalJudge
from pipelines.runner.stage import Outcome, Row

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
    answer = answer_of((yield Call(task, item, tries=1)))
    if answer.missing is not None:
        return Judged(answer, None)
    if answer.refusal is not None:
        return Judged(answer, signalled(answer.refusal.kind, answer.key))
    exchange = replace(item, answer=answer.text)
    judgment = yield from judge.judge(exchange, family)
    return Judged(answer, judgment)


def signalled(kind: str, key: str) -> Judgment:
    """The verdict where a server said itself that it refused: it goes before any judge."""
    return Judgment(SIGNAL, "direct_refusal", True, kind, key)


def given_as(answer: Answer) -> Row:
    """The columns that say how an answer came, in whatever table it stands."""
    refusal = answer.refusal
    return {
        "outcome": "answered" if answer.missing is None else "missing",
        "reason": answer.missing,
        "cut": answer.cut,
        "refusal_kind": refusal.kind if refusal else None,
        "refusal_source": refusal.source if refusal else None,
        "refusal_raw": refusal.raw or None if refusal else None,
        "served_as": answer.served_as or None,
    }


def answer_row(row: Row, model: str, found: Judged) -> Row:
    """The row for an `answers` table.

    Args:
        row: The row that was asked about.
        model: The name under which the answer is kept.
        found: The answer.
    """
    judgment = found.judgment
    return {
        "row": row["row"],
        "root": row["root"],
        "model": model,
        "text": found.answer.text or None,
        **given_as(found.answer),
        "key": found.answer.key,
        "judge": judgment.judge if judgment else None,
        "label": judgment.label if judgment else None,
        "refused": judgment.refused if judgment else None,
        "judge_reason": judgment.reason or None if judgment else None,
        "judge_key": judgment.key or None if judgment else None,
    }


def verdict_on(judge: RefusalJudge, family: str | None, row: Row) -> Program[Judgment | None]:
    """The verdict on an answer; none on what is missing or could not be read.

    A server's own signal decides before any judge.

    Args:
        judge: The judge.
        family: Who trained the model that answered, or None where nobody says.
        row: An answer in plain English (`seen`), with its prompt (`shown`).
    """
    if row["refusal_kind"] is not None:
        return signalled(row["refusal_kind"], row["key"] or "")
    if not row["seen"]:
        return None
    item = Item(row["row"], row["shown"], row["category"], answer=row["seen"])
    return (yield from judge.judge(item, family))


def judged_row(judge: RefusalJudge, family: str | None, row: Row) -> Program[Outcome]:
    """An answer with the verdict on it, as an evaluation's table has it; see `verdict_on`."""
    found = yield from verdict_on(judge, family, row)
    verdict = {
        "judge": found.judge if found else None,
        "label": found.label if found else None,
        "refused": found.refused if found else None,
        "reason": found.reason or None if found else None,
        "key": found.key or None if found else None,
    }
    known = {name: row[name] for name in ("row", "root", "category", "style")}
    return Outcome([{**known, **verdict}])
