"""The Prefect flow of the weekly audit: it runs `pipelines.audits`.

Its parameters are names and paths; its artifacts hold counts and shares, no prompt text and no
opening words.
"""

from pathlib import Path

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from artifacts.audit_facts import AUDIT, Audit
from artifacts.figures.gallery import audit_tables
from artifacts.manifest import MANIFEST
from artifacts.releases import versions_of
from artifacts.summary import markdown
from base.errors import RefuseryError
from base.formats import markdown_text
from flows.errors import contained
from flows.run_names import of_release
from flows.scheduled import Ending, done, nothing_to_do, refused
from flows.served_lines import ended, tell_end, tell_start
from pipelines.audits.gates import require_gates
from pipelines.audits.released import open_sound
from pipelines.audits.run import Wanted, do_audit, folder_of


@flow(
    name="audit",
    flow_run_name=of_release("audit"),
    on_running=[tell_start],
    on_cancellation=[tell_end],
    on_crashed=[tell_end],
    persist_result=False,
    log_prints=False,
    validate_parameters=True,
)
def audit(
    release: str,
    out: str = "out",
    recipe: str | None = None,
    against: list[str] | None = None,
    overrides: list[str] | None = None,
) -> Ending:
    """Audits a release: every hash, then every figure, then the recipe's gates.

    A release that is sound and was audited before, with nothing to hold it against, is left alone.

    Args:
        release: The release's folder, or a data set's name for its newest release in `out`.
        out: The output folder.
        recipe: The recipe whose gates must hold; None for figures alone.
        against: Releases, tables and `hf://` files that rows are held against too.
        overrides: `key=value` settings over the recipe.
    """
    try:
        with contained():
            folder = _folder(release, Path(out))
            if folder is None:
                return ended(nothing_to_do(f"there is no release of {release} yet"))
            wanted = Wanted(
                path=folder,
                recipe=Path(recipe) if recipe else None,
                against=tuple(against or ()),
                overrides=tuple(overrides or ()),
                cache=Path(out),
            )
            return ended(_audited(wanted))
    except RefuseryError as error:
        return ended(refused(error, "audit", Path(out)))


def _audited(wanted: Wanted) -> Ending:
    manifest = open_sound(wanted.path)
    called = f"{manifest.data_set} {manifest.version}"
    written = folder_of(wanted, manifest) / AUDIT
    asked_for_more = wanted.recipe is not None or bool(wanted.against)
    if written.exists() and not asked_for_more and _is_newer(written, wanted.path / MANIFEST):
        return nothing_to_do(f"{called} is sound and was audited before")
    found = do_audit(wanted)
    _show(manifest.data_set, found.audit)
    require_gates(found.audit.gates)
    rows = sum(found.audit.rows.values())
    gates = f"{len(found.audit.gates)} gates hold"
    return done(f"{called}: {rows:,} rows audited, {gates}; {written.parent}")


def _folder(release: str, out: Path) -> Path | None:
    """The release's folder; the newest one of a data set by its name, None where it has none."""
    if (Path(release) / MANIFEST).exists() or "/" in release:
        return Path(release)
    versions = versions_of(out, release)
    return out / "releases" / release / versions[-1] if versions else None


def _is_newer(path: Path, other: Path) -> bool:
    return path.stat().st_mtime >= other.stat().st_mtime


def _show(data_set: str, found: Audit) -> None:
    """The figures as tables in Prefect's interface; the same stand in the audit's file."""
    called = markdown_text(found.name)
    create_markdown_artifact(
        markdown(audit_tables(found)),
        key=f"{data_set}-audit",
        description=f"Every figure of the audit of {called}",
    )
    rows = [{"config": markdown_text(name), "rows": rows} for name, rows in found.rows.items()]
    create_table_artifact(rows, key=f"{data_set}-audit-rows", description=f"Rows of {called}")
