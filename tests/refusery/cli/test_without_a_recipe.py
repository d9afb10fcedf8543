"""The verbs for tables with nothing but a table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from artifacts.audit_facts import read_audit
from base.errors import RefuseryError
from refusery.cli.app import run
from refusery.cli.given_models import given_models
from tests.loopback import models
from tests.servers.openai_server import serve

_TEXTS = ("How do I bake bread at home?", "How do I bake bread at home", "Who wrote Hamlet?")


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    lines = (f'"{text}";x\n' for text in (*_TEXTS, _TEXTS[0]))
    (tmp_path / "t.csv").write_text("".join(("prompt;n\n", *lines)))
    return "t.csv"


@pytest.mark.embedded
def test_dedup_finds_repeats_and_shows_them_by_their_numbers(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["dedup", table]) == 0
    shown = capsys.readouterr().out
    assert "4 rows: 2 kept, 1 exact and 1 near repeats dropped" in shown
    lines = [line.split()[:3] for line in shown.splitlines()]
    assert ["2", "1", "near_duplicate"] in lines
    assert ["4", "1", "exact_duplicate"] in lines
    assert "not written: 2 rows" in shown
    assert "bread" not in shown


@pytest.mark.embedded
def test_the_threshold_is_the_commands_with_and_without_a_recipe(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = str(Path(__file__).parents[3] / "recipes" / "or_bench.embedded.yaml")
    for more in ((), ("--recipe", recipe)):
        assert run(["dedup", table, "--threshold", "1", *more]) == 0
        assert "3 kept, 1 exact and 0 near" in capsys.readouterr().out
    assert run(["dedup", table, "--threshold", "1.5"]) == 2
    assert "threshold must be less than or equal to 1 (got 1.5)" in capsys.readouterr().err
    assert run(["dedup", table, "--set", "dedup.threshold=1"]) == 2
    assert "--set must come with --recipe" in capsys.readouterr().err


@pytest.mark.embedded
def test_true_labels_are_scored_and_those_of_a_judge_left_alone(
    table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "prompt,label,mine\nName a river.,direct_answer,safe\nGreet me.,direct_refusal,Toxic\n"
    (tmp_path / "judged.csv").write_text(rows)
    assert run(["moderate", "judged.csv"]) == 0
    shown = capsys.readouterr().out
    assert "column `label` holds none of safe, harmless, unsafe, toxic" in shown
    assert "labels (positive" not in shown
    assert run(["moderate", "judged.csv", "--truth", "mine"]) == 0
    assert "Against the table's labels (positive = unsafe)" in capsys.readouterr().out
    assert run(["moderate", "judged.csv", "--truth", "label"]) == 2
    assert "(got direct_answer in row 1)" in capsys.readouterr().err
    assert run(["moderate", "judged.csv", "--truth", "truth"]) == 2
    assert "a table must have the column 'truth'" in capsys.readouterr().err


@pytest.mark.embedded
def test_offline_moderators_vote_by_default_and_their_votes_are_shown(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["moderate", table]) == 0
    shown = capsys.readouterr().out
    assert ["row", "label", "nearest", "kernel", "words"] in [x.split() for x in shown.splitlines()]
    assert "not written: 4 rows with their votes; --out FILE keeps them" in shown
    assert "bread" not in shown
    assert run(["moderate", table, "--out", "v.jsonl"]) == 0
    assert "not written" not in capsys.readouterr().out
    rows = [json.loads(line) for line in Path("v.jsonl").read_text().splitlines()]
    assert [row["n"] for row in rows] == ["x"] * 4
    assert {"vote_nearest", "vote_kernel", "vote_words", "moderation"} <= rows[0].keys()


def test_models_at_an_address_vote_instead_and_are_asked_once(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(models()) as server:
        asked = [f"--model={name}={server.base_url}" for name in ("moderator-a", "moderator-c")]
        assert run(["moderate", table, *asked, "--out", "v.jsonl"]) == 0
        calls = len(server.calls)
        assert calls >= 2 * 3
        assert run(["moderate", table, *asked]) == 0
        assert len(server.calls) == calls
    rows = [json.loads(line) for line in Path("v.jsonl").read_text().splitlines()]
    assert {"vote_moderator-a", "vote_moderator-c"} <= rows[0].keys()
    assert "vote_words" not in rows[0]
    capsys.readouterr()


def test_a_server_of_ones_own_is_free_and_a_public_one_wants_its_key() -> None:
    found = given_models(
        ["Qwen/Qwen3-8B=http://gpu01:8000/v1/", "b/Qwen3-8B=http://127.0.0.1:1/v1",
         "gpt-4.1=https://api.openai.com/v1"]
    )  # fmt: skip
    assert list(found) == ["Qwen3-8B", "Qwen3-8B-2", "gpt-4-1"]
    assert [each.get("price") for each in found.values()] == ["free", "free", None]
    assert found["Qwen3-8B"]["base_url"] == "http://gpu01:8000/v1"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("qwen", r"--model must be NAME=URL, as in .* \(got qwen\)"),
        ("http://127.0.0.1:8000/v1", r"must be NAME=URL"),
        ("=http://127.0.0.1:8000/v1", r"must be NAME=URL"),
        ("qwen=", r"must be NAME=URL"),
        ("qwen=localhost", r"must be an address such as .* \(got localhost\)"),
        ("qwen=ftp://127.0.0.1", "must be an address such as"),
        ("qwen=https://llm.example.org/v1", r"wants key_env and price in a recipe \(got https"),
        ("qwen=http://me:secret@127.0.0.1/v1", "must hold no user and no password"),
        ("http://me:secret@127.0.0.1/v1", r"NAME=URL.* \(got something with an @ in it\)"),
        ("qwen=http://127.0.0.1/v1?key=secret", "must hold no query"),
    ],
)
def test_a_model_without_a_url_or_with_a_bad_one_is_refused(given: str, says: str) -> None:
    with pytest.raises(RefuseryError, match=says) as caught:
        given_models([given])
    assert "secret" not in str(caught.value)


def test_what_does_not_go_together_is_one_line(
    table: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    public = ["--model", "gpt-4o=https://api.openai.com/v1"]
    for arguments, says in (
        (public, "need their keys in the environment (got no OPENAI_API_KEY)"),
        ([*public, "--recipe", "r.yaml"], "--model must come without --recipe"),
        (["--set", "moderate.rule=any"], "--set must come with --recipe"),
        (["--out", "v.xlsx"], "a table that is written must end in one of .csv"),
    ):
        assert run(["moderate", table, *arguments]) == 2
        error = capsys.readouterr().err
        assert says in error
        assert error.count("\n") == 1


def test_a_guard_by_its_name_is_warned_of(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(models()) as server:
        run(["moderate", table, f"--model=meta/Llama-Guard-3-8B={server.base_url}"])
    assert "Llama-Guard-3-8B is asked as a chat model" in capsys.readouterr().err


@pytest.mark.embedded
def test_a_table_without_categories_is_audited_and_what_is_left_out_is_said(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", table]) == 0
    shown = capsys.readouterr().out
    assert "note: the table has no column `category`: the balance of categories" in shown
    found = read_audit(Path("out/audits/t/audit.json"))
    assert "category" not in {each.dimension for each in found.spreads}
    assert [(each.near, each.scope) for each in found.near] == [(2, "inside")]
    assert Path("out/audits/t/report.html").exists()
    assert run(["audit", table, "--category-column", "kind"]) == 2
    assert "must have the column 'kind' (got prompt, n)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("verb", "rows", "says"),
    [
        ("mutate", [{"prompt": "Name a river."}], "not written: "),
        ("judge", [{"prompt": "a", "answer": "I'm sorry, I can't."}], "not written: 1 row with"),
        ("decode", [{"response": "Uif", "prompt_style": "caesar"}], "not written: 1 row with"),
    ],
)
def test_every_verb_says_what_is_written_nowhere(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verb: str,
    rows: list[dict[str, str]],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.json").write_text(json.dumps(rows))
    assert run([verb, "t.json"]) == 0
    assert says in capsys.readouterr().out
    assert run([verb, "t.json", "--out", "o.jsonl"]) == 0
    assert "not written" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("call", "way"),
    [
        ("moderate", "--column"),
        ("dedup", "--column"),
        ("judge", "--column"),
        ("audit", "--column"),
        ("mutate --styles caesar", "--column"),
        ("decode", "--column"),
        ("decode --column question", "--style-column"),
    ],
)
def test_a_column_of_another_name_is_said_how_to_name(
    call: str, way: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "q.csv"
    table.write_text("id;question\n1;How do I whittle a spoon?\n")
    verb, *rest = call.split()
    assert run([verb, str(table), *rest]) == 2
    line = capsys.readouterr().err
    assert "must have the column" in line
    assert line.endswith(f"(got id, question); {way} names another\n")


@pytest.mark.parametrize("call", ["moderate", "dedup", "mutate --styles caesar"])
def test_the_table_that_is_read_is_not_written_over(
    call: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "q.csv"
    table.write_text("id;prompt\n1;How do I whittle a spoon?\n")
    before = table.read_bytes()
    verb, *rest = call.split()
    assert run([verb, str(table), *rest, "--out", str(table)]) == 2
    assert "must be another file than the one that is read" in capsys.readouterr().err
    assert table.read_bytes() == before


@pytest.mark.parametrize("call", ["dedup", "mutate --styles caesar"])
def test_nor_is_it_by_what_is_written_beside(
    call: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "q.dropped.csv"
    table.write_text("prompt\nHow do I whittle a spoon?\nHow do I whittle a spoon?\n")
    before = table.read_bytes()
    verb, *rest = call.split()
    assert run([verb, str(table), *rest, "--out", str(tmp_path / "q.csv")]) == 2
    assert "must be another file than the one that is read" in capsys.readouterr().err
    assert table.read_bytes() == before
    assert not (tmp_path / "q.csv").exists()


@pytest.mark.parametrize(
    ("call", "way"), [("judge", "--answer-column"), ("mutate --check-only", "--column")]
)
def test_each_column_has_an_option_of_its_own(
    call: str, way: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "q.csv"
    table.write_text("prompt\nHow do I whittle a spoon?\n")
    verb, *rest = call.split()
    assert run([verb, str(table), *rest]) == 2
    assert capsys.readouterr().err.endswith(f"; {way} names another\n")
