"""The audit and the report of a patch, and the patch that people's decisions make."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from artifacts import audit_facts, releases, version_facts
from artifacts.manifest import Manifest, ReleaseFacts
from artifacts.views import View
from auditing import embedding, figures
from inference.encoders import Encoder
from people import errors, release_findings, release_review
from people.released import open_released
from people.sheet import absent, require_one_export
from pipelines.audits.audits import audit_parts
from pipelines.audits.comparisons import earlier_releases
from pipelines.audits.released import part_of
from pipelines.audits.settings import encoder_spec, settings_in
from pipelines.versions.patches import Finish, Patch, withdraw


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
        self._found: tuple[audit_facts.Audit, Sequence[View]] | None = None

    def finish(self, views: Sequence[View], facts: ReleaseFacts) -> ReleaseFacts:
        """What is known of the patch, with the audit's main figures."""
        numbers = facts.mutations.numbers if facts.mutations else {}
        parts = tuple(
            part_of(each.config, each.rows, numbers, each.stage, each.where) for each in views
        )
        earlier = releases.releases_before(self._out, facts.data_set, facts.version)
        run = self._out / "runs" / facts.run
        how = settings_in(facts.recipe.text, facts.benchmark, run)
        with closing(Encoder(encoder_spec(Path(), how.encoder), self._out / "embeddings")) as found:
            audit = audit_parts(
                facts,
                parts,
                self._out / "runs",
                embedding.by_encoder(found),
                against=earlier_releases(earlier, facts.lineage),
                settings=how,
            )
        self._found = (audit, views)
        return replace(facts, audit=figures.main_figures(audit))

    def report(self, manifest: Manifest) -> str:
        """The patch's report."""
        from artifacts.report.page import report_html  # loads the drawing library

        if self._found is None:
            raise RuntimeError("a report is drawn after its audit")
        audit, views = self._found
        return report_html(
            audit, manifest=manifest, rows={each.config: each.rows for each in views}
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a review.

    Attributes:
        facts: What manifest and card say of it.
        notices: What of the tables does not count, and which are not there, a line each.
        withdrawn: Rows that go, the mutations of a rejected base row not included.
        patch: The patch version; None where none was to be written.
    """

    facts: version_facts.ReviewFacts
    notices: tuple[str, ...]
    withdrawn: int
    patch: Patch | None


def decide(
    paths: Sequence[Path],
    folder: Path,
    *,
    write: bool = True,
    finish: Finish | None = None,
    report: Callable[[Manifest], str] | None = None,
) -> Decided:
    """Writes the patch version that people's decisions make of a release.

    A row goes where more than half of those want it out who say whether they do; a tie stays.

    Args:
        paths: One table a person, as spreadsheets saved them.
        folder: The release that they were exported from; it is only read.
        write: Whether to write the patch, or only to say what would come of it.
        finish: Adds the figures that are measured on the new rows; None for none.
        report: Draws the new release's report; None for none.

    Raises:
        RecordUnreadableError: The folder holds no release.
        ReviewUnusableError: A table breaks a rule of review tables, or nobody decided anything.
        PatchRefusedError: The release's version is no number.
        FileUnwritableError: The patch cannot be written.
    """
    released = open_released(folder)
    sheets = [release_review.read_release_sheet(path, released) for path in paths]
    require_one_export(sheets)
    findings = release_findings.find(sheets, released)
    if not any(word.decides for sheet in sheets for word in sheet.words.values()):
        names = ", ".join(sheet.path.name for sheet in sheets)
        raise errors.ReviewUnusableError("a review must hold at least one decision", names)
    facts = release_findings.review_facts(sheets, findings, released)
    reasons = {found.id: found.reason for found in findings if found.rejected}
    patch = None
    if write:
        patch = withdraw(released.release, reasons, facts, finish=finish, report=report)
    notices = [line for sheet in sheets for line in release_review.release_notices(sheet)]
    return Decided(facts, (*notices, *absent(sheets)), len(reasons), patch)
