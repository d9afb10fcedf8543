from __future__ import annotations

from pathlib import Path

import pytest

from tests.loopback import refusery
from tests.mutation_set import bases, small_taxonomy, write_base

_RECIPE = """\
benchmark: sorry-bench
taxonomy: small.yaml
base: {from: base.jsonl, license: cc-by-4.0, redistribute: true}
mutate: {styles: [caesar, atbash]}
release: {version: 2026.11.0}
"""
_RUN = "out/runs/mine/2026.11.0"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished run."""
    folder = tmp_path_factory.mktemp("built")
    write_base(folder, bases(1))
    small_taxonomy(folder, 1)
    (folder / "mine.yaml").write_text(_RECIPE)
    done = refusery("build", "mine.yaml", "--quiet", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("given", [_RUN, "out/releases/sorry-bench/2026.11.0"])
def test_a_run_is_browsed_by_its_folder_or_its_release(built: Path, given: str) -> None:
    done = refusery("browse", given, cwd=built)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("10 seeds: ")
    page = (built / _RUN / "seeds.html").read_text()
    assert page.count("rude") >= 10
    assert "rude" not in done.stdout
    assert not [*(built / "out/releases").rglob("seeds.html")]


def test_a_run_that_was_browsed_still_verifies(built: Path) -> None:
    refusery("browse", _RUN, cwd=built)
    done = refusery("verify", "out/releases/sorry-bench/2026.11.0", cwd=built)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([_RUN, "--out", "seeds.txt"], "--out must be a file that ends in .html"),
        ([_RUN, "--category", "nothing"], "--category must be one of the run's: "),
        (
            [_RUN, "--out", "out/releases/sorry-bench/2026.11.0/seeds.html"],
            "a release is immutable: a file must be written outside its folder",
        ),
        (["nowhere"], "a run's folder or a release must be given"),
    ],
)
def test_a_mistake_is_one_line(built: Path, arguments: list[str], says: str) -> None:
    done = refusery("browse", *arguments, cwd=built)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
