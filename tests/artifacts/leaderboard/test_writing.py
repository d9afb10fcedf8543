"""The leaderboard's two files: what they hold, and what they never hold."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from artifacts.evaluation_facts import Evaluation
from artifacts.figures.evaluation.gallery import evaluation_figures
from artifacts.leaderboard.page import JSON, PAGE, leaderboard_html, write_leaderboard
from artifacts.leaderboard.record import COLUMNS, record
from base.errors import FileUnwritableError
from tests.artifacts.figures.evaluation.made import CATEGORIES, STYLES, made
from tests.artifacts.figures.evaluation.published import FULFILMENT, sorry_bench


@pytest.fixture(scope="module")
def whole() -> Evaluation:
    return made(models=3, settings=2, judges=1, categories=CATEGORIES[:4], styles=STYLES[::4])


@pytest.fixture(scope="module")
def page(whole: Evaluation) -> str:
    return leaderboard_html(whole, record(whole), evaluation_figures(whole))


def _group(found: dict[str, object], **of: object) -> dict[str, object]:
    groups = found["rates"]
    assert isinstance(groups, list)
    return next(each for each in groups if of.items() <= each.items())


def test_a_page_and_its_json_are_written(tmp_path: Path) -> None:
    write_leaderboard(tmp_path / "site", made(models=1, settings=1, judges=1, styles=()))
    assert sorted(each.name for each in (tmp_path / "site").iterdir()) == [PAGE, JSON]
    found = json.loads((tmp_path / "site" / JSON).read_text())
    assert found["format"] == 1 and found["columns"] == list(COLUMNS)
    page = (tmp_path / "site" / PAGE).read_text()
    embedded = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert embedded and json.loads(embedded[1]) == found


def test_writing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    small = made(models=2, settings=1, judges=1, styles=())
    for name in ("one", "two"):
        write_leaderboard(tmp_path / name, small)
    for name in (PAGE, JSON):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_rates_are_what_their_data_set_shows(whole: Evaluation) -> None:
    found = record(whole)
    rate = next(
        each
        for each in whole.rates
        if (each.data, each.style, each.category) == ("sorry-bench", "base", "hate")
    )
    group = _group(
        *(found,),
        **{"data": "sorry-bench", "setting": "setting-0", "judge": "keyword"},
        **{"style": "base", "category": "hate"},
    )
    rows = group["rows"]
    assert isinstance(rows, list)
    row = dict(zip(COLUMNS, rows[0], strict=True))
    assert rate.rate is not None and rate.interval and rate.own_rate is not None
    assert row["model"] == "model-00" and row["verdicts"] == rate.verdicts
    assert row["rate"] == pytest.approx(1 - rate.rate, abs=1e-5)
    assert (row["low"], row["high"]) == pytest.approx(
        (1 - rate.interval[1], 1 - rate.interval[0]), abs=1e-5
    )
    assert row["low"] <= row["rate"] <= row["high"]
    assert row["own_low"] <= row["own_rate"] <= row["own_high"]
    assert row["own_rate"] == pytest.approx(1 - rate.own_rate, abs=1e-5)


def test_refusal_rates_stay_refusal_rates(whole: Evaluation) -> None:
    rate = whole.rates[0]
    assert (rate.data, rate.style, rate.category) == ("or-hard", None, None)
    group = _group(record(whole), data="or-hard", style=None, category=None, setting="setting-0")
    rows = group["rows"]
    assert isinstance(rows, list) and rate.rate is not None
    assert rows[0][COLUMNS.index("rate")] == pytest.approx(rate.rate, abs=1e-5)


def test_categories_of_mutated_prompts_are_left_to_the_evaluation(whole: Evaluation) -> None:
    groups = record(whole)["rates"]
    assert {each["style"] for each in groups if each["category"] is None} == {None, "base", "morse"}
    assert {each["style"] for each in groups if each["category"]} == {None, "base"}


def test_published_rates_are_in_the_json_as_published() -> None:
    found = record(sorry_bench(tuple(FULFILMENT), ()))
    (group,) = found["rates"]
    assert {row[0]: row[COLUMNS.index("rate")] for row in group["rows"]} == FULFILMENT


def test_neither_file_holds_a_system_prompt_or_a_folder(tmp_path: Path) -> None:
    whole = made(models=2, settings=1, judges=1, styles=())
    marked = replace(
        whole.settings[0], system="MARKER-7f3 keep this", template="/home/MARKER-7f3/chat.jinja"
    )
    write_leaderboard(tmp_path, replace(whole, settings=(marked,)))
    for name in (PAGE, JSON):
        text = (tmp_path / name).read_text()
        assert "MARKER-7f3" not in text
        assert "a system prompt of 20 characters (SHA-256 " in text
        assert "chat.jinja" in text


def test_how_a_figure_was_made_stands_beside_it(page: str) -> None:
    figure = page[page.index('id="figure-categories-or-hard-setting-1-keyword"') :]
    made_of = figure[figure.index("How it was made") : figure.index("</figure>")]
    assert "200 rows of or-hard/2026.11.0, SHA-256 0000000000000000." in made_of
    assert "Setting setting-1: temperature 0.5" in made_of and "setting-0" not in made_of
    assert "Cohen&#39;s kappa against people 0.37, n = 4,400 answers" in made_of


def test_figures_that_do_not_fit_are_left_out_and_counted() -> None:
    whole = made(models=2, settings=1, judges=1, styles=())
    page = leaderboard_html(whole, record(whole), evaluation_figures(whole), room=12_000)
    shown = page.count("<figure ")
    left_out = re.search(r"(\d+) more figures? (?:is|are) left out", page)
    assert shown >= 1 and left_out
    everything = leaderboard_html(whole, record(whole), evaluation_figures(whole))
    assert everything.count("<figure ") == shown + int(left_out[1])
    assert "left out, to keep" not in everything


def test_the_page_fetches_nothing_and_runs_only_its_own_script(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy and policy[1].startswith("default-src &#39;none&#39;; script-src &#39;sha256-")
    assert "unsafe" not in policy[1]
    assert not re.search(r'\s(?:src|srcset|action|style|on[a-z]+)="', page)
    assert set(re.findall(r'href="([^"#][^"]*)"', page)) == {"data:,", JSON}
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)


def test_an_evaluation_of_nothing_gives_a_page(tmp_path: Path) -> None:
    whole = made(models=1, settings=1, judges=1)
    bare = replace(whole, rates=(), effects=(), decoded=(), correlations=(), notes=())
    write_leaderboard(tmp_path, bare)
    assert "How this was made" in (tmp_path / PAGE).read_text()


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    small = made(models=1, settings=1, judges=1, categories=(), styles=())
    with pytest.raises(FileUnwritableError, match="must be writable"):
        write_leaderboard(tmp_path / "taken", small)


def test_no_figure_repeats_what_the_tables_have(page: str) -> None:
    assert 'id="figure-heatmap' not in page
    assert 'id="figure-rates' not in page
    assert 'id="figure-categories' in page


def test_the_page_says_what_it_is_when_it_was_made_by_what_and_leads_to_its_parts() -> None:
    said = {"title": "Refusals <2026>", "description": 'What "we" found.', "made": "2026-11-30"}
    whole = replace(made(models=2, settings=1, judges=1, styles=()), **said, tool="9.9.9")
    page = leaderboard_html(whole, record(whole), evaluation_figures(whole))
    assert "<h1><bdi>Refusals &lt;2026&gt;</bdi></h1>" in page
    assert "What &#34;we&#34; found." in page
    assert '<time datetime="2026-11-30">2026-11-30</time> by refusery 9.9.9' in page
    for part in ("models", "figures", "how"):
        assert f'<a href="#{part}">' in page
        assert f'<section id="{part}"' in page
    assert "<title>Refusals &lt;2026&gt;: leaderboard</title>" in page


def test_without_a_title_it_is_called_by_the_recipe() -> None:
    whole = replace(made(models=2, settings=1, judges=1, styles=()), title="")
    page = leaderboard_html(whole, record(whole), evaluation_figures(whole))
    assert f"<h1><bdi>Evaluation {whole.name}</bdi></h1>" in page
