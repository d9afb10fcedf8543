"""From what is audited to its figures, each computed in its own place."""

from __future__ import annotations

import polars as pl

from artifacts.audit_facts import Audit, Provenance
from flows.auditing.balance import coverage, spreads
from flows.auditing.diversity import diversity
from flows.auditing.embedding import Drive
from flows.auditing.material import Material, Part
from flows.auditing.near import near_repeats
from flows.auditing.texts import Texts
from flows.auditing.votes import agreement, refusals, voters


def audited(material: Material, drive: Drive) -> Audit:
    """Every figure of an audit, gates left out.

    Args:
        material: What is audited.
        drive: Runs the one program that asks for vectors.

    Raises:
        NoEmbedding: The encoder gave no vectors.
        SettingInvalid: The threshold is out of its range.
    """
    texts = Texts(material)
    measured = drive(near_repeats(material))
    worded = material.worded
    return Audit(
        name=material.name,
        rows={part.name: part.rows.height for part in material.parts},
        categories=material.categories,
        exempt=tuple(name for name in material.categories if name in material.settings.sensitive),
        spreads=spreads(material, texts),
        stages=material.stages,
        voters=voters(material),
        agreement=agreement(material),
        refusals=refusals(material),
        near=measured.near,
        diversity=tuple(diversity(material, part, texts, measured) for part in worded),
        rules=tuple(each for part in worded for each in texts.breaks(part)),
        lengths=tuple(texts.lengths(part) for part in worded),
        provenance=tuple(each for part in material.parts for each in _provenance(material, part)),
        coverage=coverage(material),
        notes=material.notes,
    )


def _provenance(material: Material, part: Part) -> list[Provenance]:
    """How many rows say where they come from, by column; a column that is not there is empty."""
    rows = part.rows
    return [
        Provenance(part.name, column, rows.height, _filled(part, column))
        for column in material.provenance
    ]


def _filled(part: Part, column: str) -> int:
    if column not in part.rows.columns:
        return 0
    values = part.rows[column].drop_nulls().cast(pl.String)
    return len(values) - int((values == "").sum())
