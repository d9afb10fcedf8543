"""What each text shows by itself, and how much the texts of a config differ."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from artifacts import audit_facts, stage_tables
from auditing.data import TEXT, Material, Part
from auditing.near import Measured
from checks.style_rules import STYLE_RULES
from curation import openers, quota
from inference.types import Item
from measures.diversity import compression_ratio, distinct_n, self_bleu, vendi_score

UNDETERMINED = "undetermined"
"""The language of a text that CLD2 is not sure of: mostly one of a few words."""

_NOBODY = Item(row="", text="", category="")
_SHARES = (0.05, 0.5, 0.95)
_OPENINGS = 20
_READ_CHARACTERS = 10_000


def measured(
    audit: audit_facts.Audit, material: Material, texts: "Texts", near: Measured
) -> audit_facts.Audit:
    """The audit with near repeats, diversity, style rules and lengths."""
    return replace(
        audit,
        near=near.near,
        diversity=tuple(diversity(material, part, texts, near) for part in material.worded),
        rules=tuple(each for part in material.worded for each in texts.breaks(part)),
        lengths=tuple(texts.lengths(part) for part in material.worded),
    )


def main_figures(audit: audit_facts.Audit) -> Iterator[audit_facts.MainFigure]:
    """Near repeats, how much texts differ, and how many break a rule."""
    for each in audit.near:
        if each.scope == "inside":
            yield audit_facts.MainFigure("near repeats", each.config, each.share, each.rows)
        elif each.scope in ("release", "benchmark"):
            name = f"near repeats of {each.against}"
            yield audit_facts.MainFigure(name, each.config, each.share, each.rows)
    for found in audit.diversity:
        name = "most frequent opening"
        yield audit_facts.MainFigure(name, found.config, found.opener_share, found.rows)
        yield audit_facts.MainFigure("self-BLEU", found.config, found.self_bleu, found.sample)
        yield audit_facts.MainFigure("Vendi score", found.config, found.vendi, found.sample)
    for rule in audit.rules:
        if rule.rule == audit_facts.ANY_RULE and rule.rows:
            yield audit_facts.MainFigure("style rules broken", rule.config, rule.share, rule.rows)


class Texts:
    """The findings on every different text of an audit, each made once."""

    def __init__(self, material: Material) -> None:
        """Reads every text of the configs that are read in words."""
        texts = [part.rows.select(TEXT) for part in material.worded]
        empty = pl.Schema({TEXT: pl.String}).to_frame()
        self._rules = material.rules
        self._found = _findings(
            pl.concat([empty, *texts]).unique(maintain_order=True), material.settings.language
        )
        if material.rules:
            self._found = self._found.with_columns(_breaks(self._found[TEXT]))

    def languages(self, part: Part) -> dict[str, int]:
        """Rows by language (CLD2's code); empty for a config that is not read in words."""
        return stage_tables.tally(self._of(part)["language"]) if _is_read(part) else {}

    def openings(self, part: Part) -> tuple[audit_facts.Opening, ...]:
        """The most frequent openings of three words, the most frequent first."""
        counted = stage_tables.tally(self._of(part).filter(pl.col("opening") != "")["opening"])
        return tuple(
            audit_facts.Opening(words, rows) for words, rows in [*counted.items()][:_OPENINGS]
        )

    def lengths(self, part: Part) -> audit_facts.Lengths:
        """Words and characters of a config's texts at 5, 50 and 95 per cent."""
        found = self._of(part)
        words, characters = (_at_shares(found[each]) for each in ("words", "characters"))
        return audit_facts.Lengths(part.name, found.height, words, characters)

    def breaks(self, part: Part) -> Iterator[audit_facts.RuleBreaks]:
        """Rows that break each style rule, then those that break any; none where none apply."""
        if not self._rules:
            return
        found = self._of(part)
        for rule in (*(each.name for each in STYLE_RULES), audit_facts.ANY_RULE):
            yield audit_facts.RuleBreaks(part.name, rule, found.height, int(found[rule].sum()))

    def _of(self, part: Part) -> pl.DataFrame:
        return part.rows.select(TEXT).join(self._found, on=TEXT, how="left")


def language_of(text: str) -> str:
    """The text's language as CLD2 names it, or `undetermined`."""
    import pycld2

    try:
        sure, _, found = pycld2.detect(text[:_READ_CHARACTERS].encode("utf-8", "replace"))
    except pycld2.error:  # control codes and the like
        return UNDETERMINED
    return str(found[0][1]) if sure and found[0][1] != "un" else UNDETERMINED


def _is_read(part: Part) -> bool:
    return part.in_words and part.rows.height > 0


def _findings(texts: pl.DataFrame, language: str) -> pl.DataFrame:
    rows = texts[TEXT].to_list()
    return texts.with_columns(
        pl.Series("opening", [openers.opening(text, language) for text in rows], dtype=pl.String),
        pl.Series("language", [language_of(text) for text in rows], dtype=pl.String),
        pl.Series("words", [len(text.split()) for text in rows], dtype=pl.Int64),
        pl.col(TEXT).str.len_chars().alias("characters"),
    )


def _breaks(texts: pl.Series) -> list[pl.Series]:
    """One column of flags for each rule, and one for all of them together."""
    found = {rule.name: [rule(_NOBODY, text) is not None for text in texts] for rule in STYLE_RULES}
    columns = [pl.Series(name, flags, dtype=pl.Boolean) for name, flags in found.items()]
    broken = pl.select(pl.any_horizontal(*columns)).to_series() if len(texts) else columns[0]
    return [*columns, broken.alias(audit_facts.ANY_RULE)]


def _at_shares(values: pl.Series) -> tuple[float, float, float]:
    low, middle, high = (float(values.quantile(share, "linear") or 0) for share in _SHARES)
    return low, middle, high


SAMPLE = 500
"""Rows that self-BLEU and the Vendi score are taken on: both grow with the square of the rows."""


def diversity(
    material: Material, part: Part, texts: Texts, measured: Measured
) -> audit_facts.Diversity:
    """A config's diversity; the sample is drawn by the hash of (seed, id), so that it is fixed."""
    rows = part.rows
    places = _sampled(material, part, measured)
    sample = [measured.places.texts[place] for place in places]
    every = rows[TEXT].to_list()
    space = measured.space
    return audit_facts.Diversity(
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
    chosen = sorted(places, key=lambda place: quota.shuffle_key(material.seed, ids[place]))[:SAMPLE]
    return sorted(chosen, key=lambda place: ids[place])
