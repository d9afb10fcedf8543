"""Writing: what writers make of a parent.

A call becomes seeds (paper section 3.2.1); a seed becomes prompts that sound harmful and are not
(section 3.2.2).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from artifacts.records import StageName
from inference.types import Check, Generate, Item, Program, Text
from pipelines.runner.rows import child_of, drop, item_of
from pipelines.runner.stage import EachRow, Outcome, Row
from pipelines.stages.writers import Turn, Writers, counted, in_turn

VERSION = 2
"""Raised where the code of writing changes what comes out."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What is asked about each parent.

    Attributes:
        writers: Who is asked, and what.
        checks: By category: what each text must pass.
        want: Usable texts wanted per parent.
        tries: Largest number of asks per parent and writer.
        first: The first attempt number: a later round goes on where the earlier one stopped.
        enough: How many usable texts end the asking; None for all that are wanted.
        labels: The columns that hold what a writer says of its texts, null where it says nothing.
        item: A parent as its task sees it.
        are_sources: Whether a text's source is who wrote it, as with seeds; else its parent's.
    """

    writers: Writers
    checks: Mapping[str, tuple[Check, ...]]
    want: int
    tries: int
    first: int = 0
    enough: int | None = None
    labels: tuple[str, ...] = ()
    item: Callable[[Row], Item] = item_of
    are_sources: bool = False


def writing(name: StageName, asked: Writing) -> EachRow:
    """Expands each parent by what writers make of it; one without a usable text is exhausted.

    Args:
        name: The stage's name with its round: it is part of the children's keys.
        asked: What is asked.
    """

    def child(row: Row, turn: Turn, text: Text) -> Row:
        unsaid: Row = {**row, **dict.fromkeys(asked.labels)}
        made = child_of(unsaid, str(name), turn.placed(text), turn.writer)
        return {**made, "source": source_of(turn.writer)} if asked.are_sources else made

    def row(row: Row) -> Program[Outcome]:
        writers = asked.writers.about(row["row"])
        checks = asked.checks[row["category"]]
        turns: tuple[Turn, ...] = yield from in_turn(
            writers,
            Generate(
                *(writers[0].task, asked.item(row), asked.want, checks),
                *(asked.tries, asked.first, asked.enough),
            ),
        )
        kept = [child(row, turn, text) for turn in turns for text in turn.written.kept]
        dropped = [
            drop(child(row, turn, text), text.reason or "")
            for turn in turns
            for text in turn.written.dropped
        ]
        return Outcome(kept, dropped, {"parents": [parent_row(row, turns)]})

    return EachRow.of(row)


def source_of(writer: str) -> str:
    """What a text that a model wrote without a parent names as its source."""
    return f"llm:{writer}"


def parent_row(row: Row, turns: Sequence[Turn]) -> Row:
    """How the parent ended. Its reason counts what replies were unusable as a whole."""
    return {
        "row": row["row"],
        "root": row["root"],
        "category": row["category"],
        **_ended(turns),
        "writers": counted(turns),
    }


def _ended(turns: Sequence[Turn]) -> Row:
    children = sum(len(turn.written.kept) for turn in turns)
    reasons = ["exhausted"] if not children else []
    reasons.extend(sorted({each for turn in turns for each in turn.written.unusable}))
    return {
        "outcome": "expanded" if children else "dropped",
        "reason": ", ".join(reasons) or None,
        "children": children,
        "asks": sum(turn.written.asks for turn in turns),
    }
