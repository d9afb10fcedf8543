"""Moderation: an ensemble votes on each prompt, and a rule makes a label of the votes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inference.types import Program
from moderators.types import Moderator, ModeratorPlan, Vote
from moderators.votes import decide
from pipelines.runner.rows import item_of
from pipelines.runner.stage import EachRow, Outcome, Row, RowProgram

VERSION = 2
"""Raised where the code of moderation changes what comes out."""


@dataclass(frozen=True)
class Moderation:
    """Annotates each row with votes and the label that they make.

    Attributes:
        moderators: Who votes, in order.
        rule: How votes make a label.
        weights: Each voter's weight, for the rule `weighted`.
        by_votes: Whether a row takes the category that most voters name, if any does.
    """

    moderators: tuple[ModeratorPlan, ...]
    rule: str
    weights: Mapping[str, float] | None = None
    by_votes: bool = False

    @property
    def work(self) -> EachRow:
        """What a stage does with it."""
        return EachRow(self.prepare)

    def prepare(self) -> Program[RowProgram]:
        """Each moderator gets ready once a shard: prototypes are embedded here."""
        ready: list[Moderator] = []
        for moderator in self.moderators:
            ready.append((yield from moderator.prepare()))
        return lambda row: self._row(row, ready)

    def _row(self, row: Row, ready: list[Moderator]) -> Program[Outcome]:
        item = item_of(row)
        votes: list[Vote] = yield [moderator.vote(item) for moderator in ready]
        decision = decide(votes, self.rule, self.weights)
        category = named_category(votes, row["category"]) if self.by_votes else row["category"]
        labelled = {
            **row,
            "category": category,
            "label": decision.label,
            "sounds_risky": decision.sounds_risky,
            "safe": decision.safe,
            "toxic": decision.toxic,
            "abstain": decision.abstain,
        }
        return Outcome([labelled], side={"votes": [vote_row(row, vote) for vote in votes]})


def named_category(votes: Sequence[Vote], otherwise: str) -> str:
    """The category that most votes name, the first by name in a tie; `otherwise` if none does."""
    named = Counter(vote.category for vote in votes if vote.category is not None)
    return min(named, key=lambda name: (-named[name], name)) if named else otherwise


def vote_row(row: Row, vote: Vote) -> Row:
    """The row for a `votes` table."""
    return {
        "row": row["row"],
        "root": row["root"],
        "model": vote.model,
        "label": vote.label,
        "category": vote.category,
        "sounds_risky": vote.sounds_risky,
        "score": vote.score,
        "reason": vote.reason,
        "key": vote.key,
    }
