"""The leaderboard as people see it: in a real Chromium, by mouse and by keyboard."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.ui import WebDriverWait

from artifacts.leaderboard.page import PAGE, write_leaderboard
from tests.artifacts.figures.evaluation.made import made
from tests.artifacts.figures.evaluation.published import FULFILMENT, sorry_bench
from tests.browser import LEAVING, UNSAID, Browser

_WIDEST = """
return [...document.querySelectorAll('body *')].filter(each => {
  const box = each.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !each.closest('.scroll, .unseen, .skip');
}).map(each => each.outerHTML.slice(0, 80));
"""
_HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole leaderboard, the published one, one of little, and one of hostile names."""
    folder = tmp_path_factory.mktemp("leaderboards")
    write_leaderboard(folder / "whole", made(models=5))
    models = list(FULFILMENT)
    random.Random(7).shuffle(models)
    write_leaderboard(folder / "published", sorry_bench(tuple(models)))
    little = made(models=1, settings=1, judges=1, categories=(), styles=())
    write_leaderboard(folder / "little", replace(little, data=little.data[:1], correlations=()))
    named = replace(little.targets[0], name=_HOSTILE)
    rates = tuple(replace(rate, target=_HOSTILE) for rate in little.rates)
    write_leaderboard(folder / "hostile", replace(little, targets=(named,), rates=rates))
    return folder


def _all(browser: Browser, selector: str) -> list[WebElement]:
    return browser.driver.find_elements(By.CSS_SELECTOR, selector)


def _find(browser: Browser, selector: str) -> WebElement:
    return browser.driver.find_element(By.CSS_SELECTOR, selector)


def _texts(browser: Browser, selector: str) -> list[str]:
    """Read in one go, as the table may be drawn anew between two looks."""
    script = "return [...document.querySelectorAll(arguments[0])].map(each => each.textContent)"
    return [str(text) for text in browser.run(script, selector)]


def _models(browser: Browser, table: str = "board") -> list[str]:
    return _texts(browser, f"[data-table='{table}'] tbody th bdi")


def _rates(browser: Browser) -> list[str]:
    return _texts(browser, "#board tbody td:nth-child(2) .value")


def _heads(browser: Browser) -> list[str]:
    return _texts(browser, "#board thead .sort span:first-child")


def _choose(browser: Browser, name: str, value: str) -> None:
    Select(_find(browser, f"#{name}")).select_by_visible_text(value)


def _sort(browser: Browser, by: str) -> None:
    _find(browser, f"#board [data-by='{by}']").click()


@pytest.mark.parametrize("name", ["whole", "published", "little", "hostile"])
def test_nothing_is_fetched_and_nothing_is_complained_of(
    browser: Browser, folder: Path, name: str
) -> None:
    browser.open(folder / name / PAGE)
    assert _models(browser)
    assert browser.complaints() == []
    asked = [each for each in browser.requests() if not each.startswith("data:")]
    assert asked == [(folder / name / PAGE).as_uri()]


def test_published_rates_come_out_in_the_published_order(browser: Browser, folder: Path) -> None:
    browser.open(folder / "published" / PAGE)
    shown = _models(browser)
    assert len(shown) == 56
    assert [FULFILMENT[name] for name in shown] == list(FULFILMENT.values())
    assert _rates(browser) == [f"{share:.1%}" for share in FULFILMENT.values()]
    ranks = _texts(browser, "#board .rank")
    assert ranks[:5] == ["1", "2", "2", "4", "5"] and ranks[-1] == "56"
    grid = _models(browser, "grid sorry-bench")
    assert [FULFILMENT[name] for name in grid] == list(FULFILMENT.values())


def test_a_click_on_a_heading_sorts_and_another_turns_it_round(
    browser: Browser, folder: Path
) -> None:
    browser.open(folder / "published" / PAGE)
    _sort(browser, "rate sorry-bench")
    assert [FULFILMENT[name] for name in _models(browser)] == list(FULFILMENT.values())[::-1]
    assert _find(browser, "#board [aria-sort]").get_attribute("aria-sort") == "descending"
    assert _find(browser, "#board .rank").text == "56"
    _sort(browser, "model")
    assert _models(browser)[0] == "aurora-m"
    _sort(browser, "refused")
    assert _models(browser)[0] == "claude-2.1"


@pytest.mark.slow
def test_sets_stand_side_by_side_until_one_is_chosen(browser: Browser, folder: Path) -> None:
    browser.open(folder / "whole" / PAGE)
    assert _heads(browser) == ["Model", "or-hard", "or-toxic", "sorry-bench"]
    assert _models(browser) == [f"model-0{at}" for at in range(5)]
    _sort(browser, "rate or-toxic")
    shown = _texts(browser, "#board tbody td:nth-child(3) .value")
    toxic = [float(text.removesuffix("%")) for text in shown]
    assert len(toxic) == 5 and toxic == sorted(toxic, reverse=True)
    _choose(browser, "data-set", "sorry-bench")
    assert _heads(browser)[:3] == ["Model", "fulfilment rate", "mean of categories"]
    assert _models(browser)[0] == "model-04"


def test_setting_judge_style_category_and_blocks_change_the_rates(
    browser: Browser, folder: Path
) -> None:
    browser.open(folder / "whole" / PAGE)
    _choose(browser, "data-set", "sorry-bench")
    seen = [_rates(browser)]
    for name, value in (
        ("setting", "setting-1"),
        ("judge", "judge-1"),
        ("category", "privacy"),
        ("blocks", "are left out"),
        ("category", "all"),
        ("style", "morse"),
        ("style", "all styles together"),
    ):
        _choose(browser, name, value)
        seen.append(_rates(browser))
        assert seen[-1] != seen[-2], name
    _find(browser, "#clear").click()
    WebDriverWait(browser.driver, 10).until(lambda _: len(_all(browser, "#board thead th")) == 4)


@pytest.mark.slow
def test_figures_and_how_they_were_made_follow_the_filters(browser: Browser, folder: Path) -> None:
    browser.open(folder / "whole" / PAGE)
    _choose(browser, "data-set", "or-hard")
    _choose(browser, "setting", "setting-1")
    _choose(browser, "judge", "judge-1")
    shown = [each for each in _all(browser, "figure") if each.is_displayed()]
    keys = [each.get_attribute("id") or "" for each in shown]
    assert "figure-categories-or-hard-setting-1-judge-1" in keys
    assert "figure-settings-or-hard-judge-1" in keys
    assert not [key for key in keys if "setting-0" in key or "keyword" in key or "sorry" in key]
    told = _find(browser, "#made").text
    assert "or-hard" in told and "agreement with people not measured" in told
    assert "a system prompt of 16 characters" in told and "or-toxic" not in told
    assert f"{len(keys)} of " in _find(browser, "#figure-count").text


@pytest.mark.slow
def test_a_filter_with_one_value_is_not_offered(browser: Browser, folder: Path) -> None:
    browser.open(folder / "little" / PAGE)
    for name in ("data-set", "setting", "judge", "style", "category"):
        assert not _find(browser, f"#{name}").is_displayed(), name
    assert not _find(browser, "#categories").is_displayed()


@pytest.mark.slow
def test_models_are_found_by_part_of_their_name(browser: Browser, folder: Path) -> None:
    browser.open(folder / "published" / PAGE)
    _find(browser, "#search").send_keys("Claude-3")
    WebDriverWait(browser.driver, 10).until(lambda _: len(_models(browser)) == 4)
    assert _find(browser, "#count").text == "4 of 56 models."
    assert _find(browser, "#board .rank").text == "4"


@pytest.mark.slow
def test_categories_sort_their_own_table(browser: Browser, folder: Path) -> None:
    browser.open(folder / "whole" / PAGE)
    head = "[data-table='grid or-hard'] [data-by='category hate']"
    _find(browser, head).click()
    column = 3 + ["deception", "harassment", "hate"].index("hate")
    cells = _all(browser, f"[data-table='grid or-hard'] tbody td:nth-child({column})")
    values = [int(each.text) for each in cells]
    assert values == sorted(values)
    assert browser.driver.switch_to.active_element == _find(browser, head)
    assert "n = " in (cells[0].get_attribute("title") or "")


def test_hostile_names_are_shown_as_they_are(browser: Browser, folder: Path) -> None:
    browser.open(folder / "hostile" / PAGE)
    assert _models(browser) == [_HOSTILE]
    assert browser.run("return document.querySelectorAll('main img, main script').length") == 0


def test_a_page_can_be_used_by_keyboard_alone(browser: Browser, folder: Path) -> None:
    browser.open(folder / "whole" / PAGE)
    driver = browser.driver

    def press(key: str) -> WebElement:
        driver.switch_to.active_element.send_keys(key)
        return driver.switch_to.active_element

    assert press(Keys.TAB).text == "Skip to the content"
    assert press(Keys.ENTER).get_attribute("id") == "main"
    names = ("data-set", "setting", "judge", "style", "category", "blocks", "search", "clear")
    assert [press(Keys.TAB).get_attribute("id") for _ in names] == list(names)
    first = press(Keys.TAB)
    assert first.get_attribute("data-by") == "model"
    outline = browser.run("return getComputedStyle(arguments[0]).outlineStyle", first)
    assert outline == "solid"
    again = press(Keys.ENTER)
    assert again.get_attribute("data-by") == "model"
    press(Keys.ENTER)
    assert _models(browser) == [f"model-0{at}" for at in (4, 3, 2, 1, 0)]


@pytest.mark.slow
def test_all_controls_and_drawings_have_names(browser: Browser, folder: Path) -> None:
    browser.open(folder / "whole" / PAGE)
    for selector in ("button", "input", "select", "summary", "[role=img]"):
        shown = [each for each in _all(browser, selector) if each.is_displayed()][:12]
        assert shown and all(each.accessible_name for each in shown), selector


@pytest.mark.parametrize("name", ["whole", "published", "hostile"])
@pytest.mark.parametrize("width", [320, pytest.param(768, marks=pytest.mark.slow)])
def test_a_narrow_screen_is_never_scrolled_sideways(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    browser.open(folder / name / PAGE, width=width, height=800)
    browser.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run(_WIDEST) == []
    unreached = browser.run(
        "return [...document.querySelectorAll('.scroll')]"
        ".filter(each => each.scrollWidth > each.clientWidth + 1 && each.tabIndex < 0).length"
    )
    assert unreached == 0


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_in_light_and_dark(browser: Browser, folder: Path, scheme: str) -> None:
    browser.open(folder / "whole" / PAGE, scheme=scheme)
    ratios = browser.run(_CONTRAST)
    assert len(ratios) > 100
    assert min(ratios) >= 4.5, sorted(ratios)[:5]


_CONTRAST = """
const light = colour => {
  const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(Number).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const paper = each => {
  for (let at = each; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!colour.endsWith(', 0)')) return colour;
  }
};
const seen = each => each.getBoundingClientRect().width && !each.closest('.skip');
const words = 'h1, h2, h3, p, li, td, th, dt, dd, a, span, bdi, button';
const found = [...document.querySelectorAll(words)].filter(seen)
  .map(each => ratio(getComputedStyle(each).color, paper(each)));
[...document.querySelectorAll('svg text')].filter(seen).forEach(each => {
  const box = each.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const under = [...each.ownerSVGElement.querySelectorAll('path, rect')].filter(shape => {
    const size = shape.getBoundingClientRect();
    return getComputedStyle(shape).fill.startsWith('rgb(') &&
      size.left <= x && x <= size.right && size.top <= y && y <= size.bottom;
  }).pop();
  const back = under ? getComputedStyle(under).fill : paper(each);
  found.push(ratio(getComputedStyle(each).fill, back));
});
return found;
"""


@pytest.mark.parametrize("name", ["published", "whole", "hostile"])
@pytest.mark.parametrize("width", [400, 1280])
def test_no_label_leaves_its_drawing_and_wide_drawings_say_that_they_scroll(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    browser.open(folder / name / PAGE, width=width)
    assert browser.run(LEAVING) == []
    assert browser.run(UNSAID) == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light")])
@pytest.mark.parametrize("name", ["whole", "published", "little", "hostile"])
def test_axe_finds_nothing(
    browser: Browser, folder: Path, name: str, width: int, scheme: str
) -> None:
    browser.open(folder / name / PAGE, width, scheme=scheme)
    assert browser.violations() == []
