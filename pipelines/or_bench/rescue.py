"""Rescue: a flagged prompt whose answer is harmless comes back (OR-Bench, section 3.2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from base.digests import digest_of, digests_of, require_digest
from inference.types import Program
from moderators.answers import AnswerTask
from moderators.refusal.types import RefusalJudge
from moderators.types import Moderator, ModeratorPlan, Vote
from moderators.votes import decide, rule_digest
from pipelines.recipe import OrBench
from pipelines.recipe.panel import Rescue
from pipelines.runner.rows import item_of
from pipelines.runner.stage import Outcome, Row, RowProgram
from pipelines.stages.answers import SIGNAL, answer_row, judged
from pipelines.stages.moderate import vote_row

VERSION = 1
"""Raised where the code of the rescue changes what comes out."""


@dataclass(frozen=True)
class Rescuer:
    """Annotates each row with whether it was rescued: who answers, and who looks at the answers.

    Only toxic rows are asked about: an undecided one is not flagged. Counts of votes stay those
    of the votes on the prompt; the votes on the exchange are a table of their own.

    Attributes:
        task: Asks the answerer.
        family: Who trained the answerer, or None where the recipe does not say.
        judge: Tells a refusal from an answer: a refusal says nothing about its prompt.
        moderators: The moderators that flagged the prompts; here they see the whole exchange.
        rule: How their votes make a label.
        weights: Each voter's weight, for the rule `weighted`.
    """

    task: AnswerTask
    family: str | None
    judge: RefusalJudge
    moderators: tuple[ModeratorPlan, ...]
    rule: str
    weights: Mapping[str, float] | None = None

    @property
    def digest(self) -> str:
        """Of who answers and who looks at the answers, but the models' identities.

        Raises:
            DigestError: The judge or a moderator has no digest.
        """
        asked = (self.family, self.task.digest, SIGNAL)
        judge = require_digest("judge", self.judge.name, self.judge)
        voters = digests_of("moderator", self.moderators)
        weights = None if self.weights is None else dict(self.weights)
        return digest_of(*asked, judge, voters, rule_digest(self.rule), weights)

    def prepare(self) -> Program[RowProgram]:
        """Each moderator gets ready once a shard."""
        ready: list[Moderator] = []
        for moderator in self.moderators:
            ready.append((yield from moderator.prepare()))
        return lambda row: self._row(row, ready)

    def _row(self, row: Row, ready: list[Moderator]) -> Program[Outcome]:
        if row["label"] != "toxic":
            return Outcome([{**row, "rescued": False}])
        item = item_of(row)
        found = yield from judged(self.task, item, self.judge, self.family)
        answers = [answer_row(row, self.task.model, found)]
        if found.refused is not False:
            return Outcome([{**row, "rescued": False}], side={"answers": answers})
        exchange = replace(item, answer=found.answer.text)
        votes: list[Vote] = yield [moderator.vote(exchange) for moderator in ready]
        safe = decide(votes, self.rule, self.weights).label == "safe"
        after = {**row, "rescued": safe, "label": "safe" if safe else row["label"]}
        cast = [vote_row(row, vote) for vote in votes]
        return Outcome([after], side={"answers": answers, "votes": cast})


def rescuer(
    recipe: OrBench, part: Rescue, judge: RefusalJudge, moderators: tuple[ModeratorPlan, ...]
) -> Rescuer:
    """Who answers flagged prompts; the moderators that flagged them look at the answers."""
    longest = recipe.models[part.answerer].max_tokens or part.max_tokens
    return Rescuer(
        AnswerTask(part.answerer, longest, part.temperature),
        recipe.models[part.answerer].family,
        judge,
        moderators,
        recipe.moderate.rule,
        recipe.moderate.weights,
    )
