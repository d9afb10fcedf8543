"""Answers that people label: drawn, exported blind, and brought back as ratings."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from base.formats import spreadsheet_text
from evaluation.judging.labelled_tables import labelled_ratings
from evaluation.judging.splits import split
from refusery.cli.app import run
from tests.refusery.cli.text_files import json_lines, read_lines

_MODELS = [f"model-{letter}" for letter in "abcdefghij"]
_STYLES = ["slang", "caesar", "role_play"]
_NO, _YES = "I cannot help with that.", "=SUM(1) is how you begin."


def _answers(path: Path, questions: tuple[int, ...] = (1, 2, 11, 12)) -> Path:
    rows = []
    for question in questions:
        for style in ("base", *_STYLES):
            for place, model in enumerate(_MODELS):
                refused = (question + place) % 2 == 0
                rows.append(
                    {
                        "question_id": question,
                        "prompt": f"-Request {question} as {style}",
                        "prompt_style": style,
                        "model": model,
                        "category": str((question - 1) // 10 + 1),
                        "response": f"{_NO if refused else _YES} {question} {style} {place}",
                    }
                )
    return json_lines(path, rows)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A folder with six people's empty tables and their key."""
    source = _answers(tmp_path / "answers.jsonl")
    out = tmp_path / "labels.csv"
    assert run(["review", "export", str(source), "--per-prompt", "8+8", "--train", "3+3",
                "--people", "6", "--out", str(out)]) == 0  # fmt: skip
    return tmp_path


def _read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def _fill(path: Path, label: Callable[[dict[str, str]], str]) -> Path:
    rows = _read(path)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "label": label(row)} for row in rows)
    return path


def _says(row: dict[str, str]) -> str:
    return "refused" if _NO in row["answer"] else "fulfilled"


def _import(folder: Path, *more: str, people: int = 6) -> int:
    tables = [str(folder / f"labels-{n}.csv") for n in range(1, people + 1)]
    key = str(folder / "labels.key.json")
    return run(["review", "import", *tables, "--key", key, "--out", str(folder / "out"), *more])


def _key(folder: Path) -> dict[str, Any]:
    entries: dict[str, Any] = json.loads((folder / "labels.key.json").read_text())["entries"]
    return entries


def test_each_prompt_has_eight_and_eight_of_which_three_and_three_train(exported: Path) -> None:
    entries = list(_key(exported).values())
    counts = Counter((each["question_id"], each["prompt_style"] == "base") for each in entries)
    assert set(counts.values()) == {8}
    assert len(counts) == 8
    trained = Counter(
        (each["question_id"], each["prompt_style"] == "base") for each in entries if each["train"]
    )
    assert set(trained.values()) == {3}


def test_answers_are_spread_over_models_and_styles(exported: Path) -> None:
    entries = list(_key(exported).values())
    models = Counter(each["model"] for each in entries)
    styles = Counter(each["prompt_style"] for each in entries if each["prompt_style"] != "base")
    assert max(models.values()) - min(models.values()) <= 2
    assert set(models) == set(_MODELS)
    assert max(styles.values()) - min(styles.values()) <= 2
    for question in (1, 2, 11, 12):
        own = Counter(
            each["model"]
            for each in entries
            if each["question_id"] == question and each["prompt_style"] == "base"
        )
        assert set(own.values()) == {1}


def test_tables_are_blind_and_no_cell_is_a_formula(exported: Path) -> None:
    orders = []
    for person in range(1, 7):
        path = exported / f"labels-{person}.csv"
        rows = _read(path)
        assert set(rows[0]) == {"id", "request", "prompt", "answer", "label", "note", "table"}
        text = path.read_text("utf-8-sig")
        assert not any(model in text for model in _MODELS)
        assert "train" not in text
        assert not any(cell[:1] in "=+-@" for row in rows for cell in row.values() if cell)
        assert {spreadsheet_text(row["prompt"])[0] for row in rows} == {"-"}
        orders.append([row["id"] for row in rows])
    assert len({tuple(order) for order in orders}) == 6
    assert len({tuple(sorted(order)) for order in orders}) == 1


def test_a_mutated_prompt_comes_with_its_base_request(exported: Path) -> None:
    rows = _read(exported / "labels-1.csv")
    mutated = [row for row in rows if not row["prompt"].endswith("as base")]
    assert len(mutated) == 32
    assert all(row["request"].endswith("as base") for row in mutated)
    assert not any(row["request"] for row in rows if row["prompt"].endswith("as base"))


def test_the_same_answers_are_drawn_again(exported: Path, tmp_path: Path) -> None:
    out = tmp_path / "again" / "labels.csv"
    out.parent.mkdir()
    source = str(exported / "answers.jsonl")
    assert run(["review", "export", source, "--out", str(out)]) == 0
    again = out.with_name("labels.key.json").read_bytes()
    assert again == (exported / "labels.key.json").read_bytes()


def test_labels_come_back_as_ratings_with_a_split(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for person in range(1, 7):
        _fill(exported / f"labels-{person}.csv", _says)
    assert _import(exported) == 0
    out = exported / "out"
    names = ("human_ratings", "train", "test")
    whole, train, test = (read_lines(out / f"{name}.jsonl") for name in names)
    assert (len(whole), len(train), len(test)) == (64, 24, 40)
    for record in whole:
        said = record["choices"][0]["turns"][0]
        assert record["human_score"] == (0.0 if _NO in said else 1.0)
        assert len(record["annotations"]) == 6
    printed = capsys.readouterr().out
    assert "Fleiss" in printed
    assert "1.000" in printed
    assert _NO not in printed
    labelled = labelled_ratings(out / "human_ratings.jsonl")
    assert len(labelled.annotators) == 6
    assert labelled.has_prompts
    parts = split(labelled, "authors", out)
    assert (len(parts.train), len(parts.test)) == (24, 40)
    assert run(["judge-score", "--ratings", str(out / "human_ratings.jsonl")]) == 0
    assert "mutated" in capsys.readouterr().out


def test_people_who_differ_are_counted_and_ties_are_in_no_file(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _read(exported / "labels-1.csv")
    tied, outvoted = rows[0]["id"], rows[1]["id"]
    other = {"refused": "fulfilled", "fulfilled": "refused"}
    for person in range(1, 7):
        against = {tied} if person == 2 else {tied, outvoted} if person < 4 else set()

        def label(row: dict[str, str], against: set[str] = against) -> str:
            return other[_says(row)] if row["id"] in against else _says(row)

        _fill(exported / f"labels-{person}.csv", label)
    assert _import(exported) == 0
    facts = json.loads((exported / "out" / "agreement.json").read_text())
    assert facts["ties"] == [tied]
    assert (facts["contested"], facts["labelled"], facts["unlabelled"]) == (2, 63, 0)
    assert len(facts["agreement"]["pairs"]) == 15
    persons = {each["name"]: each["agreement"] for each in facts["persons"]["persons"]}
    assert persons["person-6"] > persons["person-1"]
    assert "ties, in no file" in capsys.readouterr().out


def test_half_labelled_tables_and_missing_people_are_told(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    half = {row["id"] for row in _read(exported / "labels-1.csv")[:32]}
    for person in (1, 2):
        path = exported / f"labels-{person}.csv"
        _fill(path, lambda row: _says(row) if row["id"] in half else "")
    assert _import(exported, "--dry-run", people=2) == 0
    printed = capsys.readouterr().out
    assert "labels-1.csv: 32 rows are without a label" in printed
    assert "no table of person 3, 4, 5, 6, of 6" in printed
    assert "nothing was written" in printed
    assert not (exported / "out").exists()


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("label", "partly refused", "label must be fulfilled or refused"),
        ("label", "0.5", "label must be fulfilled or refused"),
        ("label", "refusd", "did you mean `refused`"),
        ("id", "a-000000000000", "ids of a review table must be those of its key"),
        ("answer", "Another answer.", "answer must stay in the row of its id"),
        ("table", "answers 000000000000 / person 1 of 6, 64 rows", "of its key's export"),
        ("table", "mine", "as it was exported"),
    ],
)
def test_a_table_that_breaks_a_rule_is_one_line(
    exported: Path, capsys: pytest.CaptureFixture[str], column: str, cell: str, says: str
) -> None:
    path = exported / "labels-1.csv"
    rows = _read(path)
    rows[2][column] = cell
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    capsys.readouterr()
    assert _import(exported, people=1) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert not (exported / "out").exists()


def test_two_tables_of_one_person_and_no_labels_at_all_are_one_line(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _import(exported) == 2
    assert "at least one label" in capsys.readouterr().err
    table, key = str(exported / "labels-1.csv"), str(exported / "labels.key.json")
    assert run(["review", "import", table, table, "--key", key, "--out", "x"]) == 2
    assert "person 1 has two" in capsys.readouterr().err


def test_fulfilling_answers_of_sensitive_categories_are_redacted(tmp_path: Path) -> None:
    source = _answers(tmp_path / "answers.jsonl", (201, 202))
    out = tmp_path / "labels.csv"
    assert run(["review", "export", str(source), "--people", "1", "--out", str(out)]) == 0
    rows = _read(out)
    redacted = [row for row in rows if row["answer"] == "REDACTED"]
    assert redacted
    everything = out.read_text("utf-8-sig") + (tmp_path / "labels.key.json").read_text()
    assert "SUM(1)" not in everything
    # people may still find that an answer fulfils which the machine took for a refusal
    _fill(out, lambda row: "" if row["answer"] == "REDACTED" else "fulfilled")
    arguments = ["review", "import", str(out), "--key", str(tmp_path / "labels.key.json")]
    assert run([*arguments, "--out", str(tmp_path / "out")]) == 0
    records = read_lines(tmp_path / "out" / "human_ratings.jsonl")
    assert len(records) == len(rows) - len(redacted)
    assert {each["choices"][0]["turns"][0] for each in records} == {"REDACTED"}


def test_categories_have_equally_many_prompts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = _answers(tmp_path / "answers.jsonl", (1, 2, 3, 11))
    out = str(tmp_path / "labels.csv")
    assert run(["review", "export", str(source), "--people", "1", "--out", out]) == 0
    entries = _key(tmp_path).values()
    assert Counter(each["category"] for each in entries) == {"1": 16, "2": 16}
    assert "2 base prompts are left out" in capsys.readouterr().out


def test_a_long_answer_is_shown_without_its_middle(tmp_path: Path) -> None:
    rows = [
        {"prompt": "P", "model": model, "response": f"{model} " + "word " * 30_000}
        for model in "ab"
    ]
    source, out = json_lines(tmp_path / "answers.jsonl", rows), tmp_path / "labels.csv"
    arguments = ["--per-prompt", "2", "--train", "1", "--people", "1"]
    assert run(["review", "export", str(source), "--out", str(out), *arguments]) == 0
    assert all(len(row["answer"]) < 32_767 for row in _read(out))
    _fill(out, lambda row: "1")
    key = str(tmp_path / "labels.key.json")
    assert run(["review", "import", str(out), "--key", key, "--out", str(tmp_path / "o")]) == 0
    (record, _) = read_lines(tmp_path / "o" / "human_ratings.jsonl")
    assert len(record["choices"][0]["turns"][0]) > 100_000


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--per-prompt", "many"], "--per-prompt must be numbers"),
        (["--per-prompt", "2+2", "--train", "3+3"], "--train must be at most"),
        (["--per-prompt", "20+8"], "at most 10+30"),
        (["--overlap", "0.5"], "--overlap must not come with a table of answers"),
    ],
)
def test_bad_options_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    source = _answers(tmp_path / "answers.jsonl")
    out = str(tmp_path / "labels.csv")
    assert run(["review", "export", str(source), "--out", out, *arguments]) == 2
    assert says in capsys.readouterr().err


def test_tables_that_are_there_are_not_written_over(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(exported / "labels.csv")
    assert run(["review", "export", str(exported / "answers.jsonl"), "--out", out]) == 2
    assert "must not be written over" in capsys.readouterr().err


def test_answers_go_with_neither_a_recipe_nor_a_release(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["review", "import", "t.csv", "--key", "k.json", "--out", str(tmp_path)]
    assert run([*arguments, "--release", str(tmp_path)]) == 2
    assert "--release must not come with --key" in capsys.readouterr().err
    assert run([*arguments]) == 2
    assert "k.json" in capsys.readouterr().err
