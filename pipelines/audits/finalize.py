"""The last step of a release: audit, quality gates, what has changed, then the files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import polars as pl

from artifacts.audit_facts import AUDIT, Audit, write_audit
from artifacts.manifest import Manifest, Recipe, ReleaseFacts, SourceRecord
from artifacts.records import StageName
from artifacts.release import write_release
from artifacts.releases import Earlier
from artifacts.views import View
from auditing.figures import main_figures
from pipelines.audits.audits import audit_views
from pipelines.audits.gates import check_gates, require_gates
from pipelines.benchmark import ReleaseContent
from pipelines.recipe import taxonomy_of
from pipelines.recipe.loading import published
from pipelines.recipe.schema import Buildable
from pipelines.runner.run import Run
from pipelines.runner.run_facts import balance_of, cost_of, funnel_of, levels_of
from pipelines.sources import Source
from pipelines.stages.identities import Identities
from pipelines.versions.changes import changes_since, templates_of
from pipelines.versions.lineage import VersionLineage, lineage_of
from pipelines.versions.references import rows_of
from taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class _Draft:
    """A finished run that is about to be released."""

    run: Run
    recipe: Buildable
    taxonomy: Taxonomy
    lineage: VersionLineage
    content: ReleaseContent


def finalize_release(run: Run, recipe: Buildable, content: ReleaseContent) -> Manifest:
    """Writes the release of a finished run, or finds it written; a new one is audited first.

    The audit lies in the run's folder too, whether its gates hold or not.

    Args:
        run: The run, all of whose stages are finished.
        recipe: What it is of.
        content: What its benchmark has to say.

    Raises:
        RunBrokenError: An edge of the run does not add up.
        GateBrokenError: A gate of the recipe does not hold; no release is written then.
        ReleaseTakenError: This version is there with other data.
    """
    layout = run.context.layout
    draft = _Draft(run, recipe, taxonomy_of(recipe), lineage_of(recipe, layout), content)
    found: list[Audit] = []

    def complete(stated: ReleaseFacts) -> ReleaseFacts:
        audit = _audited(draft, stated)
        write_audit(layout.run / AUDIT, audit)
        require_gates(audit.gates)
        found.append(audit)
        return replace(
            stated,
            audit=main_figures(audit),
            gates=audit.gates,
            templates=templates_of(recipe),
            changes=changes_since(layout.out, content.views, stated),
        )

    return write_release(
        layout.release,
        content.views,
        content.own(_facts(draft)),
        template=content.template,
        complete=complete,
        report=lambda manifest: _report(found[0], manifest, content.views),
    )


def _facts(draft: _Draft) -> ReleaseFacts:
    """What every release says."""
    run, recipe, content = draft.run, draft.recipe, draft.content
    layout, lineage = run.context.layout, draft.lineage
    return ReleaseFacts(
        benchmark=recipe.benchmark,
        name="" if recipe.data_set == recipe.benchmark else recipe.data_set,
        version=layout.version,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        demo=recipe.release.demo,
        license=recipe.release.license,
        run=layout.run_name,
        recipe=Recipe.of(recipe.name, published(recipe)),
        models=Identities(recipe, layout.embeddings).all(content.idle),
        categories=draft.taxonomy.names,
        funnel=funnel_of(run),
        cost=cost_of(run),
        balance=balance_of(content.views, content.names),
        levels=levels_of(content.views),
        sources=_with_carried(source_records(run, content.roots, content.files), lineage.parent),
        lineage=lineage.lineage(_shown_of(content.views, content.carried), content.samples),
        tombstones=lineage.tombstones,
    )


def _audited(draft: _Draft, facts: ReleaseFacts) -> Audit:
    recipe, content = draft.recipe, draft.content
    audit = audit_views(
        draft.run,
        content.views,
        recipe,
        draft.taxonomy,
        funnel=facts.funnel,
        version=facts.version,
        numbers=content.numbers,
        styles=content.styles,
        against=recipe.dedup.against,
        earlier=draft.lineage.earlier,
        lineage=facts.lineage,
    )
    if recipe.gates is None:
        return audit
    return replace(
        audit, gates=check_gates(recipe.gates, audit, with_releases=recipe.mode is not None)
    )


def _report(audit: Audit, manifest: Manifest, views: Sequence[View]) -> str:
    from artifacts.report.page import report_html  # loads the drawing library

    return report_html(audit, manifest=manifest, rows={view.config: view.rows for view in views})


def carried_rows(run: Run, *stages: StageName | None) -> pl.Series:
    """The keys of the rows that these stages took over; None stands for no stage."""
    found = [run.kept(stage, ["row"])["row"] for stage in stages if stage is not None]
    return pl.concat([pl.Series("row", [], dtype=pl.String), *found])


def _shown_of(views: Sequence[View], rows: pl.Series) -> int:
    """How many of these rows any config shows."""
    if rows.is_empty():
        return 0
    shown = pl.concat(view.rows["row"] for view in views)
    return shown.filter(shown.is_in(rows.implode())).n_unique()


def _with_carried(
    own: tuple[SourceRecord, ...], parent: Earlier | None
) -> tuple[SourceRecord, ...]:
    """A run's own sources, and those of carried rows that are not the same ones."""
    if parent is None:
        return own
    known = {_terms(each) for each in own}
    stated = parent.manifest.sources or _unstated(parent)
    return (*own, *(each for each in stated if _terms(each) not in known))


def _unstated(parent: Earlier) -> tuple[SourceRecord, ...]:
    """The sources of a release whose manifest names none: nobody says what of it may be passed on.

    Without these records the release after next would take the terms of a source of the same name.
    """
    rows = rows_of(parent)
    told = [name for name in ("source", "license") if name in rows.columns]
    if "source" not in told:
        return ()
    counted = rows.group_by(told).len().sort(told)
    return tuple(
        SourceRecord(row["source"], None, None, row.get("license"), False, row["len"])
        for row in counted.iter_rows(named=True)
        if row["source"] is not None
    )


def _terms(source: SourceRecord) -> tuple[object, ...]:
    return source.name, source.revision, source.sha256, source.license, source.redistribute


def source_records(run: Run, stage: StageName, files: Iterable[Source]) -> tuple[SourceRecord, ...]:
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
