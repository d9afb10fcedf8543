"""How much the texts of a config differ from each other."""

from __future__ import annotations

from artifacts.audit_facts import Diversity
from curation.lots import lot
from flows.auditing.material import TEXT, Material, Part
from flows.auditing.near import Measured
from flows.auditing.texts import Texts
from measures.bleu import self_bleu
from measures.diversity import compression_ratio, distinct_n, vendi_score

SAMPLE = 500
"""Rows that self-BLEU and the Vendi score are taken on: both grow with the square of the rows."""


def diversity(material: Material, part: Part, texts: Texts, measured: Measured) -> Diversity:
    """A config's diversity; the sample is drawn by the hash of (seed, id), so that it is fixed."""
    rows = part.rows
    places = _sampled(material, part, measured)
    sample = [measured.places.texts[place] for place in places]
    every = rows[TEXT].to_list()
    space = measured.space
    return Diversity(
        config=part.name,
        rows=rows.height,
        openings=texts.openings(part),
        distinct_1=distinct_n(every, 1),
        distinct_2=distinct_n(every, 2),
        compression=compression_ratio(every),
        self_bleu=self_bleu(sample),
        sample=len(sample),
        vendi=vendi_score(space.vectors[places]) if space is not None and places else None,
    )


def _sampled(material: Material, part: Part, measured: Measured) -> list[int]:
    """The places of a fixed sample of a config's different texts, in order."""
    places, ids = measured.places.parts.get(part.name, []), measured.places.ids
    chosen = sorted(places, key=lambda place: lot(material.seed, ids[place]))[:SAMPLE]
    return sorted(chosen, key=lambda place: ids[place])
