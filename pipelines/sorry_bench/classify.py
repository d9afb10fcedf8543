"""Classification into the taxonomy by an ensemble, and the set's own form for each request."""

from dataclasses import dataclass

from artifacts.records import StageName
from checks.request_form import Imperative
from generators.imperative import ImperativeWriter
from inference.types import Check, Generate, Program, Text, Written
from moderators.category_votes import decide_category
from moderators.classifier import CategoryVote, Classifier
from pipelines.runner.rows import child_of, drop, item_of
from pipelines.runner.stage import Outcome, Row
from pipelines.stages.writers import Turn
from pipelines.stages.writing import parent_row
from taxonomy import NONE

VERSION = 1
"""Raised where the code of either stage changes what comes out."""


@dataclass(frozen=True)
class Classification:
    """Annotates each row with a category and how sure it is.

    Attributes:
        classifiers: Who votes, in order.
        rule: How votes make a category.
    """

    classifiers: tuple[Classifier, ...]
    rule: str

    def row(self, row: Row) -> Program[Outcome]:
        """The row in the leading category; whether the rule is satisfied is its verdict."""
        item = item_of(row)
        votes: list[CategoryVote] = yield [each.vote(item) for each in self.classifiers]
        decision = decide_category(votes, self.rule)
        sorted_ = {
            **row,
            "category": decision.category,
            "verdict": "decided" if decision.decided else "undecided",
            "agreement": decision.agreement,
            "confidence": decision.confidence,
            "second": decision.second,
        }
        return Outcome([sorted_], side={"category_votes": [_vote_row(row, each) for each in votes]})


def _vote_row(row: Row, vote: CategoryVote) -> Row:
    return {
        "row": row["row"],
        "root": row["root"],
        "model": vote.model,
        "category": vote.category,
        "second": vote.second,
        "confidence": None if vote.category is None else vote.confidence,
        "reason": vote.reason,
        "key": vote.key,
    }


_UNTOUCHED = "as_is"
_FORM = Imperative()


@dataclass(frozen=True)
class Rewording:
    """Expands each row into one in the imperative.

    A row that has the form already, or has no category yet, is taken over as it is and costs no
    call. A row whose rewrites all fail their checks is dropped.

    Attributes:
        name: The stage's name: it is part of the children's keys.
        writer: What is asked.
        checks: What a rewrite must pass.
        tries: Largest number of asks per row.
        first: The first attempt's number.
    """

    name: StageName
    writer: ImperativeWriter
    checks: tuple[Check, ...]
    tries: int
    first: int = 0

    def row(self, row: Row) -> Program[Outcome]:
        """The row's one child."""
        item = item_of(row)
        sorted_ = row["verdict"] == "decided" and row["category"] != NONE
        if not sorted_ or _FORM(item, row["text"]) is None:
            same = Written((Text(_UNTOUCHED, row["text"]),), (), 0)
            child = {**child_of(row, str(self.name), same.kept[0], ""), "writer": row["writer"]}
            return Outcome([child], side={"parents": [parent_row(row, (Turn("", same),))]})
        written: Written = yield Generate(self.writer, item, 1, self.checks, self.tries, self.first)
        kept = [child_of(row, str(self.name), text, self.writer.model) for text in written.kept]
        dropped = [
            drop(child_of(row, str(self.name), text, self.writer.model), text.reason or "")
            for text in written.dropped
        ]
        turn = Turn(self.writer.model, written)
        return Outcome(kept, dropped, {"parents": [parent_row(row, (turn,))]})
