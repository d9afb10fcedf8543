"""From what is audited to its figures; the main ones for manifest and card."""

import polars as pl

from artifacts.audit_facts import Audit, MainFigure, Provenance
from auditing import balance, data, embedding, texts, votes
from auditing.near import near_repeats


def audited(material: data.Material, drive: embedding.Drive) -> Audit:
    """Every figure of an audit, gates left out.

    Args:
        material: What is audited.
        drive: Runs the one program that asks for vectors.

    Raises:
        NoEmbeddingError: The encoder gave no vectors.
        SettingInvalidError: The threshold is out of its range.
    """
    read = texts.Texts(material)
    near = drive(near_repeats(material))
    found = Audit(
        name=material.name,
        rows={part.name: part.rows.height for part in material.parts},
        categories=material.categories,
        exempt=tuple(name for name in material.categories if name in material.settings.sensitive),
        stages=material.stages,
        provenance=tuple(each for part in material.parts for each in _provenance(material, part)),
        notes=material.notes,
    )
    found = balance.measured(found, material, read)
    found = votes.measured(found, material)
    return texts.measured(found, material, read, near)


def _provenance(material: data.Material, part: data.Part) -> list[Provenance]:
    """How many rows say where they come from, by column; a column that is not there is empty."""
    rows = part.rows
    return [
        Provenance(part.name, column, rows.height, _filled(part, column))
        for column in material.provenance
    ]


def _filled(part: data.Part, column: str) -> int:
    if column not in part.rows.columns:
        return 0
    values = part.rows[column].drop_nulls().cast(pl.String)
    return len(values) - int((values == "").sum())


def main_figures(audit: Audit) -> tuple[MainFigure, ...]:
    """A dozen figures that say how good a set is; each names the rows that it rests on.

    Of a mutated set's many configs the first speaks for all. No figure holds prompt text.
    """
    every = (balance.main_figures, texts.main_figures, votes.main_figures)
    found = tuple(each for figures in every for each in figures(audit))
    if audit.coverage is None:
        return found
    first = next(iter(audit.rows), None)
    return tuple(each for each in found if each.config in (None, first))
