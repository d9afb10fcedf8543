"""The stages from prompts to answers in plain English."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.evaluation_schemas import ANSWERED, ANSWERED_DROPPED, PROMPTS, PROMPTS_DROPPED
from flows.evaluating.asking import SettingAtom
from flows.runner.stage import Kind, Outcome, Row, RowProgram
from flows.stages.decoding import CODED, Answered, Undone, undoing
from generators.mutations.translation import BackTranslator
from inference.types import Ask, Item, Program
from moderators.asking import Answer

STAGE_VERSION = 1

_KEPT = ("row", "root", "category", "style", "text", "shown")


@dataclass(frozen=True)
class PromptsStage:
    """Takes in the prompts of a data set; a table stage without inputs.

    Attributes:
        name: The stage's name.
        digest: Hash of the rows.
        read: Gives them.
    """

    name: str
    digest: str
    read: Callable[[], Sequence[Row]]
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": PROMPTS, "dropped": PROMPTS_DROPPED}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """The data set's rows."""
        yield from ()
        return Outcome(kept=list(self.read()))


@dataclass(frozen=True)
class AnswersStage:
    """Puts each prompt to one target in one setting, once; sharded.

    Attributes:
        name: The stage's name.
        digest: Hash of who is asked and how, and of STAGE_VERSION.
        atom: Asks.
    """

    name: str
    digest: str
    atom: SettingAtom
    kind: Kind = "annotate"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": ANSWERED, "dropped": ANSWERED_DROPPED}
    )

    def start(self) -> Program[RowProgram]:
        """Nothing to prepare."""
        yield from ()
        return self.row

    def row(self, row: Row) -> Program[Outcome]:
        """The prompt with its answer; one in code is still to be decoded."""
        item = Item(row["row"], row["text"], row["category"])
        answer: Answer = yield Ask(self.atom, item, tries=1)
        coded = row["style"] in CODED and answer.missing is None and answer.refusal is None
        judged = answer.missing is None and answer.refusal is None and not coded
        refusal = answer.refusal
        return Outcome(
            [
                {
                    **{name: row[name] for name in _KEPT},
                    "outcome": "answered" if answer.missing is None else "missing",
                    "reason": answer.missing,
                    "answer": answer.text or None,
                    "cut": answer.cut,
                    "refusal_kind": refusal.kind if refusal else None,
                    "refusal_source": refusal.source if refusal else None,
                    "refusal_raw": refusal.raw or None if refusal else None,
                    "served_as": answer.served_as or None,
                    "key": answer.key or None,
                    "decoding": None if coded else "as_it_was",
                    "readable": None,
                    "decode_reason": None,
                    "seen": answer.text if judged else None,
                }
            ]
        )


@dataclass(frozen=True)
class DecodedStage:
    """Puts answers to prompts in code back into plain English; sharded.

    Attributes:
        name: The stage's name.
        digest: Hash of who translates, and of STAGE_VERSION.
        translators: Who translates into English, by language style.
    """

    name: str
    digest: str
    translators: Mapping[str, BackTranslator]
    kind: Kind = "annotate"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": ANSWERED, "dropped": ANSWERED_DROPPED}
    )

    def start(self) -> Program[RowProgram]:
        """Nothing to prepare."""
        yield from ()
        return self.row

    def row(self, row: Row) -> Program[Outcome]:
        """The answer as judges are to see it: nothing of it where it could not be read."""
        if row["decoding"] is not None:
            return Outcome([row])
        found: Undone = yield from undoing(Answered(row["style"], row["answer"]), self.translators)
        readable = found.status in ("decoded", "plain")
        decoded = {
            "decoding": found.status,
            "readable": found.readable,
            "decode_reason": found.reason,
            "seen": found.text if readable else None,
        }
        return Outcome([{**row, **decoded}])
