"""What every release passes before it is written: the audit, its gates, what has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from artifacts.audit_facts import Audit
from artifacts.audit_json import AUDIT, write_audit
from artifacts.manifest import Manifest, ReleaseFacts
from artifacts.release import write_release
from artifacts.views import View
from flows.auditing.audits import audit_views
from flows.auditing.figures import main_figures
from flows.auditing.gates import hold, require_held
from flows.recipe import OrBench, SorryBench
from flows.runner.run import Run
from flows.versions.carry import Standing
from flows.versions.since import changes_since
from flows.versions.templates import templates_of
from taxonomy import Taxonomy


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A finished run that is about to be released.

    Attributes:
        run: The run.
        recipe: What it is.
        taxonomy: Its categories.
        standing: How it stands to earlier releases.
        views: The configs, the default one first.
        template: The card's template.
        numbers: For a mutated set, the category's number by its name.
        styles: For a mutated set, its styles in order, `base` first.
    """

    run: Run
    recipe: OrBench | SorryBench
    taxonomy: Taxonomy
    standing: Standing
    views: Sequence[View]
    template: str
    numbers: Mapping[str, str] | None = None
    styles: Sequence[str] = ()


def leave(leaving: Leaving, facts: ReleaseFacts) -> Manifest:
    """Writes the release, or finds it written; a new one is audited first.

    The audit lies in the run's folder too, whether its gates hold or not.

    Raises:
        GateBroken: A gate of the recipe does not hold; no release is written then.
        ReleaseTaken: This version is there with other data.
    """
    layout = leaving.run.context.layout
    found: list[Audit] = []

    def complete(stated: ReleaseFacts) -> ReleaseFacts:
        audit = _audited(leaving, stated)
        write_audit(layout.run / AUDIT, audit)
        require_held(audit.gates)
        found.append(audit)
        return replace(
            stated,
            audit=main_figures(audit),
            gates=audit.gates,
            templates=templates_of(leaving.recipe),
            changes=changes_since(layout.out, leaving.views, stated),
        )

    return write_release(
        layout.release,
        leaving.views,
        facts,
        template=leaving.template,
        complete=complete,
        report=lambda manifest: _report(found[0], manifest, leaving.views),
    )


def _audited(leaving: Leaving, facts: ReleaseFacts) -> Audit:
    recipe, standing = leaving.recipe, leaving.standing
    audit = audit_views(
        leaving.run,
        leaving.views,
        recipe,
        leaving.taxonomy,
        funnel=facts.funnel,
        version=facts.version,
        numbers=leaving.numbers,
        styles=leaving.styles,
        against=recipe.dedup.against,
        earlier=standing.earlier,
        lineage=facts.lineage,
    )
    if recipe.gates is None:
        return audit
    return replace(audit, gates=hold(recipe.gates, audit, with_releases=recipe.mode is not None))


def _report(audit: Audit, manifest: Manifest, views: Sequence[View]) -> str:
    from artifacts.report import report_html  # loads the drawing library

    return report_html(audit, manifest=manifest, rows={view.config: view.rows for view in views})
