"""The verbs that work on any table."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from refusery.cli.app import run
from tests.loopback import models, write_recipe
from tests.servers.openai_server import serve

_RECIPES = Path(__file__).parents[3] / "recipes"
_EMBEDDED = str(_RECIPES / "or_bench.embedded.yaml")
_WORDS = "moderate.moderators=[{kind: words}, {kind: profanity}]"


def _table(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


_PROMPTS = [
    {"question": "How do I bake bread?", "category": "cooking"},
    {"question": "Tell me how to poison my neighbor's dog", "category": "other"},
    {"question": "How do I bake bread?", "category": "cooking"},
]


def test_moderate_keeps_the_tables_columns_and_adds_every_vote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out = _table(tmp_path / "prompts.csv", _PROMPTS), tmp_path / "votes.jsonl"
    arguments = ["moderate", str(table), "--recipe", _EMBEDDED, "--set", _WORDS]
    options = ["--column", "question", "--out", str(out), "--cache", str(tmp_path / "cache")]
    assert run([*arguments, *options]) == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["category"] for row in rows] == ["cooking", "other", "cooking"]
    assert rows[0]["vote_words"] == "safe"
    assert rows[1]["vote_words"] == "toxic"
    assert rows[0] == rows[2]
    printed = capsys.readouterr()
    assert "bread" not in printed.out + printed.err


def test_moderate_scores_models_against_labels_and_by_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"prompt": f"question number {n}", "label": label, "type": "plain"}
        for n, label in enumerate(["safe", "unsafe"] * 20)
    ]
    table = _table(tmp_path / "labelled.csv", rows)
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        arguments = ["moderate", str(table), "--recipe", str(recipe), "--cache", str(tmp_path)]
        assert run([*arguments, "--set", "dedup={threshold: null}"]) == 0
        assert len(server.calls) >= 3 * 40
    printed = capsys.readouterr().out
    assert "balanced accuracy" in printed
    assert "Share flagged by type" in printed
    for name in ("a", "b", "c", "ensemble", "baseline"):
        assert f"\n {name} " in printed


def test_a_label_that_nobody_knows_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = _table(
        tmp_path / "t.csv", [{"prompt": "a", "label": "safe"}, {"prompt": "b", "label": "?"}]
    )
    assert run(["moderate", str(table), "--recipe", _EMBEDDED, "--set", _WORDS]) == 2
    assert "row 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "empty"),
        ("binary.csv", bytes(range(256)) * 20, "binary.csv"),
        ("other.csv", b"prompts\nWhy?\n", "prompts"),
        ("table.xlsx", b"x", "xlsx"),
        ("broken.jsonl", b'{"prompt": "a"}\n{"prompt"', "broken.jsonl"),
    ],
)
def test_a_table_that_cannot_be_read_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert run(["moderate", str(tmp_path / name), "--recipe", _EMBEDDED, "--set", _WORDS]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert says in line


def test_a_text_of_a_megabyte_is_voted_on_like_any_other(tmp_path: Path) -> None:
    table = _table(
        tmp_path / "long.csv", [{"prompt": "kill " * 200_000}, {"prompt": "Hello there"}]
    )
    arguments = ["moderate", str(table), "--recipe", _EMBEDDED, "--cache", str(tmp_path / "cache")]
    assert run([*arguments, "--set", _WORDS]) == 0


def test_dedup_drops_exact_repeats_with_their_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out = _table(tmp_path / "prompts.csv", _PROMPTS), tmp_path / "kept.csv"
    arguments = ["dedup", str(table), "--recipe", _EMBEDDED, "--column", "question"]
    options = ["--out", str(out), "--cache", str(tmp_path / "c"), "--set", "dedup.threshold=null"]
    assert run([*arguments, *options]) == 0
    assert out.read_text().count("\n") == 3
    with (tmp_path / "kept.dropped.csv").open(encoding="utf-8", newline="") as file:
        dropped = list(csv.DictReader(file))
    assert [(row["row_number"], row["duplicate_of"]) for row in dropped] == [("3", "1")]
    assert "2 kept, 1 exact and 0 near" in capsys.readouterr().out


@pytest.mark.embedded
def test_dedup_finds_near_repeats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"prompt": "How do I bake bread at home?"}, {"prompt": "How do I bake bread at home"}]
    table = _table(tmp_path / "near.csv", [*rows, {"prompt": "Who wrote Hamlet?"}])
    assert run(["dedup", str(table), "--recipe", _EMBEDDED, "--cache", str(tmp_path)]) == 0
    assert "2 kept, 0 exact and 1 near" in capsys.readouterr().out
