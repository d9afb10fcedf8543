"""The last step of a release: audit, quality gates, what has changed, then the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from artifacts.audit_facts import AUDIT, Audit, write_audit
from artifacts.manifest import Manifest, ReleaseFacts, SourceRecord
from artifacts.release import write_release
from artifacts.releases import Earlier
from artifacts.views import View
from auditing.figures import main_figures
from pipelines.audits import audits, gates
from pipelines.recipe import OrBench, SorryBench
from pipelines.runner.run import Run
from pipelines.sources import Source
from pipelines.versions.changes import changes_since, templates_of
from pipelines.versions.lineage import VersionLineage
from taxonomy import Taxonomy


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDraft:
    """A finished run that is about to be released.

    Attributes:
        run: The run.
        recipe: What it is.
        taxonomy: Its categories.
        lineage: How it stands to earlier releases.
        views: The configs, the default one first.
        template: The card's template.
        numbers: For a mutated set, the category's number by its name.
        styles: For a mutated set, its styles in order, `base` first.
    """

    run: Run
    recipe: OrBench | SorryBench
    taxonomy: Taxonomy
    lineage: VersionLineage
    views: Sequence[View]
    template: str
    numbers: Mapping[str, str] | None = None
    styles: Sequence[str] = ()


def finalize_release(release_draft: ReleaseDraft, facts: ReleaseFacts) -> Manifest:
    """Writes the release, or finds it written; a new one is audited first.

    The audit lies in the run's folder too, whether its gates hold or not.

    Raises:
        GateBrokenError: A gate of the recipe does not hold; no release is written then.
        ReleaseTakenError: This version is there with other data.
    """
    layout = release_draft.run.context.layout
    found: list[Audit] = []

    def complete(stated: ReleaseFacts) -> ReleaseFacts:
        audit = _audited(release_draft, stated)
        write_audit(layout.run / AUDIT, audit)
        gates.require_gates(audit.gates)
        found.append(audit)
        return replace(
            stated,
            audit=main_figures(audit),
            gates=audit.gates,
            templates=templates_of(release_draft.recipe),
            changes=changes_since(layout.out, release_draft.views, stated),
        )

    return write_release(
        layout.release,
        release_draft.views,
        facts,
        template=release_draft.template,
        complete=complete,
        report=lambda manifest: _report(found[0], manifest, release_draft.views),
    )


def _audited(release_draft: ReleaseDraft, facts: ReleaseFacts) -> Audit:
    recipe, lineage = release_draft.recipe, release_draft.lineage
    audit = audits.audit_views(
        release_draft.run,
        release_draft.views,
        recipe,
        release_draft.taxonomy,
        funnel=facts.funnel,
        version=facts.version,
        numbers=release_draft.numbers,
        styles=release_draft.styles,
        against=recipe.dedup.against,
        earlier=lineage.earlier,
        lineage=facts.lineage,
    )
    if recipe.gates is None:
        return audit
    return replace(
        audit, gates=gates.check_gates(recipe.gates, audit, with_releases=recipe.mode is not None)
    )


def _report(audit: Audit, manifest: Manifest, views: Sequence[View]) -> str:
    from artifacts.report.page import report_html  # loads the drawing library

    return report_html(audit, manifest=manifest, rows={view.config: view.rows for view in views})


def carried_rows(run: Run, *stages: str | None) -> pl.Series:
    """The keys of the rows that these stages took over; None stands for no stage."""
    found = [run.kept(stage, ["row"])["row"] for stage in stages if stage is not None]
    return pl.concat([pl.Series("row", [], dtype=pl.String), *found])


def shown_of(views: Sequence[View], rows: pl.Series) -> int:
    """How many of these rows any config shows."""
    if rows.is_empty():
        return 0
    shown = pl.concat(view.rows["row"] for view in views)
    return shown.filter(shown.is_in(rows.implode())).n_unique()


def with_carried(own: tuple[SourceRecord, ...], parent: Earlier | None) -> tuple[SourceRecord, ...]:
    """A run's own sources, and those of carried rows that are not the same ones."""
    if parent is None:
        return own
    known = {_terms(each) for each in own}
    more = [each for each in parent.manifest.sources if _terms(each) not in known]
    return (*own, *more)


def _terms(source: SourceRecord) -> tuple[object, ...]:
    return source.name, source.revision, source.sha256, source.license, source.redistribute


def source_records(run: Run, stage: str, files: Iterable[Source]) -> tuple[SourceRecord, ...]:
    """Every source of a run's seeds or base rows, by name, and how many rows it gave.

    Args:
        run: The run, whose stage is finished.
        stage: The stage with the seeds or the base rows.
        files: The files among the sources, those on the Hub pinned.
    """
    known = {source.name: source for source in files}
    told = ["source", "license", "redistribute"]
    counted = run.kept(stage, told).group_by(told).len().sort("source")
    return tuple(
        SourceRecord(
            name=row["source"],
            revision=known[row["source"]].commit if row["source"] in known else None,
            sha256=known[row["source"]].revision if row["source"] in known else None,
            license=row["license"],
            redistribute=row["redistribute"],
            rows=row["len"],
        )
        for row in counted.iter_rows(named=True)
    )
