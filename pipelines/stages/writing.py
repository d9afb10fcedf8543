"""Writing: what a writer makes of a parent.

A call becomes seeds (paper section 3.2.1); a seed becomes prompts that sound harmful and are not
(section 3.2.2).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from artifacts.records import StageName
from inference.types import Check, Drafts, Generate, Item, Program, PromptTask, Written
from pipelines.runner.rows import child_of, drop, item_of
from pipelines.runner.stage import EachRow, Outcome, Row

VERSION = 1
"""Raised where the code of writing changes what comes out."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What is asked about each parent.

    Attributes:
        writer: The writer's name in the recipe.
        task: What to ask the writer and how to read it.
        checks: By category: what each text must pass.
        want: Usable texts wanted per parent.
        tries: Largest number of asks per parent.
        first: The first attempt number: a later round goes on where the earlier one stopped.
        enough: How many usable texts end the asking; None for all that are wanted.
        labels: The columns that hold what a writer says of its texts, null where it says nothing.
        item: A parent as its task sees it.
    """

    writer: str
    task: PromptTask[Item, Drafts]
    checks: Mapping[str, tuple[Check, ...]]
    want: int
    tries: int
    first: int = 0
    enough: int | None = None
    labels: tuple[str, ...] = ()
    item: Callable[[Row], Item] = item_of


def writing(name: StageName, asked: Writing) -> EachRow:
    """Expands each parent by what a writer makes of it; one without a usable text is exhausted.

    Args:
        name: The stage's name with its round: it is part of the children's keys.
        asked: What is asked.
    """

    def row(row: Row) -> Program[Outcome]:
        checks = asked.checks[row["category"]]
        written: Written = yield Generate(
            asked.task, asked.item(row), asked.want, checks, asked.tries, asked.first, asked.enough
        )
        unsaid: Row = {**row, **dict.fromkeys(asked.labels)}
        kept = [child_of(unsaid, str(name), text, asked.writer) for text in written.kept]
        dropped = [
            drop(child_of(unsaid, str(name), text, asked.writer), text.reason or "")
            for text in written.dropped
        ]
        return Outcome(kept, dropped, {"parents": [parent_row(row, written)]})

    return EachRow.of(row)


def parent_row(row: Row, written: Written) -> Row:
    """How the parent ended. Its reason counts what replies were unusable as a whole."""
    exhausted = not written.kept
    reasons = ["exhausted"] if exhausted else []
    reasons.extend(sorted(set(written.unusable)))
    return {
        "row": row["row"],
        "root": row["root"],
        "outcome": "dropped" if exhausted else "expanded",
        "reason": ", ".join(reasons) or None,
        "children": len(written.kept),
        "asks": written.asks,
    }
