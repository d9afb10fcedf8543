"""The audit and the report of a patch: a release without the rows that people withdrew."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from artifacts.audit_facts import Audit
from artifacts.manifest import Manifest, ReleaseFacts
from artifacts.views import View
from flows.auditing.audits import audit_parts
from flows.auditing.comparing import earlier_releases
from flows.auditing.embedding import by_encoder
from flows.auditing.figures import main_figures
from flows.auditing.released import part_of
from flows.auditing.settings import encoder_spec, settings_in
from flows.versions.earlier import releases_before
from inference.encoders import Encoder


class PatchAudit:
    """Audits a patch before it is written, and draws its report.

    Gates are for what a recipe builds: whether people's decisions may break one is not for a
    recipe to say. `refusery audit PATCH --recipe RECIPE` holds them.

    Args:
        out: The output folder: runs, embeddings and earlier releases lie in it.
    """

    def __init__(self, out: Path) -> None:
        """Nothing is measured yet."""
        self._out = out
        self._found: tuple[Audit, Sequence[View]] | None = None

    def finish(self, views: Sequence[View], facts: ReleaseFacts) -> ReleaseFacts:
        """What is known of the patch, with the audit's main figures."""
        numbers = facts.mutations.numbers if facts.mutations else {}
        parts = tuple(
            part_of(each.config, each.rows, numbers, each.stage, each.where) for each in views
        )
        earlier = releases_before(self._out, facts.benchmark, facts.version)
        how = settings_in(facts.recipe.text, facts.benchmark)
        with closing(Encoder(encoder_spec(Path(), how.encoder), self._out / "embeddings")) as found:
            audit = audit_parts(
                facts,
                parts,
                self._out / "runs",
                by_encoder(found),
                against=earlier_releases(earlier, facts.lineage),
                settings=how,
            )
        self._found = (audit, views)
        return replace(facts, audit=main_figures(audit))

    def report(self, manifest: Manifest) -> str:
        """The patch's report."""
        from artifacts.report import report_html  # loads the drawing library

        if self._found is None:
            raise RuntimeError("a report is drawn after its audit")
        audit, views = self._found
        return report_html(
            audit, manifest=manifest, rows={each.config: each.rows for each in views}
        )
