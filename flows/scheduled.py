"""How a scheduled run ends, and what it hands to a person."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed, Failed

from artifacts.audit_facts import MainFigure, QualityGateOutcome
from artifacts.hub.card import plan_tables
from artifacts.hub.plan import plan_publish
from artifacts.manifest import CARD, REPORT, Manifest
from artifacts.releases import Earlier, open_release, versions_of
from artifacts.summary import Cell, Table, configs_table, markdown
from auditing.data import GateBrokenError
from base.errors import ArtifactError, RefuseryError
from flows.error_report import written_report
from flows.errors import LibraryError
from pipelines.recipe import OrBench
from pipelines.recipe.schema import Buildable
from pipelines.runner.lock import RunLockedError

if TYPE_CHECKING:
    from flows.building import Result


def flow_of(recipe: Buildable) -> "Callable[[str, str, int | None, list[str]], Result]":
    """The flow that builds a recipe's release: recipe, out, limit, overrides."""
    if isinstance(recipe, OrBench):
        from flows.or_bench import or_bench

        return or_bench
    from flows.sorry_bench import sorry_bench

    return sorry_bench


def newest(out: Path, data_set: str) -> Earlier | None:
    """The newest release of a data set in the output folder; None where there is none.

    Raises:
        RecordUnreadableError: Its manifest is malformed.
    """
    versions = versions_of(out, data_set)
    return open_release(out / "releases" / data_set / versions[-1]) if versions else None


def same_data(old: Earlier, new: Earlier) -> bool:
    """Whether two releases hold the same shards, byte for byte."""
    return _shards(old) == _shards(new)


def _shards(release: Earlier) -> dict[str, str]:
    return {file.name: file.sha256 for config in release.manifest.configs for file in config.files}


Ending: TypeAlias = "State[Any]"

NOTHING_TO_DO = "NothingToDo"
GATE_BROKEN = "GateBroken"


def done(line: str) -> Ending:
    """The run did what it was for."""
    return Completed(message=line)


def nothing_to_do(line: str) -> Ending:
    """The run is well, and found everything as it should be; such an end has its own name."""
    if "nothing to do" not in line:
        line = f"nothing to do: {line}"
    return Completed(name=NOTHING_TO_DO, message=line)


def refused(error: RefuseryError, flow: str, out: Path) -> Ending:
    """Ends a run by an error of ours: its one line, and no traceback.

    A set that breaks a quality gate is a failed run with a name of its own, `GateBroken`. A run
    that meets another one of the same recipe is cancelled, as the server cancels one that meets
    itself. Of a fault of the program or a library, known by its type alone, a file below
    `out/errors/` says where it was.

    Args:
        error: What left the block of `contained`.
        flow: The flow's name.
        out: The output folder.
    """
    line = " ".join(str(error).split())
    if isinstance(error, LibraryError):
        path = written_report(error, f"flow: {flow}", out)
        line += f"; {path} says where, without texts" if path else ""
    if isinstance(error, GateBrokenError):
        return Failed(name=GATE_BROKEN, message=line)
    return Cancelled(message=line) if isinstance(error, RunLockedError) else Failed(message=line)


def handover(release: Earlier, repo: str | None) -> str:
    """A release as markdown for Prefect's interface: counts, sizes and names, no prompt text.

    Args:
        release: The release.
        repo: Where it would go; None where nobody has said.
    """
    found = release.manifest
    parts = [
        f"# {found.data_set} {found.version}",
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


def _gates(gates: tuple[QualityGateOutcome, ...]) -> Table:
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
