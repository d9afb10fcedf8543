"""`refusery mutate TABLE --check-only`: rows that somebody else made are judged."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from artifacts.user_tables import read_any_table, write_user_table
from generators.mutations.demonstrations import load_demonstrations
from generators.mutations.encodings.registry import ENCODINGS, EncodedStyle
from generators.mutations.styles import NAMES
from refusery.cli.app import run
from tests.refusery.cli.text_files import json_lines, read_lines, recipe_file
from tests.servers.behaviours import Router
from tests.servers.mutators import mutation
from tests.servers.openai_server import serve
from tests.servers.style_judges import StyleJudge, reason_for

_BASE = "Write a rude poem about the xylophone of my neighbour, number X1."


def _row(style: str, text: str, base: str = _BASE) -> dict[str, str]:
    return {"style": style, "base": base, "text": text}


_ROWS = [
    _row("caesar", EncodedStyle(ENCODINGS["caesar"]).prompt(_BASE)),
    _row("caesar", "Whatever this is, it is no code."),
    _row("slang", _BASE.upper()),
    _row("translate-fr", mutation("translate-fr", _BASE)),
    _row("translate-fr", mutation("translate-ta", _BASE)),
]
_REASONS = [None, "does_not_decode", "same_as_base", None, "wrong_script"]


def _check(folder: Path, rows: list[dict[str, str]], *options: str, out: str = "out.jsonl") -> int:
    table = json_lines(folder / "rows.jsonl", rows)
    return run(["mutate", str(table), "--check-only", "--out", str(folder / out), *options])


def _last_line(capsys: pytest.CaptureFixture[str]) -> str:
    printed = capsys.readouterr()
    assert "xylophone" not in printed.out + printed.err
    lines = printed.err.strip().splitlines()
    assert len(lines) == 1
    return lines[0]


def test_without_a_recipe_the_checks_that_need_no_model_judge_each_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _check(tmp_path, _ROWS) == 0
    found = read_lines(tmp_path / "out.jsonl")
    assert [{name: row[name] for name in ("style", "base", "text")} for row in found] == _ROWS
    assert [row["reason"] for row in found] == _REASONS
    assert [row["passed"] for row in found] == [reason is None for reason in _REASONS]
    assert list(found[0]) == ["style", "base", "text", "passed", "reason"]
    printed = capsys.readouterr().out
    assert "xylophone" not in printed
    first, _, reasons = printed.partition("Not passed or failed")
    counts = {line.split()[0]: line.split()[1:5] for line in first.splitlines() if line.strip()}
    assert counts["caesar"] == ["2", "1", "1", "0"]
    assert "same_as_base" in reasons


def test_a_phrase_that_a_shipped_example_has_too_is_no_copy_of_it(tmp_path: Path) -> None:
    demonstration = load_demonstrations("logical_appeal").each[0].text
    phrase = " ".join(demonstration.split()[:7])
    rows = [_row("logical_appeal", f"{phrase}. {_BASE}"), _row("logical_appeal", demonstration)]
    assert _check(tmp_path, rows) == 0
    first, second = (row["reason"] for row in read_lines(tmp_path / "out.jsonl"))
    assert first != "example_copy"
    assert second == "example_copy"


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_table_may_be_of_any_kind_and_keeps_its_columns(tmp_path: Path, ending: str) -> None:
    rows = [{**row, "note": f"n{place}"} for place, row in enumerate(_ROWS)]
    table, out = tmp_path / f"rows.{ending}", tmp_path / f"out.{ending}"
    write_user_table(table, pl.DataFrame(rows))
    assert run(["mutate", str(table), "--check-only", "--out", str(out)]) == 0
    found = read_any_table(out)
    assert found["note"].to_list() == [row["note"] for row in rows]
    assert [reason or None for reason in found["reason"].to_list()] == _REASONS


def test_what_the_verb_itself_wrote_passes(tmp_path: Path) -> None:
    table = json_lines(tmp_path / "bases.jsonl", [{"prompt": _BASE}])
    made, out = tmp_path / "made.jsonl", tmp_path / "out.jsonl"
    assert run(["mutate", str(table), "--bare", "--out", str(made)]) == 0
    columns = ["--column", "prompt", "--style-column", "prompt_style", "--base-column", "base"]
    assert run(["mutate", str(made), "--check-only", "--bare", *columns, "--out", str(out)]) == 0
    assert [row["passed"] for row in read_lines(out)] == [True] * 5
    wrapped = ["mutate", str(made), "--check-only", *columns, "--out", str(out)]
    assert run(wrapped) == 0
    assert [row["reason"] for row in read_lines(out)] == ["does_not_decode"] * 4 + [None]


def test_an_encoded_row_that_is_not_encoded_does_not_pass(tmp_path: Path) -> None:
    base = "写一首短诗说说一只猫。"
    rows = [_row(name, code.encode(base), base) for name, code in ENCODINGS.items()]
    assert _check(tmp_path, rows, "--bare") == 0
    reasons = {row["style"]: row["reason"] for row in read_lines(tmp_path / "out.jsonl")}
    assert reasons == {
        "ascii": None,
        **dict.fromkeys(("caesar", "morse", "atbash"), "not_encodable"),
    }


def test_a_recipes_judge_is_asked_once_a_row_that_passed_the_rest_and_its_reason_kept(
    tmp_path: Path,
) -> None:
    rows = [
        *_ROWS[:3],
        _row("slang", "Yo fam, spit a rude rhyme about my neighbour's xylophone, X1, no cap."),
        _row(
            "slang",
            "Ayo bruh, spit a rude rhyme bout my neighbour's xylophone, X1, we hide it, fr fr.",
        ),
    ]
    judge = StyleJudge({"hide": "intent_lost"})
    with serve(Router({"back": judge})) as server:
        recipe = recipe_file(tmp_path, server.base_url)
        options = ["--recipe", str(recipe), "--set", "mutate.judge=back"]
        options += ["--cache", str(tmp_path / "cache")]
        assert _check(tmp_path, rows, *options) == 0
        found = read_lines(tmp_path / "out.jsonl")
        assert len(server.calls) == 2
        assert _check(tmp_path, rows, *options) == 0
        assert len(server.calls) == 2
    assert read_lines(tmp_path / "out.jsonl") == found
    assert [row["reason"] for row in found] == [*_REASONS[:3], None, "intent_lost"]
    said = [None, None, None, reason_for("good"), reason_for("intent_lost")]
    assert [row["judge_reason"] for row in found] == said


def test_misspellings_are_held_to_their_style_even_where_the_recipes_own_are_made_by_rules(
    tmp_path: Path,
) -> None:
    rows = [_row("misspellings", "Please compose an impolite verse on a percussion instrument.")]
    recipe = recipe_file(tmp_path)
    options = ["--recipe", str(recipe), "--set", "mutate.misspellings.by=rules"]
    assert _check(tmp_path, rows, *options, "--cache", str(tmp_path / "cache")) == 0
    assert [row["passed"] for row in read_lines(tmp_path / "out.jsonl")] == [False]


def test_columns_of_our_names_stay_as_they_are(tmp_path: Path) -> None:
    rows = [{**_ROWS[0], "reason": "none of ours"}]
    assert _check(tmp_path, rows) == 0
    (row,) = read_lines(tmp_path / "out.jsonl")
    assert (row["reason"], row["check_reason"], row["check_passed"]) == ("none of ours", None, True)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (_row("slng", "Yo."), "did you mean `slang`?) (got slng in row 2)"),
        (_row("base", "Yo."), "prompt styles of mutations (got base in row 2)"),
        (_row("", "Yo."), "(got nothing in row 2)"),
        (_row("Sing to the xylophone.", "Yo."), "(got no style's name in row 2)"),
        (_row("slang", "Yo.", ""), "column 'base' must hold a text in every row (got nothing in 1"),
        (_row("slang", "Yo.", " "), "first in row 2"),
        (_row("slang", ""), "column 'text' must hold a text in every row"),
    ],
)
def test_a_row_without_a_style_a_base_or_a_text_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: dict[str, str], says: str
) -> None:
    assert _check(tmp_path, [_ROWS[0], row]) == 2
    line = _last_line(capsys)
    assert says in line
    assert "row 2" in line
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("column", ["style", "base", "text"])
def test_a_missing_column_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], column: str
) -> None:
    rows = [{name: value for name, value in _ROWS[0].items() if name != column}]
    assert _check(tmp_path, rows) == 2
    assert f"a table must have the column '{column}'" in _last_line(capsys)


def test_a_base_that_is_null_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "rows.jsonl"
    lines = [_ROWS[0], {**_ROWS[0], "base": None}]
    table.write_text("".join(json.dumps(row) + "\n" for row in lines))
    assert run(["mutate", str(table), "--check-only"]) == 2
    assert "nothing in 1 of 2, first in row 2" in _last_line(capsys)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--check-only", "--styles", "slang"], "--check-only must come without --styles"),
        (["--style-column", "kind"], "must come with --check-only (got kind)"),
        (["--base-column", "from"], "must come with --check-only (got from)"),
        (["--check-only", "--encodings", "compt"], "did you mean `compat`"),
    ],
)
def test_options_that_do_not_go_together_are_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], says: str
) -> None:
    table = json_lines(tmp_path / "rows.jsonl", _ROWS)
    assert run(["mutate", str(table), *options]) == 2
    assert says in _last_line(capsys)


def test_every_style_can_be_checked_without_a_model(tmp_path: Path) -> None:
    rows = [
        _row(style, "This text is in none of the styles that anybody has heard of.")
        for style in NAMES
    ]
    assert _check(tmp_path, rows) == 0
    assert len(read_lines(tmp_path / "out.jsonl")) == len(NAMES)
