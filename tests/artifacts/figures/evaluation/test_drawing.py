"""Each figure of an evaluation: its n, its words, and that anything at all can be drawn."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import islice

import pytest

from artifacts.evaluation_facts import Evaluation
from artifacts.figures.evaluation.gallery import Drawn, evaluation_figures, files_of
from artifacts.figures.figure import ON_BAR
from tests.artifacts.figures.evaluation.made import CATEGORIES, made

_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def whole() -> Evaluation:
    return made(models=4)


@pytest.fixture(scope="module")
def drawn(whole: Evaluation) -> tuple[Drawn, ...]:
    return tuple(evaluation_figures(whole))


def _of(drawn: tuple[Drawn, ...], start: str) -> Drawn:
    return next(each for each in drawn if each.figure.key.startswith(start))


def test_all_kinds_of_figures_are_drawn_under_names_of_their_own(drawn: tuple[Drawn, ...]) -> None:
    names = [each.figure.key for each in drawn]
    assert len(set(names)) == len(names)
    kinds = {"tradeoff", "rates", "categories", "heatmap", "styles", "settings", "decoding"}
    assert {name.split("-")[0] for name in names} == kinds
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)


def test_every_figure_says_what_it_rests_on_and_what_is_to_be_seen(
    drawn: tuple[Drawn, ...],
) -> None:
    for each in drawn:
        figure = each.figure
        assert figure.svg and figure.title and figure.alt and figure.table.rows
        assert re.search(r"n = [\d,]+", figure.rests_on), figure.key


def test_the_first_judges_figures_come_first(drawn: tuple[Drawn, ...]) -> None:
    judges = [each.judge for each in drawn if each.judge]
    assert judges == sorted(judges, key=["keyword", "judge-1"].index)


def test_what_is_drawn_is_known_to_be_of_which_data_setting_and_judge(
    drawn: tuple[Drawn, ...],
) -> None:
    scatter, study = _of(drawn, "tradeoff"), _of(drawn, "settings-or-hard")
    assert (scatter.data, scatter.setting) == (("or-hard", "or-toxic"), "setting-0")
    assert (study.data, study.setting, study.judge) == (("or-hard",), None, "keyword")
    assert _of(drawn, "decoding").judge is None


def test_a_set_in_several_styles_is_shown_by_its_prompts_as_they_are(
    drawn: tuple[Drawn, ...], whole: Evaluation
) -> None:
    heatmap = _of(drawn, "heatmap-sorry-bench").figure
    assert "base prompts" in heatmap.rests_on
    (rate,) = (
        each
        for each in whole.rates
        if (each.data, each.target, each.setting) == ("sorry-bench", "model-03", "setting-0")
        and (each.judge, each.style, each.category) == ("keyword", "base", None)
    )
    assert dict(row[:2] for row in heatmap.table.rows)["model-03"] == f"{rate.fulfilment:.1%}"


def test_effects_have_intervals_p_values_and_decode_success_beside_them(
    drawn: tuple[Drawn, ...],
) -> None:
    figure = _of(drawn, "styles-sorry-bench").figure
    assert "n = 190 base prompts" in figure.rests_on
    assert re.search(r">\d+% read</text>", figure.svg)
    assert figure.svg.count("read</text>") == 3 * 4
    fills = re.findall(r'fill="(#24507a|#fffffe)" stroke="#24507a"', figure.svg)
    assert {"#24507a", ON_BAR} == set(fills)
    assert all("to" in str(row[6]) and str(row[5])[0] in "+-" for row in figure.table.rows)


def test_settings_differ_by_shape_and_not_by_colour_alone(drawn: tuple[Drawn, ...]) -> None:
    svg = _of(drawn, "settings-or-hard").figure.svg
    assert re.search(r'd="M[^"]*A[^"]*" fill="#24507a"', svg)
    assert re.search(r'd="M-[\d.]+,-[\d.]+h[^"]*Z" fill="#fffffe"', svg)
    assert "setting-0" in svg and "setting-1" in svg


def test_the_same_evaluation_gives_the_same_drawings(whole: Evaluation) -> None:
    first = [each.figure for each in islice(evaluation_figures(whole), 6)]
    assert [each.figure for each in islice(evaluation_figures(whole), 6)] == first


def test_a_drawing_stands_by_itself_with_title_n_and_alternative_text() -> None:
    for name, svg in files_of(evaluation_figures(made(models=2, settings=1, judges=1))).items():
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img", name
        title, desc = root.find(f"{_SVG}title"), root.find(f"{_SVG}desc")
        assert title is not None and title.text
        assert desc is not None and desc.text and "n = " in desc.text
        texts = [each.text or "" for each in root.iter(f"{_SVG}text")]
        assert any("n = " in text for text in texts) and texts[0] in title.text
        assert not re.search(r'(href|src|url)="?(?!#)', svg.replace("url(#", ""))


def test_one_model_is_drawn_without_fit_and_with_intervals_by_category() -> None:
    drawn = tuple(evaluation_figures(made(models=1, settings=1, judges=1)))
    scatter = _of(drawn, "tradeoff").figure
    assert "n = 1 model;" in scatter.rests_on and "stroke-dasharray" not in scatter.svg
    assert "rho not measured" in scatter.note and "curve" not in scatter.note
    assert "Whiskers" in _of(drawn, "categories").figure.note
    assert not [each for each in drawn if each.figure.key.startswith("settings")]


def test_without_categories_no_figure_by_category_is_drawn() -> None:
    drawn = files_of(
        evaluation_figures(made(models=3, settings=1, judges=1, categories=(), styles=()))
    )
    assert drawn and not [name for name in drawn if name.startswith(("heatmap", "categories"))]


def test_rates_that_rest_on_nothing_are_left_out_and_never_0() -> None:
    whole = made(models=3, settings=1, judges=1)
    nothing = {"rate": None, "interval": None, "own_rate": None, "own_interval": None}
    unanswered = {"answered": 0, "unparseable": 0, "refused": 0, "blocked": 0, **nothing}
    rates = tuple(
        replace(rate, **unanswered) if rate.target == "model-01" else rate for rate in whole.rates
    )
    drawn = tuple(evaluation_figures(replace(whole, rates=rates)))
    table = _of(drawn, "rates-or-hard").figure.table
    assert table.rows[-1][0] == "model-01" and table.rows[-1][-2] == "not measured"
    assert "n = 2 models" in _of(drawn, "tradeoff").figure.rests_on
    assert ">-</text>" in _of(drawn, "heatmap-or-hard").figure.svg
    empty = replace(whole, rates=tuple(replace(rate, **unanswered) for rate in whole.rates))
    assert not [name for name in files_of(evaluation_figures(empty)) if name.startswith("rates")]


def test_an_evaluation_of_nothing_draws_nothing() -> None:
    whole = made(models=2)
    bare = replace(whole, rates=(), effects=(), decoded=(), correlations=whole.correlations)
    assert files_of(evaluation_figures(bare)) == {}


def test_a_model_that_was_not_asked_in_a_setting_is_left_out_of_it() -> None:
    whole = made(models=3, judges=1, categories=(), styles=())
    rates = tuple(
        rate for rate in whole.rates if (rate.target, rate.setting) != ("model-02", "setting-1")
    )
    drawn = tuple(evaluation_figures(replace(whole, rates=rates)))
    models = [row[0] for row in _of(drawn, "rates-or-hard-setting-1").figure.table.rows]
    assert models == ["model-00", "model-01"]


@pytest.mark.slow
def test_sixty_models_by_forty_five_categories_are_drawn() -> None:
    categories = tuple(f"{at} a category with quite a long name" for at in range(45))
    whole = made(models=60, settings=1, judges=1, categories=categories, styles=(), rows=440)
    drawn = tuple(evaluation_figures(replace(whole, data=whole.data[2:], correlations=())))
    heatmap = _of(drawn, "heatmap").figure
    assert heatmap.svg.count("<text") >= 60 * 45
    assert len(heatmap.table.rows) == 60 and heatmap.is_wide


def test_names_that_look_like_markup_are_drawn_as_they_are() -> None:
    whole = made(models=2, settings=1, judges=1, styles=())
    hostile = "<script>alert(1)</script>\x00\ud800"
    rates = tuple(
        replace(rate, category=hostile if rate.category == CATEGORIES[0] else rate.category)
        for rate in whole.rates
    )
    data = tuple(
        replace(each, categories=(hostile, *each.categories[1:]), name=each.name)
        for each in whole.data
    )
    for svg in files_of(evaluation_figures(replace(whole, data=data, rates=rates))).values():
        ElementTree.fromstring(svg)
        assert "<script" not in svg
