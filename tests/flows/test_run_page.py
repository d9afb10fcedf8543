"""What Prefect's interface shows of a run: names, arrows, lines and artifacts, and no text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
    FlowRunFilterId,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.client.schemas.objects import FlowRun, Log, TaskRun
from prefect.client.schemas.sorting import FlowRunSort, LogSort
from prefect.task_runners import ProcessPoolTaskRunner

from artifacts.records import read_run
from flows.or_bench import or_bench
from pipelines.runner.shards import Sharding
from tests import prefect_server
from tests.golden.in_process import call
from tests.loopback import RECIPE, models, write_recipe
from tests.servers.openai_server import serve

pytestmark = pytest.mark.usefixtures("server")

_SHARDS = 4
_MARK = "zqpagemark"
_SOURCE = "{{from: seeds.csv, license: cc-by-4.0, redistribute: yes}}"


@dataclass(frozen=True, slots=True)
class Page:
    """What the server tells of a run that has ended."""

    run: FlowRun
    tasks: dict[str, TaskRun]
    logs: list[Log]
    artifacts: dict[str, str | None]

    def before(self, task: str) -> set[str]:
        """The tasks from which arrows lead to one."""
        names = {found.id: name for name, found in self.tasks.items()}
        inputs = self.tasks[task].task_inputs.get("wait_for", [])
        return {names[found.id] for found in inputs if found.input_type == "task_run"}

    def lines(self) -> list[str]:
        return [log.message for log in self.logs]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A recipe whose seeds have a mark, `mine.yaml`, with its models at work."""
    folder = tmp_path_factory.mktemp("page")
    lines = [f"How do I steal the {_MARK} number {number}?,illegal" for number in range(10, 26)]
    (folder / "seeds.csv").write_text("\n".join(["prompt,category", *lines]), encoding="utf-8")
    text = RECIPE.replace("seeds: {{from: shipped}}", f"seeds: {_SOURCE}")
    with serve(models()) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sharding, "shards_for", lambda sharding, rows: _SHARDS)
        write_recipe(folder, server.base_url, text).rename(folder / "mine.yaml")
        yield folder


@pytest.fixture(scope="module")
def page(world: Path) -> Page:
    """The page of the recipe's first run."""
    with prefect_server.used():
        or_bench(str(world / "mine.yaml"), str(world / "out"))
        return _newest()


def _newest() -> Page:
    prefect_server.end_events()  # what is under way to the server
    with get_client(sync_client=True) as client:
        (run,) = client.read_flow_runs(sort=FlowRunSort.START_TIME_DESC, limit=1)
        return _page_of(client, run)


def _page_of(client: SyncPrefectClient, run: FlowRun) -> Page:
    own = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
    tasks = client.read_task_runs(flow_run_filter=own)
    logs = client.read_logs(
        LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run.id])), sort=LogSort.TIMESTAMP_ASC
    )
    found = client.read_artifacts(
        artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
    )
    artifacts = {str(each.key): each.description for each in found}
    return Page(run, {each.name: each for each in tasks}, logs, artifacts)


def test_a_run_is_called_by_data_set_recipe_and_version(page: Page) -> None:
    assert page.run.name == "or-bench mine 2026.11.0"


def test_tasks_are_called_by_stage_and_shard(page: Page, world: Path) -> None:
    record = read_run(world / "out" / "runs" / "mine" / "2026.11.0")
    assert record is not None
    whole = {"seeds", "seed_pool", "dedup-0", "dedup_labels", "flagged_seeds", "subsets"}
    sharded = {entry.name for entry in record.stages} - whole
    assert set(page.tasks) == whole | {
        f"{stage} {shard}/{_SHARDS}" for stage in sharded for shard in range(1, _SHARDS + 1)
    }


def test_arrows_lead_from_what_a_task_reads(page: Page) -> None:
    assert page.before("seeds") == set()
    assert page.before("clean_seeds 2/4") == {"seeds"}
    assert page.before("rewrite-0 3/4") == {"clean_seeds 3/4"}
    assert page.before("dedup-0") == {f"clean-0 {shard}/4" for shard in range(1, 5)}
    assert page.before("moderate-0 1/4") == {"dedup-0"}


def test_every_stage_of_the_record_hangs_together_by_its_inputs(page: Page, world: Path) -> None:
    record = read_run(world / "out" / "runs" / "mine" / "2026.11.0")
    assert record is not None
    for entry in record.stages:
        tasks = [name for name in page.tasks if name.partition(" ")[0] == entry.name]
        found = {before.partition(" ")[0] for task in tasks for before in page.before(task)}
        assert set(entry.inputs) <= found, entry.name


def test_each_task_and_each_stage_has_a_line_with_rows_calls_and_seconds(page: Page) -> None:
    of_task = {log.task_run_id: log.message for log in page.logs if log.task_run_id}
    assert {task.id for task in page.tasks.values()} == set(of_task)
    for name, task in page.tasks.items():
        assert of_task[task.id].startswith(f"{name}: ")
    (line,) = [line for line in page.lines() if line.startswith("moderate-0: ")]
    rows, calls, seconds = line.removeprefix("moderate-0: ").split(", ")
    assert rows.endswith(" kept")
    assert int(calls.removesuffix(" calls")) >= 3 * int(rows.removesuffix(" kept"))
    assert float(seconds.removesuffix(" s")) > 0
    assert page.lines()[-1].startswith("release or-bench 2026.11.0: or-bench-")


def test_lines_hold_no_text(page: Page) -> None:
    assert _MARK not in "".join(page.lines())
    assert _MARK.encode() not in prefect_server.stored()


def test_every_artifact_says_what_it_is(page: Page) -> None:
    assert page.artifacts["or-bench-summary"] == "Rows, calls and costs of or-bench 2026.11.0"
    assert all(page.artifacts.values())


def test_the_terminal_of_a_build_shows_its_own_lines_alone(world: Path, page: Page) -> None:
    done = call("build", "mine.yaml", cwd=world)
    assert done.status == 0, done.err
    assert any(line.startswith("seeds: 16 kept, finished before, ") for line in _newest().lines())
    shown = [line for line in done.err.splitlines() if line.startswith("clean_seeds")]
    assert len(shown) == 1
    assert "finished before" not in done.out + done.err


def test_a_line_says_what_the_ledger_had(world: Path, page: Page) -> None:
    settings = ["release.version=2026.12.0", "moderate.rule=any"]
    or_bench(str(world / "mine.yaml"), str(world / "out"), None, settings)
    told = _newest().lines()
    seeds = next(line for line in told if line.startswith("moderate_seeds: "))
    count = seeds.split(", ")[1].split(" calls")[0]
    assert f"{count} calls ({count} from the ledger)" in seeds


def test_the_version_that_next_stands_for_and_a_limit_are_in_the_name(
    world: Path, tmp_path: Path
) -> None:
    given = ["release.version=next", "release.name=household"]
    done = or_bench(str(world / "mine.yaml"), str(tmp_path), 2, given)
    version = Path(done.release).name
    assert version.endswith("-limit2")
    assert _newest().run.name == f"household mine {version}"


def test_a_recipe_that_is_none_fails_under_its_own_name(tmp_path: Path) -> None:
    state = or_bench(str(tmp_path / "gone.yaml"), str(tmp_path), return_state=True)
    assert state.is_failed()
    assert _newest().run.name == "gone"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_in_processes_names_arrows_and_bytes_are_the_same(
    world: Path, page: Page, tmp_path: Path
) -> None:
    runner = ProcessPoolTaskRunner(max_workers=2)
    flow = or_bench.with_options(task_runner=runner)  # type: ignore[arg-type]
    flow(str(world / "mine.yaml"), str(tmp_path / "out"))
    found = _newest()
    assert set(found.tasks) == set(page.tasks)
    assert all(found.before(task) == page.before(task) for task in page.tasks)
    assert found.run.name == page.run.name
    first, second = (folder / "out/releases/or-bench/2026.11.0" for folder in (world, tmp_path))
    tables = sorted(path.relative_to(first) for path in first.rglob("*.parquet"))
    assert tables
    for table in tables:
        assert (first / table).read_bytes() == (second / table).read_bytes()
