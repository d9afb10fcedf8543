"""`refusery hard` on a run of known answers: every figure is what a table says by hand."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flows.benchmarks import benchmark_of
from pipelines.opening import open_run
from pipelines.recipe import OrBench, load
from pipelines.runner.context import forget, keep
from pipelines.runner.run import Run
from refusery.cli.app import run
from tests.known_models import Case, models
from tests.servers.behaviours import Router
from tests.servers.judges import Said
from tests.servers.openai_server import Server, serve


def _case(number: str, category: str, targets: str) -> Case:
    return Case(number, category, "sss", "", "", f"{targets}aaa", "safe", False, "", "")


# By phrases 01 has 3 refusals, 02 1, 03 0, 04 2, 05 2, 07 1. The judge model takes all answers to
# 03 for refusals and none of those to 04, and says nothing usable of 05, of whose answers one is
# a signal and needs no judge. 06 was not answered by everybody.
CASES = (
    _case("01", "deception", "rrr"),
    _case("02", "deception", "raa"),
    _case("03", "harmful", "aaa"),
    _case("04", "harmful", "rra"),
    _case("05", "hate", "rma"),
    _case("06", "hate", "rae"),
    _case("07", "illegal", "aai"),
)
_JUDGE = {"number 03": "0", "number 04": "1", "number 05": "Well.", "can't help": "0"}
_RECIPE = """\
benchmark: or-bench
models:
  writer: {{provider: openai, base_url: "{url}", model: writer, price: free}}
  mod: {{provider: openai, base_url: "{url}", model: mod-a, price: free}}
  t1: {{provider: openai, base_url: "{url}", model: t1, family: llama, price: free}}
  t2: {{provider: openai, base_url: "{url}", model: t2, family: llama, price: free}}
  t3: {{provider: openai, base_url: "{url}", model: t3, family: qwen, price: free}}
  judge: {{provider: openai, base_url: "{url}", model: judge, price: free}}
seeds: {{from: seeds.csv, license: cc0-1.0, redistribute: true}}
rewrite: {{writer: writer, per_seed: 1, checks: []}}
dedup: {{threshold: null}}
moderate: {{moderators: [mod]}}
panel: {{targets: [t1, t2, t3], max_tokens: 40}}
hard: {{at: 2}}
release: {{version: 2026.11.0}}
"""
SCORES = "{kind: llm, model: judge, labels: sorry-bench, design: score, name: scores}"


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished run's folder, and the server that its models are behind."""

    folder: Path
    server: Server

    def report(self, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
        """What the verb prints as JSON."""
        assert run(["hard", str(self.folder), "--json", *options]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    folder = tmp_path_factory.mktemp("hard")
    with (folder / "seeds.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerows([("prompt", "category"), *((each.seed, each.category) for each in CASES)])
    with serve(Router({**models(CASES), "judge": Said(_JUDGE, otherwise="1")})) as server:
        path = folder / "small.yaml"
        path.write_text(_RECIPE.format(url=server.base_url), encoding="utf-8")
        recipe = load(path)
        assert isinstance(recipe, OrBench)
        context, record = open_run(benchmark_of(recipe), recipe, folder / "out", None)
        keep(context)
        try:
            Run(context, record).build()
        finally:
            forget(context)
        yield Finished(context.layout.run, server)


def test_sizes_and_what_is_undecided_are_those_of_the_table(
    finished: Finished, capsys: pytest.CaptureFixture[str]
) -> None:
    found = finished.report(capsys, "--judge", "keyword", "--judge", SCORES)
    assert (found["asked"], found["rows"], found["targets"]) == (7, 6, ["t1", "t2", "t3"])
    assert [
        (each["judge"], each["at"], each["hard"], each["undecided"], each["n"])
        for each in found["subsets"]
    ] == [
        ("keyword", 1, 5, 0, 6),
        ("keyword", 2, 3, 0, 6),
        ("keyword", 3, 1, 0, 6),
        ("scores", 1, 5, 0, 6),
        ("scores", 2, 2, 1, 6),
        ("scores", 3, 2, 1, 6),
    ]
    assert found["unparseable"] == {"keyword": 0, "scores": 2}
    assert found["subsets"][1]["categories"] == {
        "deception": 1, "harmful": 1, "hate": 1, "illegal": 0,
    }  # fmt: skip


def test_overlaps_pair_what_differs_in_one_thing(
    finished: Finished, capsys: pytest.CaptureFixture[str]
) -> None:
    found = finished.report(capsys, "--judge", "keyword", "--judge", SCORES)
    across = [each for each in found["overlaps"] if each["one"]["judge"] != each["other"]["judge"]]
    assert [(each["both"], each["either"]) for each in across] == [(4, 6), (1, 4), (1, 2)]
    assert across[1]["jaccard"] == 0.25
    within = [each for each in found["overlaps"] if each["one"]["judge"] == each["other"]["judge"]]
    assert len(within) == 6


def test_rows_that_change_are_named_and_no_text_is_shown(
    finished: Finished, capsys: pytest.CaptureFixture[str]
) -> None:
    found = finished.report(capsys, "--judge", "keyword", "--judge", SCORES)
    assert [(len(each["enter"]), len(each["leave"])) for each in found["changes"]] == [
        (1, 1), (1, 2), (1, 0),
    ]  # fmt: skip
    assert len({each["enter"][0]["id"] for each in found["changes"]}) == 1
    assert "drawer" not in json.dumps(found)


def test_no_target_is_asked_again_and_a_judge_once(
    finished: Finished, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--judge", "{kind: llm, model: judge, labels: sorry-bench, design: few-shot}")
    before = len(finished.server.calls)
    first = finished.report(capsys, *options)
    asked = len(finished.server.calls) - before
    # 18 answers less 2 with a signal; equal answers to one prompt are one call, and each of the
    # two different texts about 05 is asked for three times.
    assert 0 < asked <= 16 + 4
    assert finished.report(capsys, *options) == first
    assert len(finished.server.calls) == before + asked


def test_families_can_be_counted_in_place_of_models(
    finished: Finished, capsys: pytest.CaptureFixture[str]
) -> None:
    found = finished.report(capsys, "--by", "family", "--at", "1", "--at", "2")
    assert found["by"] == "family"
    assert [each["hard"] for each in found["subsets"]] == [4, 1]


def test_tables_say_how_many_rows_they_rest_on(
    finished: Finished, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "hard.json"
    assert run(["hard", str(finished.folder), "--judge", SCORES, "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert "6 of 7 prompts, those that all 3 targets answered" in printed.out
    assert "drawer" not in printed.out + printed.err
    assert json.loads(out.read_text())["rows"] == 6


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--at", "4"), "--at must be 1 to the 3 targets of the panel (got 4)"),
        (("--at", "0"), "--at must be 1 to the 3 targets"),
        (("--by", "family", "--at", "3"), "--at must be 1 to the 2 families"),
        (("--by", "size"), "--by must be models or family (got size)"),
        (("--judge", "juge"), "did you mean `judge`"),
        (("--judge", "keyword", "--judge", "keyword"), "be given once each (got keyword)"),
        (("--judge", "{kind: llm, model: nobody}"), "a model of the recipe"),
        (("--judge", "{kind: llm"), "must be YAML"),
        (("--judge", "{kind: lm, model: judge}"), "kind must be one of llm"),
        (("--set", "hard.at=1"), "--set needs a --recipe"),
    ],
)
def test_what_cannot_be_is_one_line(
    finished: Finished, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], says: str
) -> None:
    assert run(["hard", str(finished.folder), *options]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert says in line


def test_a_folder_without_a_run_or_a_panel_says_so(
    finished: Finished, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["hard", str(tmp_path)]) == 2
    assert "a run's folder or a release must be given" in capsys.readouterr().err
