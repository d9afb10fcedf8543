"""The stages that both benchmarks have, declared once: checks of every text, and repeats."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from artifacts.records import StageName
from artifacts.stage_roles import DEDUP
from base.digests import Json
from curation.characters import characters_digest
from curation.near import against_digest, near_digest
from curation.rows import exact_digest
from inference.types import Program
from pipelines.recipe.languages import nearness
from pipelines.runner.stage import Frames, Input, Round, Stage, latest
from pipelines.stages import clean
from pipelines.stages.dedup import dedup_rows, read_references
from pipelines.stages.makers import cleaning_checks
from pipelines.stages.parts import Opened
from pipelines.versions.references import earlier_texts

Schemas = Mapping[str, pl.Schema]


def clean_stage(of: Opened, name: str, before: str, tables: Schemas) -> Stage:
    """The texts that pass the checks of every text, tidied.

    Args:
        of: Whose checks.
        name: The stage's name.
        before: The stage whose rows it takes.
        tables: Its schemas.
    """
    return Stage(
        name=StageName(name),
        kind="select",
        tables=tables,
        version=clean.VERSION,
        inputs=(latest(before),),
        covers=lambda round_: clean.cleaning_part(cleaning_checks(of.recipe)),
        work=lambda round_: clean.cleaning(cleaning_checks(of.recipe)),
    )


@dataclass(frozen=True, slots=True)
class Repeats:
    """How repeats are found among rows, and against what is given and released.

    Attributes:
        of: Its part `dedup`, and the releases before.
        against_seeds: Whether rows are held against seeds that earlier releases show as rows.
    """

    of: Opened
    against_seeds: bool = True

    def covers(self, round_: Round) -> tuple[Json, ...]:
        """What the selection depends on."""
        of, part = self.of, self.of.recipe.dedup
        near = nearness(of.recipe)
        identity: Json = None
        if near.ngrams is not None:
            identity = [near.threshold, characters_digest(near.ngrams)]
        elif part.threshold is not None:
            identity = of.identities.encoder(part.encoder)
        steps = (exact_digest(), near_digest(), against_digest())
        held_against: list[Json] = [each.sha256 for each in read_references(of.recipe)]
        measured = (part.encoder, part.threshold, identity)
        told = () if self.against_seeds or not of.lineage.against else ("not against seeds",)
        return (*measured, *steps, held_against, *of.lineage.made_from, *told)

    def select(self, rows: pl.DataFrame) -> Program[Frames]:
        """Selects the first of each set of repeats."""
        of, near = self.of, nearness(self.of.recipe)
        own = (row for each in read_references(of.recipe) for row in each.rows())
        earlier = earlier_texts(of.lineage.against, seeds=self.against_seeds)
        known, withdrawn = [*own, *earlier], of.lineage.withdrawn
        return (yield from dedup_rows(rows, near.measure, near.threshold, known, withdrawn))


def dedup_stage(of: Opened, before: Input, tables: Schemas) -> Stage:
    """The first of each set of repeats, among these rows and against what is given and released.

    Args:
        of: Its part `dedup`, and the releases before.
        before: The stages whose rows it takes together.
        tables: Its schemas.
    """
    repeats = Repeats(of)
    return Stage(
        name=StageName(DEDUP),
        kind="select",
        whole=True,
        tables=tables,
        version=1,
        inputs=(before,),
        covers=repeats.covers,
        work=lambda round_: repeats.select,
    )
