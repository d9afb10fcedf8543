"""The hard and the toxic subset: rows are drawn for them, and none is dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from artifacts.schemas import PANELED, SUBSETS, with_evidence
from base.digests import Json, digest_of
from checks.identity import content_id
from curation.quota import Draw, sample
from inference.types import Program
from pipelines.or_bench.selection import is_accepted
from pipelines.recipe import OrBench
from pipelines.recipe.digest import settings_of
from pipelines.recipe.panel import Hard, Toxic
from pipelines.runner.stage import Kind, Outcome, Row

STAGE_VERSION = 1

ToxicRule = Literal["unanimous", "majority"]
# What a row has that no rescue and no panel has seen.
_UNSEEN: Row = {**dict.fromkeys(PANELED), "rescued": False}


@dataclass(frozen=True)
class SubsetsStage:
    """Annotates each row with whether it was drawn; sees the whole table.

    Attributes:
        name: The stage's name.
        digest: Hash of the recipe's parts and STAGE_VERSION.
        required_risky: Whether a released safe row must sound risky.
        hard: How hard rows are drawn; None for no hard subset.
        toxic: How toxic rows are drawn.
        rule: How many moderators must have flagged a toxic row.
        carried: Rows of the release that this one extends. The toxic ones among them stay: no
            other config shows them.
    """

    name: str
    digest: str
    required_risky: bool
    hard: Draw | None
    toxic: Draw
    rule: ToxicRule
    carried: AbstractSet[str] = frozenset()
    kind: Kind = "annotate"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": SUBSETS, "dropped": with_evidence(SUBSETS)}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """Every row, with `in_hard` and `in_toxic`; columns that it lacks are filled."""
        yield from ()
        seen = [{**_UNSEEN, **row} for row in rows]
        hard = _drawn((row for row in seen if is_hard(row, self.required_risky)), self.hard)
        flagged = [row for row in seen if is_toxic(row, self.rule)]
        stay = [row for row in flagged if row["row"] in self.carried]
        new = [row for row in flagged if row["row"] not in self.carried]
        rest = _left(self.toxic, Counter(row["category"] for row in stay))
        toxic = {row["row"] for row in stay} | _drawn(new, rest)
        kept = [
            {**row, "in_hard": row["row"] in hard, "in_toxic": row["row"] in toxic} for row in seen
        ]
        return Outcome(kept)


def subsets_stage(
    name: str, recipe: OrBench, carried: AbstractSet[str] = frozenset()
) -> SubsetsStage:
    """The stage as a recipe describes it.

    Without a part `hard` no row is hard; without a part `toxic` every row that is flagged
    unanimously and not rescued is toxic.

    Args:
        name: The stage's name.
        recipe: Its parts `hard` and `toxic`.
        carried: Rows of the release that is extended.
    """
    toxic = recipe.toxic or Toxic()
    required = recipe.moderate.sounds_risky == "required"
    settings: list[Json] = [
        None if part is None else settings_of(part) for part in (recipe.hard, toxic)
    ]
    return SubsetsStage(
        name,
        digest_of(STAGE_VERSION, settings, required, sorted(carried)),
        required,
        None if recipe.hard is None else _draw(recipe.hard),
        _draw(toxic),
        toxic.rule,
        carried,
    )


def is_hard(row: Row, required_risky: bool) -> bool:
    """Whether a row belongs to the over-refusal set and the panel found it hard."""
    return row["hard"] == "hard" and is_accepted(row, required_risky)


def is_toxic(row: Row, rule: ToxicRule) -> bool:
    """Whether a row is flagged by as many as the rule wants; a rescued one is safe by now."""
    unanimous = row["safe"] == 0 and row["abstain"] == 0
    return row["label"] == "toxic" and (unanimous or rule == "majority")


def _draw(part: Hard | Toxic) -> Draw:
    return Draw(part.size, part.balance, part.quota, part.seed)


def _left(draw: Draw, stay: Mapping[str, int]) -> Draw:
    """What is left to draw where so many rows by category stay anyway."""
    if draw.quota is not None:
        left = {name: max(0, count - stay.get(name, 0)) for name, count in draw.quota.items()}
        return replace(draw, quota=left)
    size = None if draw.size is None else max(0, draw.size - sum(stay.values()))
    return replace(draw, size=size)


def _drawn(rows: Iterable[Row], draw: Draw | None) -> set[str]:
    """The drawn rows' keys. They are drawn by content, which outlives a change of the source."""
    if draw is None:
        return set()
    found = {content_id(row["text"]): row for row in rows}
    categories = {name: row["category"] for name, row in found.items()}
    return {found[name]["row"] for name in sample(categories, draw).kept}
