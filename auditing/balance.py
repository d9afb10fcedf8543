"""How rows are spread over categories, domains, styles and languages."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from artifacts.audit_facts import Audit, Coverage, Dimension, MainFigure, Spread
from artifacts.stage_tables import tally
from auditing.data import Material, Part
from auditing.texts import Texts
from measures.balance import cramers_v_to, largest_to_smallest, normalised_entropy


def measured(audit: Audit, material: Material, texts: Texts) -> Audit:
    """The audit with each config's balance, and with the coverage of a mutated set."""
    return replace(audit, spreads=spreads(material, texts), coverage=coverage(material))


def main_figures(audit: Audit) -> Iterator[MainFigure]:
    """How even each config is over categories."""
    for each in audit.spreads:
        if each.dimension == "category":
            yield MainFigure("entropy of categories", each.config, each.entropy, each.rows)
            yield MainFigure("largest / smallest category", each.config, each.ratio, each.rows)


def spreads(material: Material, texts: Texts) -> tuple[Spread, ...]:
    """Each config's balance over whatever there is to count, categories first."""
    return tuple(each for part in material.parts for each in _of(material, part, texts))


def coverage(material: Material) -> Coverage | None:
    """Rows by style and category, each (id, style) once; None for a set without mutations."""
    if not material.styles or not material.categories:
        return None
    counts = {style: dict.fromkeys(material.categories, 0) for style in material.styles}
    seen: set[tuple[str, str]] = set()
    for part in material.parts:
        columns = part.rows.select("id", "style", "category")
        for id, style, category in columns.iter_rows():
            if (id, style) not in seen and category in counts.get(style, {}):
                seen.add((id, style))
                counts[style][category] += 1
    return Coverage(material.categories, counts)


def _of(material: Material, part: Part, texts: Texts) -> Iterator[Spread]:
    found = tally(part.rows["category"]) if part.rows.height else {}
    counts = {**dict.fromkeys(material.categories, 0), **found}
    wanted = material.settings.quota_of(part.name)
    if material.categories:
        yield _spread(part.name, "category", counts, wanted or dict.fromkeys(counts, 1.0))
    if material.settings.domains:
        yield _by_domain(material, part.name, counts)
    styles = tally(part.rows["style"]) if part.rows.height else {}
    if len(styles) > 1:
        every = {**dict.fromkeys(material.styles, 0), **styles}
        yield _spread(part.name, "style", every, dict.fromkeys(every, 1.0))
    if languages := texts.languages(part):
        yield _spread(part.name, "language", languages, None)


def _by_domain(material: Material, config: str, counts: Mapping[str, int]) -> Spread:
    """Rows by domain; an even mix over categories gives a domain as much as it has categories."""
    quota = material.settings.quota_of(config)
    rows = dict.fromkeys(material.settings.domains.values(), 0)
    wanted = dict.fromkeys(rows, 0.0)
    for category, domain in material.settings.domains.items():
        rows[domain] += counts.get(category, 0)
        wanted[domain] += 1.0 if quota is None else quota.get(category, 0.0)
    return _spread(config, "domain", rows, wanted)


def _spread(
    config: str,
    dimension: Dimension,
    counts: Mapping[str, int],
    wanted: Mapping[str, float] | None,
) -> Spread:
    return Spread(
        config=config,
        dimension=dimension,
        counts=counts,
        entropy=normalised_entropy(counts),
        ratio=largest_to_smallest(counts),
        cramers_v=cramers_v_to(counts, wanted) if wanted else None,
    )
