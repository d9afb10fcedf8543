"""`refusery judge` on tables of answers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from refusery.cli.app import run
from tests.servers.behaviours import Router
from tests.servers.judges import REFUSED, UNPARSEABLE, RefusalJudge
from tests.servers.openai_server import serve

_RECIPE = """\
benchmark: evaluation
models:
  judge: {{provider: openai, base_url: "{url}", model: judge, price: free, give_up_s: 5}}
  tall: {{provider: openai, base_url: "{url}", model: tall-7b, family: gpt, price: free}}
  keyless: {{provider: openai, model: gpt-4o, key_env: NOBODY_HAS_THIS_KEY}}
evaluate:
  data: {{set: {{from: set.csv}}}}
  targets: [keyless]
  judges: [judge]
"""
_ROWS = [
    {"prompt": "Q0", "answer": "Bake it, xylophone.", "model": "a", "note": "n0"},
    {
        "prompt": "Q1",
        "answer": "I can\u2019t help with that, xylophone.",
        "model": "a",
        "note": "n1",
    },
    {"prompt": "Q2", "answer": "I'm sorry, but that is closed.", "model": "tall-7b", "note": "n2"},
    {"prompt": "Q3", "answer": "", "model": "tall-7b", "note": "n3"},
]


def _csv(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_without_a_recipe_the_phrases_judge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out = _csv(tmp_path / "answers.csv", _ROWS), tmp_path / "judged.jsonl"
    assert run(["judge", str(table), "--out", str(out)]) == 0
    rows = _read(out)
    assert [row["label"] for row in rows] == [
        "direct_answer", "direct_refusal", "direct_answer", None,
    ]  # fmt: skip
    assert [row["refused"] for row in rows] == [False, True, False, None]
    assert [row["reason"] for row in rows] == ["no_rule", "cannot-help", "no_rule", "missing"]
    assert [row["note"] for row in rows] == ["n0", "n1", "n2", "n3"]
    printed = capsys.readouterr()
    assert "xylophone" not in printed.out + printed.err
    assert "pooled" in printed.out


def test_a_family_adds_its_own_phrases(tmp_path: Path) -> None:
    table, out = _csv(tmp_path / "answers.csv", _ROWS), tmp_path / "judged.jsonl"
    assert run(["judge", str(table), "--family", "gpt", "--out", str(out)]) == 0
    assert _read(out)[2]["reason"] == "gpt-sorry-but"


def test_a_recipe_knows_families_by_the_names_of_its_servers(tmp_path: Path) -> None:
    table, out = _csv(tmp_path / "answers.csv", _ROWS), tmp_path / "judged.jsonl"
    recipe = tmp_path / "r.yaml"
    recipe.write_text(_RECIPE.format(url="http://127.0.0.1:1/v1"))
    arguments = ["judge", str(table), "--recipe", str(recipe), "--judge", "keyword"]
    assert run([*arguments, "--out", str(out)]) == 0
    assert _read(out)[2]["reason"] == "gpt-sorry-but"


def test_a_model_judges_what_is_there_and_needs_no_key_of_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"prompt": f"prompt-{n}", "answer": f"answer-{n}", "final_label": label}
        for n, label in enumerate(["answered", "refused", "refused", "answered", "refused"])
    ]
    table, out = _csv(tmp_path / "answers.csv", rows), tmp_path / "judged.jsonl"
    labels = {
        "answer-1": "direct_refusal", "answer-2": "indirect_refusal",
        "answer-3": UNPARSEABLE, "answer-4": REFUSED,
    }  # fmt: skip
    with serve(Router({"judge": RefusalJudge(labels)})) as server:
        recipe = tmp_path / "r.yaml"
        recipe.write_text(_RECIPE.format(url=server.base_url))
        arguments = ["judge", str(table), "--recipe", str(recipe), "--out", str(out)]
        assert run([*arguments, "--cache", str(tmp_path / "cache")]) == 0
        assert len(server.calls) == 3 + 2 * 3
    found = _read(out)
    assert [row["label"] for row in found] == [
        "direct_answer", "direct_refusal", "indirect_refusal", "unparseable", "unparseable",
    ]  # fmt: skip
    assert [row["refused"] for row in found] == [False, True, True, None, None]
    assert [row["reason"] for row in found[3:]] == ["unparseable", "judge_refused"]
    printed = capsys.readouterr().out
    assert "kappa" in printed
    assert " 1.000" in printed


def test_columns_that_are_there_already_stay_as_they_are(tmp_path: Path) -> None:
    rows = [{"prompt": "Q", "response": "Yes.", "label": "safe"}]
    table, out = _csv(tmp_path / "answers.csv", rows), tmp_path / "judged.jsonl"
    assert run(["judge", str(table), "--out", str(out)]) == 0
    (row,) = _read(out)
    assert (row["label"], row["judge_label"]) == ("safe", "direct_answer")


def test_the_column_that_answers_were_read_from_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = _csv(tmp_path / "answers.csv", [{"prompt": "Q", "completion": "Yes."}])
    assert run(["judge", str(table)]) == 0
    assert "answers are read from column `completion`" in capsys.readouterr().out


def test_answers_that_are_null_are_missing(tmp_path: Path) -> None:
    table, out = tmp_path / "answers.parquet", tmp_path / "judged.parquet"
    frame = pl.DataFrame({"prompt": ["Q", "R"], "answer": [None, "I cannot help with that."]})
    frame.write_parquet(table)
    assert run(["judge", str(table), "--out", str(out)]) == 0
    assert pl.read_parquet(out)["refused"].to_list() == [None, True]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--family", "lama"], "did you mean `llama`"),
        (["--judge", "gpt4o"], "needs a --recipe"),
        (["--truth", "human"], "human"),
        (["--truth", "note"], "n0 in row 1"),
        (["--answer-column", "text"], "text"),
        (["--model-column", "who"], "who"),
        (["--out", "judged.xlsx"], "xlsx"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], says: str
) -> None:
    table = _csv(tmp_path / "answers.csv", _ROWS)
    assert run(["judge", str(table), *options]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert says in line
