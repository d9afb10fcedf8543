"""`refusery mutate` on tables of base requests."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from generators.mutations.demonstrations import load_demonstrations
from generators.mutations.encodings.registry import ENCODINGS, EncodedStyle
from generators.mutations.styles import NAMES
from refusery.cli.app import run
from tests.refusery.cli.text_files import csv_file, json_lines, read_lines, recipe_file
from tests.servers.behaviours import Router
from tests.servers.chat import Answer, ApiError, Body, question_of
from tests.servers.mutators import Mutator, by_marker
from tests.servers.openai_server import Server, serve

_BASES = [
    {
        "prompt": f"Write a rude poem about the xylophone of my neighbour, number X{n}.",
        "note": f"n{n}",
    }
    for n in range(1, 13)
]


def _mutate(server: Server, folder: Path, *options: str) -> int:
    recipe = recipe_file(folder, server.base_url)
    table = csv_file(folder / "bases.csv", _BASES)
    given = ["mutate", str(table), "--recipe", str(recipe), "--cache", str(folder / "cache")]
    return run([*given, "--out", str(folder / "out.jsonl"), *options])


def test_without_a_recipe_there_are_the_encodings_and_rule_based_misspellings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{**row, "category": "anything at all"} for row in _BASES]
    table, out = csv_file(tmp_path / "bases.csv", rows), tmp_path / "out.jsonl"
    assert run(["mutate", str(table), "--out", str(out)]) == 0
    found = read_lines(out)
    styles = [*ENCODINGS, "misspellings"]
    assert [row["prompt_style"] for row in found] == [s for s in styles for _ in rows]
    assert [row["base"] for row in found] == [row["prompt"] for row in rows] * len(styles)
    assert {row["category"] for row in found} == {"anything at all"}
    assert [row["note"] for row in found[:12]] == [row["note"] for row in rows]
    for row in found:
        if row["prompt_style"] == "misspellings":
            assert (row["made_by"], row["status"]) == ("rules", "kept")
            assert row["prompt"] != row["base"]
        else:
            code = EncodedStyle(ENCODINGS[row["prompt_style"]])
            assert code.reason(row["base"], row["prompt"]) is None
            assert row["made_by"] == "canonical"
    assert (tmp_path / "out.dropped.jsonl").read_text() == ""
    printed = capsys.readouterr()
    assert "xylophone" not in printed.out + printed.err


def test_payloads_may_stand_alone_with_the_published_quirks(tmp_path: Path) -> None:
    table, out = csv_file(tmp_path / "bases.csv", _BASES[:1]), tmp_path / "out.csv"
    options = ["--styles", "atbash,ascii", "--encodings", "compat", "--bare"]
    assert run(["mutate", str(table), *options, "--out", str(out)]) == 0
    found = pl.read_csv(out)
    base = _BASES[0]["prompt"]
    codes = [ENCODINGS[name].encode(base, "compat") for name in ("ascii", "atbash")]
    assert found["prompt"].to_list() == codes
    assert set(found["made_by"]) == {"compat-bare"}


def test_what_cannot_come_back_is_dropped_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"prompt": "Sing of a zebra."}, {"prompt": "Chante l'\u00c9t\u00e9."}]
    table, out = json_lines(tmp_path / "b.jsonl", rows), tmp_path / "out.jsonl"
    options = ["--styles", "atbash", "--encodings", "compat", "--out", str(out)]
    assert run(["mutate", str(table), *options]) == 0
    assert [row["base"] for row in read_lines(out)] == ["Sing of a zebra."]
    (dropped,) = read_lines(tmp_path / "out.dropped.jsonl")
    assert (dropped["reason"], dropped["row_number"]) == ("not_encodable", 2)
    assert (dropped["base"], dropped["status"]) == ("Chante l'\u00c9t\u00e9.", "dropped")
    assert "not_encodable" in capsys.readouterr().out


def test_texts_with_odd_characters_survive_any_format(tmp_path: Path) -> None:
    odd = ["a\u0085b \u2028 c", "\u202eright to left \U0001f600", "tab\tand\nline \x1b[0m \x07"]
    for ending in ("csv", "jsonl", "parquet"):
        table, out = tmp_path / "odd.parquet", tmp_path / f"out.{ending}"
        pl.DataFrame({"prompt": odd, "n": [1, 2, 3]}).write_parquet(table)
        options = ["--styles", "ascii,caesar", "--bare", "--out", str(out)]
        assert run(["mutate", str(table), *options]) == 0
        again = ["mutate", str(out), "--column", "base", "--styles", "ascii", "--bare"]
        assert run(again) == 2  # it holds mutations, no base rows
        from artifacts.user_tables import read_user_table

        found = read_user_table(out)
        assert found["base"].to_list() == odd * 2
        assert found["prompt"][0] == ENCODINGS["ascii"].encode(odd[0])


def test_the_published_form_keeps_its_turns(tmp_path: Path) -> None:
    rows = [
        {
            "question_id": n,
            "category": "1",
            "turns": [f"Say {n} rude words."],
            "prompt_style": "base",
        }
        for n in (1, 2)
    ]
    table, out = json_lines(tmp_path / "question.jsonl", rows), tmp_path / "out.jsonl"
    options = ["--column", "turns", "--styles", "caesar", "--bare", "--out", str(out)]
    assert run(["mutate", str(table), *options]) == 0
    found = read_lines(out)
    assert [row["turns"] for row in found] == [["Vdb 1 uxgh zrugv."], ["Vdb 2 uxgh zrugv."]]
    assert [row["question_id"] for row in found] == [1, 2]
    assert {row["prompt_style"] for row in found} == {"caesar"}


def test_columns_of_our_names_stay_as_they_are(tmp_path: Path) -> None:
    rows = [{"prompt": "Sing to a zebra.", "status": "draft"}]
    table, out = json_lines(tmp_path / "b.jsonl", rows), tmp_path / "out.jsonl"
    assert run(["mutate", str(table), "--styles", "caesar", "--out", str(out)]) == 0
    (row,) = read_lines(out)
    assert (row["status"], row["mutation_status"]) == ("draft", "kept")
    assert row["mutation_base"] == "Sing to a zebra."


def test_a_recipes_models_write_every_style_and_each_row_is_checked(tmp_path: Path) -> None:
    mutator = Mutator(bases=by_marker(row["prompt"] for row in _BASES))
    with serve(Router({"writer": mutator, "back": mutator})) as server:
        assert _mutate(server, tmp_path) == 0
        assert len(server.calls) == 16 * len(_BASES)
        found = read_lines(tmp_path / "out.jsonl")
        assert len(found) == 20 * len(_BASES)
        assert list(dict.fromkeys(row["prompt_style"] for row in found)) == list(NAMES)
        assert {row["made_by"] for row in found} == {"canonical", "writer"}
        for row in found:
            names = _variants(row["prompt_style"])
            assert row["variant"] in names if names else row["variant"] is None
        before = (tmp_path / "out.jsonl").read_bytes()
        assert _mutate(server, tmp_path) == 0
        assert len(server.calls) == 16 * len(_BASES)
    assert (tmp_path / "out.jsonl").read_bytes() == before


def _variants(style: str) -> set[str]:
    """The variants that a row of a style may have been asked for in."""
    if style in ENCODINGS:
        return set()
    return {variant.name for variant in load_demonstrations(style).variants}


def test_what_a_check_drops_is_asked_again_then_listed_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mutator = Mutator(refused=0.2, foreign=0.2, same=0.2)
    with serve(Router({"writer": mutator})) as server:
        options = ["--styles", "slang,translate-fr", "--set", "mutate.tries=2"]
        assert _mutate(server, tmp_path, *options) == 0
        calls = len(server.calls)
    kept, dropped = (read_lines(tmp_path / f"out{x}.jsonl") for x in ("", ".dropped"))
    fates = [
        (style, row["prompt"], mutator.fate(style, row["prompt"]))
        for style in ("slang", "translate-fr")
        for row in _BASES
    ]
    good = [(style, base) for style, base, fate in fates if fate == "written"]
    assert [(row["prompt_style"], row["base"]) for row in kept] == good
    assert {row["variant"] for row in dropped if row["prompt_style"] == "slang"} <= _variants(
        "slang"
    )
    bad = [(style, base) for style, base, fate in fates if fate != "written"]
    assert [(row["prompt_style"], row["base"]) for row in dropped] == bad
    assert bad
    assert {row["asks"] for row in dropped} == {2}
    assert calls == len(good) + 2 * len(bad)
    assert {row["reason"] for row in dropped} >= {"writer_refused", "same_as_base"}
    printed = capsys.readouterr()
    assert "writer_refused" in printed.out
    assert "xylophone" not in printed.out + printed.err


def test_a_style_whose_first_rows_all_fail_is_stopped_and_not_paid_for_further(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refuses = Router({"writer": lambda body: Answer(None, refusal="No.")})
    with serve(refuses) as server:
        options = ["--styles", "slang,caesar", "--set", "mutate={writer: writer, intent: null, "]
        options[-1] += "tries: 1, pilot: 5}"
        assert _mutate(server, tmp_path, *options) == 0
        assert len(server.calls) == 5
    dropped = read_lines(tmp_path / "out.dropped.jsonl")
    reasons = [row["reason"] for row in dropped]
    assert reasons == ["writer_refused"] * 5 + ["style_stopped"] * 7
    assert {row["prompt_style"] for row in read_lines(tmp_path / "out.jsonl")} == {"caesar"}
    assert "stopped" in capsys.readouterr().out


def test_only_the_models_that_are_asked_need_their_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(Router({"writer": Mutator()})) as server:
        keyless = ["--set", "mutate.translator=keyless"]
        assert _mutate(server, tmp_path, "--styles", "slang", *keyless) == 0
        assert _mutate(server, tmp_path, "--styles", "slang,translate-fr", *keyless) == 2
    assert "NOBODY_HAS_THIS_KEY" in capsys.readouterr().err


def test_a_writer_that_does_not_answer_ends_the_command_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(Router({"other": Mutator()})) as server:
        assert _mutate(server, tmp_path, "--styles", "slang") == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert "writer" in line
    assert not (tmp_path / "out.jsonl").exists()


def test_rows_without_any_reply_are_failed_up_to_the_recipes_number(tmp_path: Path) -> None:
    def stumbles(body: Body) -> Answer:
        if "number X3." in question_of(body):
            raise ApiError(500, "The server had an error.")
        return Mutator()(body)

    asked = ["--styles", "misspellings", "--set", "models.writer.attempts=1"]
    with serve(Router({"writer": stumbles})) as server:
        assert _mutate(server, tmp_path, *asked) == 1
        assert not (tmp_path / "out.jsonl").exists()
        assert _mutate(server, tmp_path, *asked, "--set", "max_failed=1") == 0
    assert len(read_lines(tmp_path / "out.jsonl")) == len(_BASES) - 1
    (failed,) = read_lines(tmp_path / "out.dropped.jsonl")
    assert (failed["status"], failed["row_number"], failed["prompt"]) == ("failed", 3, None)


def test_a_row_that_the_server_refuses_is_dropped_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def stumbles(body: Body) -> Answer:
        if "number X3." in question_of(body):
            raise ApiError(400, "This model's maximum context length is exceeded.")
        return Mutator()(body)

    asked = ["--styles", "misspellings"]
    with serve(Router({"writer": stumbles})) as server:
        assert _mutate(server, tmp_path, *asked, "--set", "max_missing=0") == 1
        assert "max_missing" in capsys.readouterr().err.splitlines()[-1]
        assert _mutate(server, tmp_path, *asked) == 0
    (dropped,) = read_lines(tmp_path / "out.dropped.jsonl")
    assert (dropped["status"], dropped["row_number"]) == ("dropped", 3)
    assert "request_refused" in dropped["reason"]


def test_a_cap_ends_the_command_before_it_is_passed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(Router({"writer": Mutator()})) as server:
        dear = ["--set", "models.writer.price={input: 1000, output: 1000}"]
        dear += ["--set", "budget={max_usd: 0.001}"]
        assert _mutate(server, tmp_path, "--styles", "slang", *dear) == 1
        assert server.calls == []
    assert "0.001" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--styles", "slng"], "did you mean `slang`"),
        (["--styles", "zzz"], "ascii, caesar"),
        (["--styles", ","], "must name a style"),
        (["--styles", "slang,ascii"], "need a --recipe"),
        (["--styles", "all"], "translate-fr"),
        (["--encodings", "compt"], "did you mean `compat`"),
        (["--column", "promt"], "prompt"),
        (["--out", "out.xlsx"], "xlsx"),
        (["--set", "mutate.judge=zz"], "--set must come with --recipe"),
        (["--check-only", "--set", "mutate.judge=zz"], "--set must come with --recipe"),
    ],
)
def test_bad_options_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], says: str
) -> None:
    table = csv_file(tmp_path / "bases.csv", _BASES)
    assert run(["mutate", str(table), *options]) == 2
    _one_line(capsys, says)


@pytest.mark.parametrize(
    ("lines", "column", "says"),
    [
        ('{"prompt": "a"}\n{"prompt": null}\n', "prompt", "nothing in 1 of 2, first in row 2"),
        ('{"prompt": "a"}\n{"prompt": "  "}\n', "prompt", "nothing in 1 of 2, first in row 2"),
        ('{"prompt": "a\\u0000b"}\n', "prompt", "no NUL and no half of a surrogate pair"),
        ('{"prompt": "a \\ud83d b"}\n', "prompt", "half of a surrogate pair"),
        ('{"prompt": "a\\udc00"}\n', "prompt", "must be well-formed"),
        ('{"turns": ["a"]}\n{"turns": null}\n', "turns", "none in 1 of 2, first in row 2"),
        ('{"turns": ["a"]}\n{"turns": [null]}\n', "turns", "nothing in 1 of 2, first in row 2"),
        ('{"turns": ["a", "b"]}\n', "turns", "a list of one text"),
        ('{"prompt": "a", "prompt_style": "slang"}\n', "prompt", "row 1"),
        ('{"prompt": 7}\n', "prompt", "must hold texts"),
        ('{"prompt": "a", "base": 1, "mutation_base": 1}\n', "prompt", "mutation_base"),
    ],
)
def test_texts_that_cannot_be_mutated_are_named_by_their_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: str, column: str, says: str
) -> None:
    table = tmp_path / "bad.jsonl"
    table.write_text(lines)
    assert run(["mutate", str(table), "--column", column]) == 2
    _one_line(capsys, says)


def test_an_empty_cell_of_a_csv_is_named_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b.csv").write_text("prompt,note\nHello there,1\n,2\n")
    assert run(["mutate", str(tmp_path / "b.csv")]) == 2
    _one_line(capsys, "row 2")


def test_a_recipe_without_mutations_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.small_recipe import small_recipe

    table = csv_file(tmp_path / "bases.csv", _BASES)
    assert run(["mutate", str(table), "--recipe", str(small_recipe(tmp_path))]) == 2
    _one_line(capsys, "a part `mutate`")
    recipe = recipe_file(tmp_path)
    offline = ["--set", "mutate={styles: [ascii]}", "--styles", "slang"]
    assert run(["mutate", str(table), "--recipe", str(recipe), *offline]) == 2
    _one_line(capsys, "mutate.writer must be given")


def _one_line(capsys: pytest.CaptureFixture[str], says: str) -> None:
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert says in printed.err
    assert printed.out == ""
