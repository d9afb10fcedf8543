"""What a scheduled run hands to a person: a release in figures, and the plan to publish it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from artifacts.audit_facts import GateOutcome, MainFigure
from artifacts.errors import ArtifactError
from artifacts.hub import plan_publish, plan_tables
from artifacts.manifest import CARD, REPORT, Manifest
from artifacts.subset_summary import configs_table
from artifacts.summary import Cell, Table, markdown
from flows.versions.earlier import Earlier


def handover(release: Earlier, repo: str | None) -> str:
    """A release as markdown for Prefect's interface: counts, sizes and names, no prompt text.

    Args:
        release: The release.
        repo: Where it would go; None where nobody has said.
    """
    found = release.manifest
    parts = [
        f"# {found.benchmark} {found.version}",
        f"Release: `{release.path}`",
        f"To read first: `{_to_read(release)}`",
        *_demo(found),
        markdown(_tables(found)),
        "## To publish it",
        *_publishing(release, repo),
    ]
    return "\n\n".join(parts) + "\n"


def _to_read(release: Earlier) -> Path:
    report = release.path / REPORT
    return report if report.exists() else release.path / CARD


def _demo(found: Manifest) -> Iterator[str]:
    if found.demo:
        yield "A demonstration by a small model: it shows that the pipeline works, nothing more."


def _tables(found: Manifest) -> Iterator[Table]:
    yield configs_table(found.configs, found.balance)
    if found.gates:
        yield _gates(found.gates)
    if found.audit:
        yield _figures(found.audit)
    if found.changes is not None:
        header = ("config", "added", "removed", "kept", "relabelled", "moved in", "moved out")
        rows = tuple(
            (
                *(each.config, each.added, each.removed, each.kept),
                *(each.relabelled, each.moved_in, each.moved_out),
            )
            for each in found.changes.configs
        )
        yield Table(f"Changes since {found.changes.since.version}", header, rows)


def _gates(gates: tuple[GateOutcome, ...]) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.gate, each.bound, each.value, "holds" if each.held else "broken", each.config)
        for each in gates
    )
    return Table("Gates", ("gate", "bound", "found", "verdict", "config"), rows)


def _figures(figures: tuple[MainFigure, ...]) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.name, each.config, each.value, each.rows) for each in figures
    )
    return Table("Audit", ("figure", "config", "value", "rows"), rows)


def _publishing(release: Earlier, repo: str | None) -> Iterator[str]:
    if repo is None:
        yield "Nobody has said where to: a person starts the deployment `publish` with"
        yield _command(release.path, "OWNER/NAME")
        return
    try:
        yield _planned(release.path, repo)
    except ArtifactError as error:
        yield f"As things stand it would be refused: {' '.join(str(error).split())}"
    yield "A person starts it with"
    yield _command(release.path, repo)


def _planned(release: Path, repo: str) -> str:
    """The plan with its operations; the Hub is asked what it has, and sent nothing."""
    return markdown(plan_tables(plan_publish(release, repo)))


def _command(release: Path, repo: str) -> str:
    return (
        f"```\nprefect deployment run publish/publish --param release={release} "
        f"--param repo={repo}\n```"
    )
