"""What became of the rows at each stage of the run."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts import summary
from artifacts.audit_facts import Audit
from artifacts.figures.figure import Figure, of_rows
from artifacts.figures.forms.stacks import Stack, stacks
from artifacts.manifest import Manifest
from artifacts.summary import Table

_PARTS = ("kept", "dropped", "failed")


def funnel_figures(audit: Audit, manifest: Manifest | None) -> Iterator[Figure]:
    """Rows kept, dropped and failed by stage, from the manifest or else from the audit."""
    if manifest is not None and manifest.funnel:
        table = summary.funnel(manifest.funnel)
        rows = tuple(
            Stack(edge.stage, {"kept": edge.kept, "dropped": edge.dropped, "failed": edge.failed})
            for edge in manifest.funnel
        )
    elif audit.stages:
        table = _counted(audit)
        rows = tuple(Stack(str(name), {"kept": int(kept or 0)}) for name, _, kept in table.rows)
    else:
        return
    ends = [row.parts.get("kept", 0) for row in rows]
    yield Figure(
        key="funnel",
        section="funnel",
        title="Rows through the stages",
        rests_on=of_rows(max((sum(row.parts.values()) for row in rows), default=0))
        + " at the widest stage",
        alt=(
            f"Stacked bars, one for each of {len(rows)} stages: rows kept, dropped and failed. The"
            f" first stage keeps {ends[0]:,} rows, the last {ends[-1]:,}."
        ),
        svg=stacks(rows, _PARTS, "funnel", whole=False),
        table=table,
        note="A stage that writes (n children a parent) counts its texts; all others their rows.",
    )


def _counted(audit: Audit) -> Table:
    rows = (
        (each.stage, sum(each.before.values()), sum(each.after.values())) for each in audit.stages
    )
    return Table("Rows by stage", ("stage", "in", "kept"), tuple(rows))
