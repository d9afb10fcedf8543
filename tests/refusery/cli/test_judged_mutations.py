"""`refusery mutate` with a style judge: one call for both questions, and its reason is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from refusery.cli.app import run
from tests.refusery.cli.text_files import csv_file, read_lines, recipe_file
from tests.servers.behaviours import Router
from tests.servers.mutators import Mutator
from tests.servers.openai_server import Server, serve
from tests.servers.style_judges import StyleJudge, Verdict, reason_for, two_ways

_BASES = [
    {"prompt": f"Write a rude poem about the xylophone of my neighbour, number X{n}."}
    for n in range(1, 7)
]
_FATES: dict[str, Verdict] = {
    "number X2,": "not_in_style",
    "number X3,": "intent_lost",
    "number X4,": "in_words",
    "number X5,": "unreasoned",
}
_REASONS = ["not_in_style", "intent_lost", "judge_unread", "judge_unread"]


def _mutate(server: Server, folder: Path, *options: str) -> int:
    recipe = recipe_file(folder, server.base_url)
    table = csv_file(folder / "bases.csv", _BASES)
    given = ["mutate", str(table), "--recipe", str(recipe), "--cache", str(folder / "cache")]
    given += ["--styles", "slang,caesar", "--set", "mutate.judge=back", "--set", "mutate.tries=2"]
    return run([*given, "--out", str(folder / "out.jsonl"), *options])


def test_a_row_that_the_judge_rejects_is_asked_for_again_then_dropped_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with serve(Router({"writer": two_ways, "back": StyleJudge(_FATES)})) as server:
        assert _mutate(server, tmp_path) == 0
        asked = [call.body["model"] for call in server.calls]
        # Two rows pass at once, four are written twice; both texts of each are judged, and of two
        # rows each text twice, as no answer about it can be used.
        assert asked.count("writer") == 2 + 4 * 2
        assert asked.count("back") == 2 + 2 * 2 + 2 * 2 * 2
        kept, dropped = (read_lines(tmp_path / f"out{x}.jsonl") for x in ("", ".dropped"))
        assert _mutate(server, tmp_path) == 0
        assert len(server.calls) == len(asked)
    assert (kept, dropped) == tuple(
        read_lines(tmp_path / f"out{x}.jsonl") for x in ("", ".dropped")
    )
    slang = [row["base"] for row in kept if row["prompt_style"] == "slang"]
    assert slang == [_BASES[0]["prompt"], _BASES[5]["prompt"]]
    assert [row["reason"] for row in dropped] == _REASONS
    assert {row["asks"] for row in dropped} == {2}
    said = [reason_for("not_in_style"), reason_for("intent_lost"), None, None]
    assert [row["judge_reason"] for row in dropped] == said
    printed = capsys.readouterr()
    for word in ("marked words", "xylophone"):
        assert word not in printed.out + printed.err + caplog.text
    assert "intent_lost" in printed.out


def test_a_row_that_is_rejected_once_is_kept_where_the_next_one_passes(tmp_path: Path) -> None:
    with serve(
        Router({"writer": two_ways, "back": StyleJudge({"Ta bruh.": "not_in_style"})})
    ) as server:
        assert _mutate(server, tmp_path) == 0
        writer = [call for call in server.calls if call.body["model"] == "writer"]
    kept = [row for row in read_lines(tmp_path / "out.jsonl") if row["prompt_style"] == "slang"]
    assert len(kept) == len(_BASES)
    assert all(row["prompt"].endswith("Cheers bruh.") for row in kept)
    assert len(_BASES) < len(writer) < 2 * len(_BASES)
    assert read_lines(tmp_path / "out.dropped.jsonl") == []


def test_what_fails_an_offline_check_costs_no_judgment(tmp_path: Path) -> None:
    same = Mutator(same=1.0)
    with serve(Router({"writer": same, "back": StyleJudge()})) as server:
        assert _mutate(server, tmp_path) == 0
        assert {call.body["model"] for call in server.calls} == {"writer"}


def test_null_asks_no_judge_and_auto_asks_the_back_translator_of_a_served_writer(
    tmp_path: Path,
) -> None:
    for judge, models in (("null", {"writer"}), ("auto", {"writer", "back"})):
        with serve(Router({"writer": Mutator(), "back": StyleJudge()})) as server:
            folder = tmp_path / judge
            folder.mkdir()
            assert _mutate(server, folder, "--set", f"mutate.judge={judge}") == 0
            assert {call.body["model"] for call in server.calls} == models
        assert len(read_lines(folder / "out.jsonl")) == 2 * len(_BASES)


def test_a_column_of_the_judges_name_stays_as_it_is(tmp_path: Path) -> None:
    rows = [{**row, "judge_reason": "of an answer"} for row in _BASES]
    with serve(Router({"writer": two_ways, "back": StyleJudge(_FATES)})) as server:
        table = csv_file(tmp_path / "bases.csv", rows)
        recipe = recipe_file(tmp_path, server.base_url)
        options = ["--recipe", str(recipe), "--cache", str(tmp_path / "cache")]
        options += ["--styles", "slang", "--set", "mutate={writer: writer, judge: back, tries: 1, "]
        options[-1] += "intent: null}"
        assert run(["mutate", str(table), *options, "--out", str(tmp_path / "out.jsonl")]) == 0
    (first, *_) = read_lines(tmp_path / "out.dropped.jsonl")
    assert first["judge_reason"] == "of an answer"
    assert first["mutation_judge_reason"] == reason_for("not_in_style")
