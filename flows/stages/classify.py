"""Classification: an ensemble sorts each prompt into the taxonomy, and a rule decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from artifacts.base_schemas import CATEGORY_VOTES, CLASSIFIED
from artifacts.schemas import with_evidence
from flows.runner.stage import Kind, Outcome, Row, RowProgram
from flows.stages.rows import item_of
from inference.types import Program
from moderators.classify import CategoryVote, Classifier, decide_category

STAGE_VERSION = 1


@dataclass(frozen=True)
class ClassifyStage:
    """Annotates each row with a category and how sure it is; sharded.

    Attributes:
        name: The stage's name.
        digest: Hash of the rule, every classifier's digest and identity, and STAGE_VERSION.
        classifiers: Who votes, in order.
        rule: How votes make a category.
    """

    name: str
    digest: str
    classifiers: tuple[Classifier, ...]
    rule: str
    kind: Kind = "annotate"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {
            "kept": CLASSIFIED,
            "dropped": with_evidence(CLASSIFIED),
            "category_votes": CATEGORY_VOTES,
        }
    )

    def start(self) -> Program[RowProgram]:
        """Nothing to prepare."""
        yield from ()
        return self.row

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
