"""`refusery decode` on tables of answers to mutated prompts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from generators.mutations.encodings.registry import ENCODINGS
from refusery.cli.app import run
from tests.refusery.cli.text_files import json_lines, read_lines, recipe_file
from tests.servers.behaviours import Router
from tests.servers.chat import Answer, Body, question_of
from tests.servers.mutators import Mutator
from tests.servers.openai_server import Server, serve
from tests.servers.translations import ENGLISH, TRANSLATIONS

_SAID = "Of course, here is a poem about a xylophone that nobody in this town can play."
_CODES = {"translate-fr": "fr", "translate-zh-cn": "zh", "translate-ml": "ml",
          "translate-ta": "ta", "translate-mr": "mr"}  # fmt: skip


def _row(style: str, response: str | None, **others: object) -> dict[str, object]:
    return {"question_id": 7, "prompt_style": style, "response": response, **others}


def _decoded(
    folder: Path, rows: list[dict[str, object]], *options: str, server: Server | None = None
) -> list[dict[str, Any]]:
    table, out = json_lines(folder / "answers.jsonl", rows), folder / "out.jsonl"
    if server is not None:
        recipe = recipe_file(folder, server.base_url)
        options = (*options, "--recipe", str(recipe), "--cache", str(folder / "cache"))
    assert run(["decode", str(table), "--out", str(out), *options]) == 0
    return read_lines(out)


def _rates(printed: str) -> dict[str, list[str]]:
    lines = printed.partition("Decoding\n")[2].partition("\n\n")[0].splitlines()[1:]
    return {words[0]: words[1:] for words in (line.split() for line in lines)}


def test_codes_are_undone_by_each_rows_style(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [_row(name, code.encode(_SAID), model="tall-7b") for name, code in ENCODINGS.items()]
    found = _decoded(tmp_path, rows)
    assert [row["decoded"].lower() for row in found] == [_SAID.lower()] * 4
    assert {row["readable"] for row in found} == {1.0}
    assert {row["decoding"] for row in found} == {"decoded"}
    assert {row["model"] for row in found} == {"tall-7b"}
    assert [row["response"] for row in found] == [row["response"] for row in rows]
    printed = capsys.readouterr()
    assert {style: each[-2] for style, each in _rates(printed.out).items()} == {
        name: "1.000" for name in ENCODINGS
    }
    assert "xylophone" not in printed.out + printed.err


def test_published_quirks_are_read_too(tmp_path: Path) -> None:
    rows = [_row(name, code.encode(_SAID, "compat")) for name, code in ENCODINGS.items()]
    found = _decoded(tmp_path, rows)
    assert {row["decoding"] for row in found} == {"decoded"}
    assert found[0]["decoded"].strip() == _SAID


def test_plain_empty_and_unreadable_answers_are_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gibberish = "Zjmb ypzj bmjz pyzm jbmz ypjm zbjy mjzb pyjz bzmj."  # rare letters, either way
    rows = [
        _row("caesar", ENCODINGS["caesar"].encode(_SAID)),
        _row("caesar", _SAID),
        _row("caesar", gibberish),
        _row("caesar", ""),
        _row("caesar", None),
        _row("caesar", "<think>What may that mean?</think>" + ENCODINGS["caesar"].encode(_SAID)),
        _row("caesar", "<think>It goes on and on"),
    ]
    found = _decoded(tmp_path, rows)
    status = [row["decoding"] for row in found]
    assert status == ["decoded", "plain", "failed", "missing", "missing", "decoded", "missing"]
    assert (found[2]["readable"], found[2]["decode_reason"]) == (0.0, "unreadable")
    assert [found[n]["decoded"] for n in (1, 3, 4, 5)] == [_SAID, None, None, _SAID]
    rates = _rates(capsys.readouterr().out)
    assert rates["caesar"] == ["7", "3", "2", "1", "1", "0.750", "0.750"]


def test_rows_of_other_styles_are_carried_through(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [_row("base", _SAID), _row("slang", "Yo."), _row("slang", None)]
    found = _decoded(tmp_path, rows)
    assert [row["decoded"] for row in found] == [_SAID, "Yo.", None]
    assert {(row["decoding"], row["readable"]) for row in found} == {("as_it_was", None)}
    assert "not decoded" in capsys.readouterr().out


def test_the_recipes_translator_puts_five_languages_back_and_pays_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        _row(style, text.format(f"X{place}"))
        for style, code in _CODES.items()
        for place, text in enumerate(TRANSLATIONS[code])
    ]
    with serve(Router({"back": Mutator()})) as server:
        found = _decoded(tmp_path, rows, server=server)
        assert len(server.calls) == len(rows)
        assert _decoded(tmp_path, rows, server=server) == found
        assert len(server.calls) == len(rows)
    wanted = [text.format(f"X{place}") for place, text in enumerate(ENGLISH)]
    assert [row["decoded"] for row in found] == wanted * 5
    assert {row["decoding"] for row in found} == {"decoded"}
    rates = _rates(capsys.readouterr().out)
    assert {each[-2] for each in rates.values()} == {"1.000"}


def test_a_translator_that_gives_its_input_back_never_succeeds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def parrot(body: Body) -> Answer:
        return Answer(question_of(body).split("\n\n", 1)[-1])

    rows = [
        _row(style, text.format("X1"))
        for style, code in _CODES.items()
        for text in TRANSLATIONS[code]
    ]
    rows.append(_row("translate-fr", "Non."))
    with serve(Router({"back": parrot})) as server:
        found = _decoded(tmp_path, rows, server=server)
    assert {row["decoded"] for row in found} == {None}
    assert {(row["decoding"], row["decode_reason"]) for row in found} == {
        ("failed", "not_translated")
    }
    printed = capsys.readouterr().out
    assert {each[-2] for each in _rates(printed).values()} == {"0.000"}
    assert "not_translated" in printed


def test_an_answer_in_english_costs_no_call_and_one_in_a_third_language_fails(
    tmp_path: Path,
) -> None:
    tamil = TRANSLATIONS["ta"][0].format("X1")
    rows = [_row("translate-ml", _SAID), _row("translate-fr", _SAID), _row("translate-ml", tamil)]
    with serve(Router({"back": Mutator()})) as server:
        found = _decoded(tmp_path, rows, server=server)
        assert server.calls == []
    assert [row["decoding"] for row in found] == ["plain", "plain", "failed"]
    assert found[2]["decode_reason"] == "other_language"


def test_styles_that_are_not_asked_for_stay_as_they_are(tmp_path: Path) -> None:
    coded = ENCODINGS["caesar"].encode(_SAID)
    rows = [_row("caesar", coded), _row("translate-fr", TRANSLATIONS["fr"][0].format("X1"))]
    found = _decoded(tmp_path, rows, "--styles", "caesar")
    assert [row["decoding"] for row in found] == ["decoded", "as_it_was"]
    assert found[1]["decoded"] == found[1]["response"]


def test_other_columns_and_formats_will_do(tmp_path: Path) -> None:
    table, out = tmp_path / "answers.parquet", tmp_path / "out.csv"
    coded = ENCODINGS["morse"].encode(_SAID)
    frame = {"style": ["morse", "base"], "answer": [coded, "Yes."], "turns": [["a"], ["b", "c"]]}
    pl.DataFrame(frame).write_parquet(table)
    options = ["--column", "answer", "--style-column", "style", "--out", str(out)]
    assert run(["decode", str(table), *options]) == 0
    found = pl.read_csv(out)
    assert found["decoded"].to_list() == [_SAID.upper(), "Yes."]
    assert found["turns"].to_list() == ['["a"]', '["b","c"]']


def test_a_translator_that_cannot_be_reached_ends_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = json_lines(
        tmp_path / "a.jsonl", [_row("translate-fr", TRANSLATIONS["fr"][0].format("X1"))]
    )
    with serve(Router({"other": Mutator()})) as server:
        recipe = recipe_file(tmp_path, server.base_url)
        cache = ["--cache", str(tmp_path / "cache")]
        assert run(["decode", str(table), "--recipe", str(recipe), *cache]) == 1
    assert "back" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("rows", "options", "says"),
    [
        ([_row("caesr", "a")], [], "did you mean `caesar`"),
        ([_row("caesar", "a"), {"prompt_style": None, "response": "b"}], [], "nothing in row 2"),
        ([_row("translate-fr", "Bonjour.")], [], "--styles ascii,caesar,morse,atbash"),
        ([_row("caesar", "a")], ["--styles", "slang"], "--styles"),
        ([_row("caesar", "a")], ["--column", "responce"], "did you mean `response`"),
        ([_row("caesar", "a")], ["--style-column", "style"], "'style'"),
        ([_row("caesar", "a", decoded="b")], [], "decoded"),
        ([_row("caesar", "a\x00")], [], "no NUL"),
        ([{"prompt_style": "caesar", "response": 3}], [], "must hold texts"),
        ([_row("caesar", "a")], ["--out", "x.xlsx"], "xlsx"),
        ([_row("caesar", "a")], ["--set", "mutate.writer=x"], "--set must come with --recipe"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rows: list[dict[str, object]],
    options: list[str],
    says: str,
) -> None:
    table = json_lines(tmp_path / "answers.jsonl", rows)
    assert run(["decode", str(table), *options]) == 2
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert says in printed.err
    assert printed.out == ""
