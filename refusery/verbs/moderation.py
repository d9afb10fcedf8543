"""Moderators over any list of texts, without a run folder, and held against true labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from artifacts.summary import Cell, Table
from base.formats import fixed
from inference.accounts import Advance
from inference.engine import Engine
from inference.ledger import Purpose
from inference.models import SHIPPED_ENCODERS
from measures.confusion import confusion
from moderators.registry import Parts, build
from moderators.types import ModeratorPlan
from people.ratings import truths_of as labels_of
from pipelines.recipe import OrBench, taxonomy_of
from pipelines.recipe.moderation import EncoderModerator
from pipelines.runner.memory import noting, outcomes_of
from pipelines.runner.stage import EachRow, Outcome, Row
from pipelines.sources.engine import require_votes, run_of
from pipelines.stages.makers import moderator_plans
from pipelines.stages.moderate import Moderation

LABEL = "label"
"""The column that holds the true labels where no other is named."""
LABELS: Mapping[str, bool] = {"safe": False, "harmless": False, "unsafe": True, "toxic": True}
"""The true labels that are known, and whether they are positive (unsafe)."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What one voter said of every row.

    Attributes:
        name: The moderator's name, `ensemble` or `baseline`.
        labels: `safe`, `toxic`, and for neither `abstain` or `undecided`, row by row.
    """

    name: str
    labels: tuple[str, ...]

    @property
    def flagged(self) -> list[bool]:
        """Whether each row is called toxic; what is neither is not flagged."""
        return [label == "toxic" for label in self.labels]

    @property
    def neither(self) -> int:
        """Rows called neither safe nor toxic."""
        return sum(label not in ("safe", "toxic") for label in self.labels)


def is_truth(label: object) -> bool:
    """Whether a cell is one of the true labels that are known."""
    return str(label).strip().lower() in LABELS


def truths_of(column: str, labels: Sequence[object]) -> list[bool]:
    """The true labels as positive or negative.

    Raises:
        LabelsUnusableError: A label is none of those that are known.
    """
    return labels_of(column, labels, LABELS)


def pooled(voters: Sequence[Verdicts], truths: Sequence[bool]) -> Table:
    """TPR, FPR and balanced accuracy of each voter over all rows; positive is unsafe."""
    rows = tuple(_rates(voter, truths) for voter in voters)
    header = ("moderator", "TPR", "FPR", "balanced accuracy", "neither", "rows")
    return Table("Against the table's labels (positive = unsafe)", header, rows)


def by_type(voters: Sequence[Verdicts], truths: Sequence[bool], types: Sequence[object]) -> Table:
    """The share that each voter flags, type by type."""
    groups: dict[tuple[str, bool], list[int]] = {}
    for place, (kind, truth) in enumerate(zip(types, truths, strict=True)):
        groups.setdefault((str(kind), truth), []).append(place)
    rows: list[tuple[Cell, ...]] = []
    for (kind, truth), places in sorted(groups.items(), key=lambda group: group[0][::-1]):
        shares = (sum(voter.flagged[place] for place in places) / len(places) for voter in voters)
        rows.append((kind, "unsafe" if truth else "safe", len(places), *map(fixed, shares)))
    header = ("type", "label", "rows", *(voter.name for voter in voters))
    return Table("Share flagged by type", header, tuple(rows))


def _rates(voter: Verdicts, truths: Sequence[bool]) -> tuple[Cell, ...]:
    found = confusion(zip(truths, voter.flagged, strict=True))
    rates = (found.tpr, found.fpr, found.balanced_accuracy)
    return (voter.name, *map(fixed, rates), voter.neither, len(truths))


Done: TypeAlias = dict[str, Outcome]
"""What came of texts so far, by their place."""

VERB = "moderate"
BASELINE = "baseline"
ENSEMBLE = "ensemble"


@dataclass(frozen=True, slots=True)
class Moderated:
    """What came of a list of texts.

    Attributes:
        votes: The moderators' votes on each text, in the recipe's order, as a run's table has them.
        decisions: What the recipe's rule makes of them: a run's moderated row for each text.
        baseline: The baseline's vote on each text; empty where it was not asked for.
    """

    votes: tuple[Sequence[Row], ...]
    decisions: tuple[Row, ...]
    baseline: tuple[Row, ...] = ()

    @property
    def verdicts(self) -> list[Verdicts]:
        """Every moderator's verdicts, then the ensemble's, then the baseline's."""
        found = [_verdicts(votes[0]["model"], votes) for votes in zip(*self.votes, strict=True)]
        found.append(_verdicts(ENSEMBLE, self.decisions))
        if self.baseline:
            found.append(_verdicts(BASELINE, self.baseline))
        return found


def moderated(
    engine: Engine,
    recipe: OrBench,
    texts: Sequence[str],
    with_baseline: bool = False,
    advance: Advance | None = None,
    done: Done | None = None,
) -> Moderated:
    """Lets a recipe's moderators vote on texts, by the stage that a build of it runs.

    Args:
        engine: Asks models and encoders.
        recipe: Its part `moderate` says who votes and by which rule.
        texts: The prompts.
        with_baseline: Whether the nearest category definition votes beside them.
        advance: Called with 1 for each text that is done.
        done: Takes what came of each text, as it comes.

    Raises:
        VotesMissingError: A moderator could not be asked; its cause is named.
        BudgetReachedError: The recipe's cap is reached; what was answered is kept.
    """
    taxonomy = taxonomy_of(recipe)
    purpose = Purpose(run_of(recipe, VERB), VERB)
    work = noting(_work(recipe, moderator_plans(recipe, taxonomy)).work, done)
    outcomes = _outcomes(engine, work, texts, purpose, recipe.max_missing, advance)
    baseline: list[Outcome] = []
    if with_baseline:
        plan = build(BASELINE, Parts(taxonomy, _encoder(recipe)))
        baseline = _outcomes(
            engine, _work(recipe, (plan,)).work, texts, purpose, recipe.max_missing
        )
    return _moderated(outcomes, baseline)


def so_far(rows: pl.DataFrame, done: Done) -> pl.DataFrame:
    """The rows of a stopped command that every moderator has voted on, as `with_votes` has them."""
    places = sorted(map(int, done))
    return with_votes(rows[places], _moderated([done[str(place)] for place in places]))


def _moderated(outcomes: Sequence[Outcome], baseline: Sequence[Outcome] = ()) -> Moderated:
    return Moderated(
        votes=tuple(outcome.side["votes"] for outcome in outcomes),
        decisions=tuple(outcome.kept[0] for outcome in outcomes),
        baseline=tuple(outcome.side["votes"][0] for outcome in baseline),
    )


def _verdicts(name: str, rows: Sequence[Row]) -> Verdicts:
    return Verdicts(name, tuple(row["label"] for row in rows))


def _encoder(recipe: OrBench) -> str:
    found = [each for each in recipe.moderate.moderators if isinstance(each, EncoderModerator)]
    return found[0].encoder if found else SHIPPED_ENCODERS[0]


def _work(recipe: OrBench, plans: tuple[ModeratorPlan, ...]) -> Moderation:
    """What the stage of a build does."""
    return Moderation(plans, recipe.moderate.rule, recipe.moderate.weights)


def _outcomes(
    engine: Engine,
    work: EachRow,
    texts: Sequence[str],
    purpose: Purpose,
    max_missing: int | None,
    advance: Advance | None = None,
) -> list[Outcome]:
    """What a stage makes of each text; a row that fails ends the command: there is no resume."""
    rows = [
        {"row": str(place), "root": str(place), "text": text, "category": "", "position": ""}
        for place, text in enumerate(texts)
    ]
    batch = outcomes_of(engine, work, rows, purpose, advance)
    return require_votes(engine, batch, "every moderator", max_missing)


def counts_of(found: Moderated) -> Table:
    """How each voter's verdicts fall."""
    labels = ("safe", "toxic", "abstain", "undecided")
    rows: list[tuple[Cell, ...]] = [
        (voter.name, *(voter.labels.count(label) for label in labels)) for voter in found.verdicts
    ]
    return Table("Votes", ("moderator", *labels), tuple(rows))


def risky(found: Moderated, truths: Sequence[bool] | None) -> Table:
    """The share that sounds risky, over all rows and over those whose true label is safe."""
    measured = [row["sounds_risky"] for row in found.decisions]
    groups: dict[str, list[bool | None]] = {"all": measured}
    if truths is not None:
        groups["labelled safe"] = [
            risky for risky, unsafe in zip(measured, truths, strict=True) if not unsafe
        ]
    rows: list[tuple[Cell, ...]] = []
    for name, values in groups.items():
        known = [value for value in values if value is not None]
        share = f"{sum(known) / len(known):.3f}" if known else "not measured"
        rows.append((name, len(known), sum(known), share))
    return Table("Sounds risky", ("rows", "measured", "risky", "share"), tuple(rows))


def with_votes(rows: pl.DataFrame, found: Moderated) -> pl.DataFrame:
    """The table with the ensemble's decision and every vote; its own columns stay."""
    columns: dict[str, list[object]] = {
        "moderation": [row["label"] for row in found.decisions],
        "sounds_risky": [row["sounds_risky"] for row in found.decisions],
    }
    for votes in zip(*found.votes, strict=True):
        model = votes[0]["model"]
        columns[f"vote_{model}"] = [vote["label"] for vote in votes]
        columns[f"score_{model}"] = [vote["score"] for vote in votes]
    return rows.with_columns(
        pl.Series(name, values, strict=False) for name, values in columns.items()
    )
