"""The verb as a user runs it: real Prefect, one folder with all that an evaluation leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from artifacts.evaluation_facts import EVALUATION, read_evaluation
from tests import prefect_server
from tests.evaluation.evaluations import write_prompts, write_recipe
from tests.loopback import own_prefect, refusery
from tests.servers.openai_server import serve
from tests.servers.refusers import Refusers

RESULTS = Path("out/evaluations/evaluation")
MARKER = "xyzzymarker"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the verb has run twice; the second run asked nobody."""
    folder = tmp_path_factory.mktemp("evaluated")
    write_prompts(folder / "safe.csv", 8, word=f"{MARKER} prompt")
    write_prompts(folder / "toxic.csv", 6, word=f"{MARKER} unsafe prompt")
    shares = {name: {"unsafe": 0.9, "": 0.3} for name in ("a", "b", "c")}
    with serve(Refusers(shares)) as server:
        data = {"safe": {"from": "safe.csv"}, "toxic": {"from": "toxic.csv"}}
        recipe = write_recipe(folder, server.base_url, ["a", "b", "c"], data)
        first = refusery("evaluate", recipe, cwd=folder)
        assert first.returncode == 0, first.stderr
        (folder / "said.txt").write_text(first.stdout + first.stderr)
        sent = len(server.calls)
        assert sent == 3 * 14
        again = refusery("evaluate", recipe, "--quiet", cwd=folder)
        assert again.stdout.strip() == str(folder / RESULTS), again.stderr
        assert len(server.calls) == sent
    return folder


def test_it_prints_rates_with_n_and_interval_and_no_prompt(built: Path) -> None:
    said = (built / "said.txt").read_text()
    assert "safe: 8 rows of safe.csv (over-refusal)" in said
    assert "95 %" in said
    assert "Spearman's rho" in said
    assert "Model calls: 42 made now" in said
    assert MARKER not in said


def test_its_folder_has_record_tables_figures_and_page(built: Path) -> None:
    folder = built / RESULTS
    found = read_evaluation(folder / EVALUATION)
    assert {each.target for each in found.rates} == {"a", "b", "c"}
    assert pl.read_parquet(folder / "verdicts.parquet").height == 42
    assert pl.read_parquet(folder / "answers.parquet").height == 42
    assert (folder / "index.html").is_file()
    assert len(list((folder / "figures").glob("*.svg"))) >= 4


def test_only_the_table_of_answers_holds_prompts(built: Path) -> None:
    folder = built / RESULTS
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "answers.parquet":
            assert MARKER.encode() not in path.read_bytes(), path.name
    verdicts = pl.read_parquet(folder / "verdicts.parquet")
    assert not any(MARKER in str(value) for row in verdicts.iter_rows() for value in row)


def test_no_prompt_enters_prefects_storage(built: Path) -> None:
    stored = prefect_server.stored()
    assert b"answers.safe.a.cold" in stored
    assert MARKER.encode() not in stored


def test_build_refuses_an_evaluation_and_evaluate_a_data_set(built: Path) -> None:
    done = refusery("build", built / "evaluation.yaml", cwd=built)
    assert done.returncode == 2
    assert "build takes a recipe of or-bench or sorry-bench (got evaluation)" in done.stderr


def test_plan_and_doctor_know_what_it_would_ask(built: Path) -> None:
    planned = refusery("plan", built / "evaluation.yaml", cwd=built)
    assert planned.returncode == 0, planned.stderr
    assert "prompts: safe" in planned.stdout
    assert "answers" in planned.stdout
    assert "Price: 0.00 US dollars" in planned.stdout
    looked = refusery("doctor", built / "evaluation.yaml", cwd=built)
    assert "safe.csv has 8 prompts, for over-refusal" in looked.stdout


@pytest.mark.slow
def test_a_worker_in_another_process_finds_the_run_in_its_folder(built: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipelines.opening import join;"
        "from flows.benchmarks import benchmark_of;"
        "from artifacts.records import StageName;"
        "from pipelines.runner.jobs import Job, run_job;"
        "asked = StageName('answers', data='safe', target='a', setting='cold');"
        "run = Path(sys.argv[1]); join(run, benchmark_of);"
        "done = run_job(Job(str(run), asked, ('prompts.safe',), (), 0));"
        "print(done.fresh, done.records[0].stage)"
    )
    run = built / "out/runs/evaluation/evaluation"
    done = subprocess.run(
        [sys.executable, "-c", code, run], env=own_prefect(built), capture_output=True, text=True
    )
    assert done.stdout.split() == ["False", "answers.safe.a.cold"], done.stderr
