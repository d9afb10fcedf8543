"""Writers of one row: who is asked about it, in which order, and what each of them gave.

Who comes next follows from what replies were like, and who is drawn from the row's own key, so that
a resume and another machine ask the same ones.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from base.digests import Json, draw_key, require_digest
from inference.types import Drafts, Generate, Item, Program, PromptTask, Text, Written
from pipelines.recipe.writer_names import Writer, names_of, shares_of
from pipelines.runner.stage import Row

REFUSED = "writer_refused"
"""Why a reply, or a text, is of no use whose writer declined to write."""

Task: TypeAlias = PromptTask[Item, Drafts]


@dataclass(frozen=True, slots=True)
class WriterTask:
    """One writer.

    Attributes:
        name: Its name in the recipe.
        task: What to ask it and how to read it.
    """

    name: str
    task: Task


@dataclass(frozen=True, slots=True)
class Writers:
    """Who may write, and who of them is asked about a row.

    Attributes:
        each: The writers; where rows are not shared, in the order in which they are asked.
        shares: Where they share rows: each one's share of them, by name.
        drawn_for: What a draw among them is for, such as a stage and an edition.
    """

    each: tuple[WriterTask, ...]
    shares: Mapping[str, float] = field(default_factory=dict)
    drawn_for: tuple[str, ...] = ()

    @classmethod
    def of(cls, writer: Writer, task: Callable[[str], Task], *drawn_for: str) -> "Writers":
        """The writers of a recipe.

        Args:
            writer: As the recipe has it.
            task: Gives the task of the model of that name.
            drawn_for: What a draw among them is for.
        """
        each = tuple(WriterTask(name, task(name)) for name in names_of(writer))
        return cls(each, shares_of(writer), drawn_for)

    def about(self, row: str) -> tuple[WriterTask, ...]:
        """Those who are asked about a row, in their order: of writers that share rows one alone.

        Args:
            row: The row's key.
        """
        if not self.shares:
            return self.each
        return (min(self.each, key=lambda writer: self._distance(writer.name, row)),)

    def part(self) -> Json:
        """What texts depend on, for a digest: of a single writer its task's alone.

        Raises:
            DigestError: A task has no digest.
        """
        digests = [require_digest("writer", each.name, each.task) for each in self.each]
        if len(self.each) == 1:
            return digests[0]
        named = [[each.name, digest] for each, digest in zip(self.each, digests, strict=True)]
        return [named, dict(self.shares), self.drawn_for if self.shares else ()]

    def _distance(self, writer: str, row: str) -> float:
        """Weighted rendezvous hashing: a writer that joins takes rows, and moves no others."""
        drawn = int.from_bytes(draw_key(*self.drawn_for, writer, row)[:6])
        return -math.log((drawn + 0.5) / 2**48) / self.shares[writer]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one writer gave for a row.

    Attributes:
        writer: Its name.
        written: Its texts.
        number: How many were asked before it.
    """

    writer: str
    written: Written
    number: int = 0

    def placed(self, text: Text) -> Text:
        """A text of it, whose position no other writer's has; the first one's stays as it is."""
        if not self.number:
            return text
        return replace(text, position=f"{self.writer}.{text.position}")


def in_turn(writers: Sequence[WriterTask], asked: Generate) -> Program[tuple[Turn, ...]]:
    """Asks writers about a row, the next one where those before it gave fewer texts than enough.

    What is usable of the earlier ones stays, and counts. One that refuses is asked no further where
    there is a next one; the last one has all its tries. A writer that could not be asked ends the
    row as failed, and nobody is asked in its place.

    Args:
        writers: Those to be asked, in their order.
        asked: What is asked of each of them; the task is each one's own.
    """
    enough = asked.want if asked.enough is None else asked.enough
    turns: list[Turn] = []
    beside: tuple[str, ...] = ()
    for number, writer in enumerate(writers):
        ends = (REFUSED,) if number + 1 < len(writers) else ()
        written: Written = yield replace(asked, task=writer.task, beside=beside, ends=ends)
        turns.append(Turn(writer.name, written, number))
        beside += tuple(text.text for text in written.kept)
        if len(beside) >= enough:
            break
    return tuple(turns)


def counted(turns: Sequence[Turn]) -> list[Row]:
    """What each writer that was asked about a row gave, as the column `writers` holds it."""
    return [
        {
            "writer": turn.writer,
            "asks": turn.written.asks,
            "texts": len(turn.written.kept) + len(turn.written.dropped),
            "kept": len(turn.written.kept),
            "refused": _refusals(turn.written),
        }
        for turn in turns
        if turn.written.asks
    ]


def _refusals(written: Written) -> int:
    """Replies in which the writer declined: as a whole, or in each text."""
    reasons: dict[str, set[str | None]] = {}
    for text in (*written.kept, *written.dropped):
        reasons.setdefault(text.position.partition(".")[0], set()).add(text.reason)
    whole = written.unusable.count(REFUSED)
    return whole + sum(found == {REFUSED} for found in reasons.values())
