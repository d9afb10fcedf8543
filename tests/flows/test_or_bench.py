"""The whole flow through the command: real Prefect, real HTTP, a release that others can read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests import prefect_server
from tests.loopback import CATEGORIES, models, own_prefect, process_of, refusery, write_recipe
from tests.servers.counting import Call
from tests.servers.openai_server import serve

_RELEASE = Path("out/releases/or-bench/2026.11.0-limit3")
_LIMIT = ("--limit", "3")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the flow has been run twice; the second run asked nobody."""
    folder = tmp_path_factory.mktemp("built")
    with serve(models()) as server:
        recipe = write_recipe(folder, server.base_url)
        first = refusery("build", recipe, *_LIMIT, "--format", "csv", cwd=folder)
        assert first.returncode == 0, first.stderr
        (folder / "summary.txt").write_text(first.stdout)
        sent = len(server.calls)
        assert sent > 250
        again = refusery("build", recipe, *_LIMIT, "--quiet", cwd=folder)
        assert again.returncode == 0, again.stderr
        assert again.stdout.strip() == str(folder / _RELEASE)
        assert again.stderr == ""
        assert len(server.calls) == sent
    return folder


def _rows(folder: Path, config: str = "or-bench-main") -> pl.DataFrame:
    return pl.read_parquet(folder / _RELEASE / config / "*.parquet")


def test_the_release_has_every_category_and_its_lineage(built: Path) -> None:
    rows = _rows(built)
    assert set(rows["category"]) == set(CATEGORIES)
    assert rows["seed_id"].null_count() == 0
    assert "seed" not in rows.columns
    assert rows["id"].is_unique().all()
    assert rows["votes"].list.len().unique().to_list() == [3]
    assert rows.columns[:2] == ["prompt", "category"]


def test_the_summary_counts_and_says_what_to_do_next(built: Path) -> None:
    summary = (built / "summary.txt").read_text()
    assert "Released rows by category" in summary
    assert "Sounds risky:" in summary
    assert f"refusery verify {_RELEASE}" in summary
    assert not any(prompt in summary for prompt in _rows(built)["prompt"])


def test_datasets_reads_the_release(built: Path) -> None:
    code = (
        "import sys; from datasets import load_dataset;"
        "rows = load_dataset('parquet', data_dir=sys.argv[1], split='train');"
        "named = load_dataset(sys.argv[2], 'or-bench-main', split='train');"
        "print(rows.num_rows, named.num_rows)"
    )
    release = built / _RELEASE
    done = subprocess.run(
        [sys.executable, "-c", code, release / "or-bench-main", release],
        env=os.environ | {"HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": str(built / "cache")},
        capture_output=True,
        text=True,
    )
    height = _rows(built).height
    assert done.stdout.split() == [str(height), str(height)], done.stderr


def test_the_authors_files_stand_beside_it(built: Path) -> None:
    exports = Path("out/exports/or-bench/2026.11.0-limit3/csv")
    assert f"Exported:     {exports}" in (built / "summary.txt").read_text()
    assert not (built / _RELEASE / "csv").exists()
    text = (built / exports / "or-bench-main.csv").read_bytes()
    assert text.startswith(b"prompt,category\r\n")
    assert not text.endswith(b"\n")
    assert text.count(b"\r\n") == _rows(built).height


def test_verify_passes_and_names_a_touched_file_and_a_lost_row(built: Path) -> None:
    assert refusery("verify", _RELEASE, cwd=built).returncode == 0
    shard = next((built / _RELEASE / "or-bench-main").iterdir())
    whole = shard.read_bytes()
    shard.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    touched = refusery("verify", _RELEASE, cwd=built)
    shard.write_bytes(whole)
    assert touched.returncode == 1
    assert f"or-bench-main/{shard.name}: its bytes have changed" in touched.stdout
    table = next((built / "out/runs/loop/2026.11.0-limit3/clean-0").glob("kept-*.parquet"))
    kept = table.read_bytes()
    pl.read_parquet(table).head(-1).write_parquet(table)
    lost = refusery("verify", _RELEASE, cwd=built)
    table.write_bytes(kept)
    assert lost.returncode == 1
    assert "rewrite-0 -> clean-0: 1 row is lost" in lost.stdout


def test_no_prompt_text_enters_prefects_storage(built: Path) -> None:
    stored = prefect_server.stored()
    assert b"rewrite-0" in stored
    tables = built / "out/runs/loop/2026.11.0-limit3/clean_seeds"
    seeds = pl.read_parquet(tables / "kept-*.parquet")["text"]
    assert not seeds.is_empty()
    prompts = [*_rows(built)["prompt"], *seeds]
    assert not [prompt for prompt in prompts if prompt.encode() in stored]


def test_a_worker_in_another_process_finds_the_run_in_its_folder(built: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipelines.opening import join;"
        "from flows.benchmarks import benchmark_of;"
        "from artifacts.records import StageName;"
        "from pipelines.runner.jobs import Job, run_job;"
        "run = Path(sys.argv[1]); join(run, benchmark_of);"
        "done = run_job(Job(str(run), StageName('rewrite', 0), ('clean_seeds',), (), 0));"
        "print(done.fresh, done.records[0].stage)"
    )
    run = built / "out/runs/loop/2026.11.0-limit3"
    done = subprocess.run(
        [sys.executable, "-c", code, run], env=own_prefect(built), capture_output=True, text=True
    )
    assert done.stdout.split() == ["False", "rewrite-0"], done.stderr


@pytest.mark.slow
def test_a_changed_limit_calls_nobody_and_a_changed_temperature_does(built: Path) -> None:
    with serve(models()) as server:
        recipe = write_recipe(built, server.base_url)
        quick = ("--quiet", "--set", "models.a.rpm=100", "--set", "models.a.max_in_flight=3")
        assert refusery("build", recipe, *_LIMIT, *quick, cwd=built).returncode == 0
        assert server.calls == []
        warm = ("--quiet", "--set", "rewrite.temperature=0.9", "--set", "release.version=2026.12.0")
        assert refusery("build", recipe, *_LIMIT, *warm, cwd=built).returncode == 0
        assert len(server.calls) > 100


@pytest.mark.slow
def test_a_killed_command_goes_on_to_the_same_release(built: Path, tmp_path: Path) -> None:
    with serve(models(), latency_s=0.01) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        command = [sys.executable, "-m", "refusery", "build", str(recipe), *_LIMIT]
        victim = subprocess.Popen(
            command, cwd=tmp_path, env=own_prefect(tmp_path), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

        def kill(call: Call) -> None:
            if call.order == 150:
                os.killpg(victim.pid, signal.SIGKILL)

        server.faults = kill
        assert victim.wait(120) == -signal.SIGKILL
        server.faults, server.latency_s = lambda call: None, 0.0
        resumed = process_of("build", recipe, *_LIMIT, "--quiet", cwd=tmp_path)
        assert resumed.returncode == 0, resumed.stderr
        repeated = sum(count - 1 for count in server.counts().values())
    assert repeated <= 3 * 64  # three models, each with at most 64 calls in flight
    for config in ("or-bench-main", "or-bench-toxic"):
        calm, killed = (sorted((each / _RELEASE / config).glob("*")) for each in (built, tmp_path))
        assert [path.read_bytes() for path in calm] == [path.read_bytes() for path in killed]


def test_a_dead_server_is_one_line_and_nothing_is_lost(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, "http://127.0.0.1:9/v1")
    settings = ("--set", "models.writer.attempts=1", "--set", "toxic.from=[rewrites]")
    done = refusery("build", recipe, *_LIMIT, *settings, cwd=tmp_path)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last == (
        "refusery: model `writer` at http://127.0.0.1:9 cannot be reached (connection refused); "
        "what was answered is kept: start it and run the same command again"
    )
    assert "Traceback" not in done.stderr
    record = json.loads((tmp_path / "out/runs/loop/2026.11.0-limit3/run.json").read_text())
    assert record["stages"][-1]["name"] == "rewrite-0"


def test_a_run_folder_of_another_taxonomy_is_refused(built: Path) -> None:
    folder = built / "out/runs/loop/2026.11.0-limit3/run.json"
    content = folder.read_text()
    folder.write_text(content.replace('"or_bench"', '"another"'))
    done = refusery("build", built / "loop.yaml", *_LIMIT, cwd=built)
    folder.write_text(content)
    assert done.returncode == 2
    assert "taxonomy or_bench" in done.stderr
