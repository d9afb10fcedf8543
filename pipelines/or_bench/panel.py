"""The panel: target models are asked every safe prompt, and their refusals counted (appendix Q)."""

from dataclasses import dataclass

from base.digests import digest_of
from curation.hard import HardRule, tally
from inference.types import Program
from moderators.answers import AnswerTask
from moderators.refusal.types import RefusalJudge
from pipelines.or_bench.selection import is_accepted
from pipelines.recipe import OrBench
from pipelines.recipe.panel import Panel, PanelMember, Target
from pipelines.runner.rows import item_of
from pipelines.runner.stage import Outcome, Row
from pipelines.stages.answers import SIGNAL, Judged, answer_row, judged

VERSION = 1
"""Raised where the code of the panel changes what comes out."""

_NOT_ASKED: Row = dict.fromkeys(("refusals", "answers", "missing", "hard"))


@dataclass(frozen=True)
class Member:
    """One target of the panel.

    Attributes:
        name: The name that its answers carry.
        family: Who trained its model, or None where the recipe does not say.
        task: Asks its model.
    """

    name: str
    family: str | None
    task: AnswerTask

    @property
    def digest(self) -> str:
        """Of its names and of how its model is asked."""
        return digest_of(self.name, self.family, self.task.digest, SIGNAL)


@dataclass(frozen=True)
class PanelWork:
    """Annotates each row of the over-refusal set with how many targets refused it.

    Every target is asked once: an answer that is empty is one too. All targets are asked a prompt
    together. Rows outside the set are not asked about; their new columns are null.

    Attributes:
        members: The targets.
        judge: Tells a refusal where a server has not said so itself.
        rule: When a prompt is hard; None counts alone.
        required_risky: Whether a row of the set must sound risky.
    """

    members: tuple[Member, ...]
    judge: RefusalJudge
    rule: HardRule | None
    required_risky: bool

    def row(self, row: Row) -> Program[Outcome]:
        """The row with its counts, and every target's answer with the verdict on it."""
        if not is_accepted(row, self.required_risky):
            return Outcome([{**row, **_NOT_ASKED}])
        item = item_of(row)
        answers: list[Judged] = yield [
            judged(member.task, item, self.judge, member.family) for member in self.members
        ]
        found = {each.name: answer for each, answer in zip(self.members, answers, strict=True)}
        count = tally({name: answer.refused for name, answer in found.items()}, self.rule)
        counted = {
            **row,
            "refusals": count.refusals,
            "answers": count.answers,
            "missing": count.missing,
            "hard": count.hard,
        }
        side = [answer_row(row, name, answer) for name, answer in found.items()]
        return Outcome([counted], side={"answers": side})


def panel_members(recipe: OrBench, part: Panel) -> tuple[Member, ...]:
    """The panel's targets, in order."""
    return tuple(_member(recipe, part, each) for each in part.targets)


def _member(recipe: OrBench, part: Panel, given: PanelMember) -> Member:
    target = Target(name=given, model=given) if isinstance(given, str) else given
    temperature = part.temperature if target.temperature is None else target.temperature
    longest = recipe.models[target.model].max_tokens or part.max_tokens
    task = AnswerTask(target.model, longest, temperature, target.system)
    return Member(target.name, recipe.models[target.model].family, task)


def hard_rule(recipe: OrBench, members: tuple[Member, ...]) -> HardRule | None:
    """When a prompt is hard; a model whose family nobody states is a family of its own."""
    if recipe.hard is None:
        return None
    if recipe.hard.by == "models":
        return HardRule(recipe.hard.at)
    families = {each.name: each.family or each.task.model for each in members}
    return HardRule(recipe.hard.at, families)
