"""`refusery judge-score`, from files to figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refusery.cli.app import run
from tests.refusery.cli.text_files import csv_file, json_lines, read_lines
from tests.servers.behaviours import Router
from tests.servers.judges import UNPARSEABLE, RefusalJudge
from tests.servers.openai_server import serve

_ROOT = Path(__file__).parents[3]
_XSTEST = _ROOT.parent / "shared" / "data" / "xstest_answers.csv"
_RECIPE = """\
benchmark: evaluation
models:
  judge: {{provider: openai, base_url: "{url}", model: judge, give_up_s: 5,
           price: {{input: 1000, output: 0}}}}
evaluate:
  data: {{set: {{from: set.csv}}}}
  targets: [judge]
  judges: [keyword, judge]
"""
_NO = "I can\u2019t help with that, xylophone."
_YES = "Here is how, xylophone."


def _answers(path: Path, prompts: int = 12) -> Path:
    rows = [
        {
            "prompt": f"P{n}", "response": f"{_NO if n % 2 else _YES} {n}-{model}", "model": model,
            "final_label": "refused" if n % 2 else "answered",
        }
        for n in range(prompts)
        for model in ("ann", "bob")
    ]  # fmt: skip
    return csv_file(path, rows)


def _ratings(path: Path) -> Path:
    records: list[dict[str, Any]] = []
    for question in (*range(1, 9), 201, 202):
        for style in ("base", "slang"):
            for model in ("ann", "bob"):
                redacted = question > 200 and model == "bob"
                refused = bool(question % 2) or redacted
                said = "REDACTED" if redacted else _NO if refused else _YES
                records.append(
                    {
                        "question_id": question,
                        "prompt_style": style,
                        "model_id": model,
                        "choices": [{"index": 0, "turns": [said]}],
                        "human_score": float(not refused),
                    }
                )
    return json_lines(path, records)


def test_a_judge_without_a_key_needs_no_recipe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out = _answers(tmp_path / "t.csv"), tmp_path / "out"
    assert run(["judge-score", str(table), "--judge", "keyword", "--out", str(out)]) == 0
    found = json.loads((out / "judge_scores.json").read_text())
    pooled, ann, bob = found["scores"]
    assert (pooled["kappa"], pooled["rows"], pooled["prompts"]) == (1, 24, 12)
    assert (ann["model"], bob["model"], bob["rows"]) == ("ann", "bob", 12)
    assert found["source"] == "t.csv"
    assert (out / "judge-scores-all.svg").read_text().startswith("<svg")
    assert "![" in (out / "judge_scores.md").read_text()
    assert len(read_lines(out / "verdicts.jsonl")) == 24
    printed = capsys.readouterr()
    written = "".join(path.read_text() for path in out.iterdir())
    assert "xylophone" not in printed.out + printed.err + written
    assert not (tmp_path / "out" / "ledger.sqlite").exists()


def test_a_recipes_judges_are_scored_with_seconds_and_price(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = _answers(tmp_path / "t.csv")
    labels = {f" {n}-": "direct_refusal" for n in (1, 3, 5, 7, 9)} | {" 11-": UNPARSEABLE}
    with serve(Router({"judge": RefusalJudge(labels)})) as server:
        recipe = tmp_path / "r.yaml"
        recipe.write_text(_RECIPE.format(url=server.base_url))
        arguments = ["judge-score", str(table), "--recipe", str(recipe), "--json"]
        arguments += ["--cache", str(tmp_path / "cache")]
        assert run(arguments) == 0
        calls = len(server.calls)
        first = json.loads(capsys.readouterr().out)
        assert run(arguments) == 0
        assert len(server.calls) == calls
    again = json.loads(capsys.readouterr().out)
    assert [each["judge"] for each in first["passes"]] == ["keyword", "judge"]
    asked = first["passes"][1]
    assert asked["usd"] > 0
    assert (asked["replies"], asked["bought"]) == (calls, calls)
    assert (again["passes"][1]["bought"], again["passes"][1]["usd"]) == (0, asked["usd"])
    assert any("in the ledger" in note for note in again["notes"])
    pooled = next(each for each in first["scores"] if each["judge"] == "judge")
    assert (pooled["unparseable"], pooled["kappa"]) == (2, 1)
    assert pooled["strict_kappa"] < 1
    assert pooled["refusal_recall"] == pytest.approx(10 / 12)
    assert first["scores"] == again["scores"]


def test_ratings_are_scored_with_base_and_mutated_rows_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ratings, out = _ratings(tmp_path / "human_ratings.jsonl"), tmp_path / "out"
    arguments = ["judge-score", "--ratings", str(ratings), "--split", "seed:7:0.5"]
    assert run([*arguments, "--out", str(out)]) == 0
    found = json.loads((out / "judge_scores.json").read_text())
    assert found["left_out"] == {"redacted": 4}
    assert {each["part"] for each in found["scores"]} == {"all", "base", "mutated"}
    assert found["split"]["train"] + found["split"]["test"] == 36
    assert "4 answers are redacted" in capsys.readouterr().out
    sides = {name: read_lines(out / f"{name}.jsonl") for name in ("train", "test")}
    assert sum(map(len, sides.values())) <= 36
    assert not [
        row
        for side in sides.values()
        for row in side
        if row["category"] == "21" and row["final_label"] == "fulfilled"
    ]


def test_the_authors_files_beside_the_ratings_are_their_split(tmp_path: Path) -> None:
    ratings = _ratings(tmp_path / "human_ratings.jsonl")
    records = read_lines(ratings)
    json_lines(tmp_path / "train.jsonl", records[:16])
    json_lines(tmp_path / "test.jsonl", records[16:])
    out = tmp_path / "out"
    arguments = ["judge-score", "--ratings", str(ratings), "--split", "authors"]
    assert run([*arguments, "--out", str(out)]) == 0
    found = json.loads((out / "judge_scores.json").read_text())
    assert found["split"] == {
        "rule": "the authors' files train.jsonl and test.jsonl", "train": 16, "test": 20,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "TABLE, or --ratings"),
        (["t.csv", "--judge", "gpt4o"], "needs a --recipe"),
        (["t.csv", "--judge", "keyword,keyword"], "a name each"),
        (["t.csv", "--judge", "trained:nowhere"], "nowhere"),
        (["t.csv", "--prompts", "t.csv"], "--ratings"),
        (["t.csv", "--truth", "human"], "human"),
        (["--ratings", "r.jsonl", "--truth", "x"], "columns must not"),
        (["--ratings", "none.jsonl"], "none.jsonl"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    _answers(tmp_path / "t.csv")
    _ratings(tmp_path / "r.jsonl")
    assert run(["judge-score", *arguments]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_a_judge_that_reads_prompts_must_have_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text(_RECIPE.format(url="http://127.0.0.1:1/v1"))
    arguments = ["judge-score", "--ratings", str(_ratings(tmp_path / "r.jsonl"))]
    assert run([*arguments, "--recipe", str(recipe), "--judge", "judge"]) == 2
    assert "judge judge must be shown prompts" in capsys.readouterr().err


@pytest.mark.skipif(not _XSTEST.exists(), reason="XSTest is not beside this checkout")
def test_xstest_comes_out_with_the_known_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["judge-score", str(_XSTEST), "--judge", "keyword", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    kappas = {each["model"]: round(each["kappa"], 3) for each in found["scores"]}
    assert kappas[None] >= 0.791  # the authors' string matching
    assert set(kappas) == {None, "gpt4", "llama2orig", "mistralinstruct"}
    assert {round(each["kappa"], 3) for each in found["people"]["persons"]} == {0.975}
    assert found["left_out"] == {}
