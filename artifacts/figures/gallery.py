"""All figures of an audit in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.audit_facts import Audit
from artifacts.figures.agreement import agreement_figures
from artifacts.figures.cost import cost_figures
from artifacts.figures.coverage import coverage_figures
from artifacts.figures.diversity import diversity_figures
from artifacts.figures.drawing import unchecked
from artifacts.figures.figure import Figure
from artifacts.figures.funnel import funnel_figures
from artifacts.figures.lengths import length_figures
from artifacts.figures.near import near_figures
from artifacts.figures.openings import opening_figures
from artifacts.figures.provenance import provenance_figures
from artifacts.figures.refusals import refusal_figures
from artifacts.figures.rules import rule_figures
from artifacts.figures.spreads import spread_figures
from artifacts.figures.stages import stage_figures
from artifacts.figures.voters import voter_figures
from artifacts.manifest import Manifest


def figures(audit: Audit, manifest: Manifest | None = None) -> tuple[Figure, ...]:
    """Draws all that was measured; what was not is left out, as the audit's notes say why.

    Args:
        audit: The figures as numbers.
        manifest: The release's manifest, for its funnel and its cost; None for a table.
    """
    with unchecked():
        return tuple(_drawn(audit, manifest))


def _drawn(audit: Audit, manifest: Manifest | None) -> Iterator[Figure]:
    yield from funnel_figures(audit, manifest)
    yield from stage_figures(audit)
    yield from spread_figures(audit)
    yield from coverage_figures(audit)
    yield from voter_figures(audit)
    yield from agreement_figures(audit)
    yield from refusal_figures(audit)
    yield from near_figures(audit)
    yield from opening_figures(audit)
    yield from diversity_figures(audit)
    yield from length_figures(audit)
    yield from rule_figures(audit)
    yield from provenance_figures(audit)
    yield from cost_figures(manifest)
