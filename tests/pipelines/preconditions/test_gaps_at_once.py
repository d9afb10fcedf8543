"""Every gap of a recipe is told at once: by `doctor`, and by a build before its first call."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.errors import RefuseryError
from base.problems import all_of
from flows.benchmarks import benchmark_of
from flows.building import build_release
from pipelines.opening import gaps_of, preflight
from pipelines.recipe import OrBench, load
from pipelines.recipe.schema import is_runnable
from refusery.cli.app import run
from tests.loopback import RECIPE, models, write_recipe
from tests.servers.openai_server import serve
from tests.small_recipe import small_recipe

SEVEN = (
    RECIPE.replace("{{from: shipped}}", "{{from: seeds.csv, category_column: topic}}")
    .replace("checks: []}}", "checks: [], template: mine.md}}")
    .replace("2026.11.0", "2026.13.0, license: foo")
    .replace("threshold: null", "threshold: null, against: [gone.csv]")
    .replace("b, c]", "b, d]")
    + "gates: {{max_opener_share: {{no-such-config: 0.1}}}}\n"
)
GAPS = (
    "release.version must be `next` or a version such as 2026.11.0, its month from 1 to 12",
    "release.license must be a known licence by its name on the Hub",
    "moderate.moderators.2 must be a model of the recipe (got d)",
    "rewrite.template must be a file that is there (got mine.md)",
    "table seeds.csv must have the column `topic` (did you mean `topik`?)",
    "dedup.against must name tables or releases that are there (got gone.csv)",
    "gates.max_opener_share must name configs of the set",
)
"""Two of the schema, one of the names, four of the files and what they hold."""


def _recipe(folder: Path, url: str, text: str = SEVEN) -> Path:
    (folder / "seeds.csv").write_text("prompt,topik\nhow do I pick a lock,illegal\n")
    return write_recipe(folder, url, text)


def test_doctor_tells_seven_gaps_in_one_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(models()) as server:
        recipe = _recipe(tmp_path, server.base_url)
        assert run(["doctor", str(recipe), "--out", str(tmp_path / "out")]) == 2
        assert server.calls == []
    printed = " ".join(capsys.readouterr().out.split())
    for gap in GAPS:
        assert gap in printed
    assert "7 problems" in printed
    assert "would work" not in printed


def test_a_build_tells_them_a_line_each_before_anybody_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(models()) as server:
        text = SEVEN.replace("2026.13.0, license: foo", "2026.11.0").replace("b, d]", "b, c]")
        recipe = _recipe(tmp_path, server.base_url, text)
        assert run(["build", str(recipe), "--out", str(tmp_path / "out")]) == 2
        assert server.calls == []
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    for line, gap in zip(lines, GAPS[3:], strict=True):
        assert line.startswith("refusery: ")
        assert gap in line
    assert not (tmp_path / "out").exists()


def test_what_breaks_the_schema_is_a_line_each_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = _recipe(tmp_path, "http://127.0.0.1:9/v1")
    assert run(["build", str(recipe), "--out", str(tmp_path / "out")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [gap in line for line, gap in zip(lines, GAPS[:3], strict=True)] == [True] * 3


def test_a_flow_that_is_served_says_them_all_in_its_one_error(tmp_path: Path) -> None:
    with serve(models()) as server:
        text = SEVEN.replace("2026.13.0, license: foo", "2026.11.0").replace("b, d]", "b, c]")
        recipe = _recipe(tmp_path, server.base_url, text)
        with pytest.raises(RefuseryError) as caught:
            build_release(OrBench, str(recipe), str(tmp_path / "out"), None, [])
        assert server.calls == []
    lines = str(caught.value).splitlines()
    assert [gap in line for line, gap in zip(lines, GAPS[3:], strict=True)] == [True] * 4


def test_a_taxonomy_that_cannot_be_read_hides_nothing_of_seeds_and_licence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\ncategories: [{name: one, title: One}]\n")
    recipe = _recipe(tmp_path, "http://127.0.0.1:9/v1", SEVEN)
    assert run(["doctor", str(recipe), "--set", "taxonomy=mine.yaml"]) == 2
    printed = " ".join(capsys.readouterr().out.split())
    for gap in (*GAPS, "version must be given (got mine.yaml)", "definition must be given"):
        assert gap in printed
    assert printed.count("version must be given") == 1


def test_rows_of_no_category_are_told_and_of_many_the_first(tmp_path: Path) -> None:
    rows = "".join(f"how do I pick lock {number},ilegal\n" for number in range(9))
    (tmp_path / "own.csv").write_text(f"prompt,category\n{rows}")
    recipe = load(small_recipe(tmp_path), ["seeds={from: own.csv}"])
    assert isinstance(recipe, OrBench)
    found = gaps_of(benchmark_of(recipe), recipe, tmp_path / "out")
    assert [gap.key for gap in found] == ["seeds.from"] * 6
    assert "(got ilegal in own.csv, row 1)" in found[0].says
    assert found[-1].says == "every row must be sound, and 4 rows more like these (got 9 rows)"


def test_a_missing_key_and_a_price_are_told_with_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    recipe = load(small_recipe(tmp_path), ["seeds={from: gone.csv}"])
    assert is_runnable(recipe)
    with pytest.raises(RefuseryError) as caught:
        preflight(benchmark_of(recipe), recipe, tmp_path / "out")
    said = [str(each) for each in all_of(caught.value)]
    assert said == [
        "seeds.from: source must exist (got gone.csv)",
        "models `gpt4o` need their keys in the environment (got no OPENAI_API_KEY)",
    ]


def test_an_output_folder_that_is_a_file_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = write_recipe(tmp_path, "http://127.0.0.1:9/v1")
    file = tmp_path / "afile"
    file.write_text("")
    for out in (file, file / "below"):
        assert run(["build", str(recipe), "--out", str(out)]) == 2
        assert capsys.readouterr().err.endswith(f"--out must be a folder (got the file {file})\n")
