"""Runs whose mutations a model judges, and base sets that a code leaves in plain text."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from artifacts.sorry_bench_schemas import SORRY_BENCH
from artifacts.tables import read_table
from artifacts.verify.release import verify
from tests.mutation_set import Made, bases, made, small_taxonomy, write_base, write_recipe
from tests.servers.behaviours import Router
from tests.servers.openai_server import serve
from tests.servers.style_judges import StyleJudge, Verdict, reason_for, two_ways
from tests.servers.translations import TRANSLATIONS

pytestmark = pytest.mark.slow

_FATES: dict[str, Verdict] = {
    "number R2,": "not_in_style",
    "number R3,": "intent_lost",
    "number R4,": "in_words",
}
_JUDGE = 'models.judge={provider: openai, base_url: "%s", model: judge, price: free, give_up_s: 5}'


def _tables(run: Made) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    assert run.built.mutated is not None
    stage = run.built.mutated
    kept = run.run.kept(stage).filter(prompt_style="slang")
    dropped = run.run.table(stage, "dropped").filter(prompt_style="slang")
    return kept, dropped, run.run.table(stage, "mutations").filter(prompt_style="slang")


def test_a_run_keeps_the_judges_reasons_and_replays_its_judgments(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_base(tmp_path, bases(1))
    with serve(Router({"writer": two_ways, "judge": StyleJudge(_FATES)})) as server:
        taxonomy = small_taxonomy(tmp_path, 1)
        styles = "  styles: [slang, caesar]\n"
        recipe = write_recipe(tmp_path, server.base_url, styles, taxonomy, tries=2)
        settings = (_JUDGE % server.base_url, "mutate.judge=judge")
        with made(recipe, tmp_path / "out", *settings) as run:
            kept, dropped, ended = _tables(run)
            assert verify(run.folder, tmp_path / "out" / "runs").problems == ()
            shard = run.folder / "all"
            released = pl.concat(read_table(path, SORRY_BENCH) for path in shard.glob("*.parquet"))
        calls = len(server.calls)
        shutil.rmtree(tmp_path / "out" / "runs")
        shutil.rmtree(tmp_path / "out" / "releases")
        with made(recipe, tmp_path / "out", *settings) as run:
            for again, before in zip(_tables(run), (kept, dropped, ended), strict=True):
                assert again.equals(before)
        assert len(server.calls) == calls

    assert kept.height == 7
    reasons = dict(dropped.group_by("reason").len().iter_rows())
    assert reasons == {"not_in_style": 2, "intent_lost": 2, "judge_unread": 2}
    said = dropped.filter(pl.col("reason") == "intent_lost")["judge_reason"]
    assert set(said) == {reason_for("intent_lost")}
    assert dropped.filter(pl.col("reason") == "judge_unread")["judge_reason"].null_count() == 2
    assert dict(ended.group_by("outcome").len().iter_rows()) == {"kept": 7, "dropped": 3}
    good = ended.filter(outcome="kept")["judge_reason"]
    assert set(good) == {reason_for("good")}
    judged = released.filter(prompt_style="slang")["checks"].to_list()
    assert all({"name": "style_judge", "value": 1.0} in checks for checks in judged)
    assert "marked words" not in caplog.text
    assert not any(
        "marked words" in text for text in released.select(pl.col("turns").list.first()).to_series()
    )


def test_requests_that_a_code_leaves_in_plain_text_are_counted(tmp_path: Path) -> None:
    texts = [each.format(f"R{n}") for n, each in enumerate((*TRANSLATIONS["zh"], *bases(1)[:2]))]
    write_base(tmp_path, texts)
    taxonomy = small_taxonomy(tmp_path, 1)
    codes = "  styles: [ascii, caesar, morse, atbash]\n"
    recipe = write_recipe(tmp_path, "http://127.0.0.1:1/v1", codes, taxonomy)
    with made(recipe, tmp_path / "out") as run:
        facts = run.manifest.mutations
    assert facts is not None
    missing = {style.name: dict(style.missing) for style in facts.styles}
    for name in ("caesar", "morse", "atbash"):
        assert missing[name]["not_encodable"] == 8
    assert missing["ascii"] == {}
    (name,) = facts.numbers
    assert facts.base.counts["not encodable"] == {name: 8}
