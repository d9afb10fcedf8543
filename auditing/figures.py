"""From what is audited to its figures; the main ones for manifest and card."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from artifacts.audit_facts import ANY_RULE, Audit, MainFigure, Provenance
from auditing.balance import coverage, spreads
from auditing.data import Material, Part
from auditing.embedding import Drive
from auditing.near import near_repeats
from auditing.texts import Texts, diversity
from auditing.votes import agreement, refusals, voters


def audited(material: Material, drive: Drive) -> Audit:
    """Every figure of an audit, gates left out.

    Args:
        material: What is audited.
        drive: Runs the one program that asks for vectors.

    Raises:
        NoEmbeddingError: The encoder gave no vectors.
        SettingInvalidError: The threshold is out of its range.
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


def main_figures(audit: Audit) -> tuple[MainFigure, ...]:
    """A dozen figures that say how good a set is; each names the rows that it rests on.

    Of a mutated set's many configs the first speaks for all. No figure holds prompt text.
    """
    found = (
        *(*_balance(audit), *_repeats(audit), *_texts(audit)),
        *(*_votes(audit), *_refusals(audit)),
    )
    if audit.coverage is None:
        return found
    first = next(iter(audit.rows), None)
    return tuple(each for each in found if each.config in (None, first))


def _balance(audit: Audit) -> Iterator[MainFigure]:
    for each in audit.spreads:
        if each.dimension == "category":
            yield MainFigure("entropy of categories", each.config, each.entropy, each.rows)
            yield MainFigure("largest / smallest category", each.config, each.ratio, each.rows)


def _repeats(audit: Audit) -> Iterator[MainFigure]:
    for each in audit.near:
        if each.scope == "inside":
            yield MainFigure("near repeats", each.config, each.share, each.rows)
        elif each.scope in ("release", "benchmark"):
            name = f"near repeats of {each.against}"
            yield MainFigure(name, each.config, each.share, each.rows)


def _texts(audit: Audit) -> Iterator[MainFigure]:
    for each in audit.diversity:
        name = "most frequent opening"
        yield MainFigure(name, each.config, each.opener_share, each.rows)
        yield MainFigure("self-BLEU", each.config, each.self_bleu, each.sample)
        yield MainFigure("Vendi score", each.config, each.vendi, each.sample)
    for rule in audit.rules:
        if rule.rule == ANY_RULE and rule.rows:
            share = rule.broken / rule.rows
            yield MainFigure("style rules broken", rule.config, share, rule.rows)


def _votes(audit: Audit) -> Iterator[MainFigure]:
    if audit.agreement is not None:
        name = "moderators' agreement (alpha)"
        yield MainFigure(name, None, audit.agreement.alpha, audit.agreement.rows)
    votes = sum(each.votes for each in audit.voters)
    if votes:
        share = sum(each.abstained for each in audit.voters) / votes
        yield MainFigure("abstentions", None, share, votes)


def _refusals(audit: Audit) -> Iterator[MainFigure]:
    """Overall rates on the first config: the others are drawn by these very refusals."""
    first = next(iter(audit.rows), None)
    for each in audit.refusals:
        if each.config == first and each.category is None:
            name = f"refusal rate of {each.target}"
            yield MainFigure(name, each.config, each.rate, each.verdicts, each.interval)
