"""The report as people see it: in a real Chromium, by mouse and by keyboard."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.ui import WebDriverWait

from artifacts.report.files import write_report
from tests.artifacts.report.audits import OR_CONFIGS, or_bench_audit, sorry_bench_audit, table_audit
from tests.artifacts.report.manifests import or_bench_manifest, sorry_bench_manifest
from tests.artifacts.report.tables import OR_CATEGORIES, or_bench_rows, sorry_bench_rows
from tests.artifacts.report.test_report import HOSTILE
from tests.browser import LEAVING, UNSAID, Browser

_WIDEST = """
return [...document.querySelectorAll('body *')].filter(each => {
  const box = each.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !each.closest('.scroll, .unseen, .skip');
}).map(each => each.outerHTML.slice(0, 80));
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A full sample: ten categories, a hundred rows each, three configs; and two other reports."""
    folder = tmp_path_factory.mktemp("reports")
    rows = {
        config: or_bench_rows(110, "toxic" if "toxic" in config else "safe", seed)
        for seed, config in enumerate(OR_CONFIGS)
    }
    write_report(
        folder / "or.html",
        or_bench_audit(),
        manifest=or_bench_manifest(),
        rows=rows,
        toxic_text=True,
        all_rows=True,
    )
    write_report(
        folder / "sorry.html",
        sorry_bench_audit(),
        manifest=sorry_bench_manifest(),
        rows={"sorry-bench": sorry_bench_rows(per_category=1)},
        toxic_text=True,
    )
    hostile = {"prompt": HOSTILE, "category": HOSTILE, "label": HOSTILE, "id": HOSTILE}
    rows = {"hostile": pl.DataFrame(hostile)}
    write_report(folder / "hostile.html", table_audit(HOSTILE), rows=rows)
    return folder


def _find(browser: Browser, selector: str) -> WebElement:
    return browser.driver.find_element(By.CSS_SELECTOR, selector)


def _items(browser: Browser) -> list[WebElement]:
    return browser.driver.find_elements(By.CSS_SELECTOR, "#rows > li")


def _count(browser: Browser) -> str:
    return _find(browser, "#count").text


def _wait_for(browser: Browser, count: str) -> None:
    WebDriverWait(browser.driver, 10).until(
        lambda _: count in _count(browser), f"wanted {count!r}, got {_count(browser)!r}"
    )


def _choose(browser: Browser, name: str, value: str) -> None:
    Select(_find(browser, f"#{name}")).select_by_visible_text(value)


def test_a_report_with_a_full_sample_opens(browser: Browser, folder: Path) -> None:
    browser.open(folder / "or.html")
    _wait_for(browser, "3,000 of 3,000 rows match; 25 listed.")
    assert browser.run("return document.querySelectorAll('figure svg').length") > 20


@pytest.mark.parametrize("name", ["or.html", "sorry.html", "hostile.html"])
def test_nothing_is_fetched_and_nothing_is_complained_of(
    browser: Browser, folder: Path, name: str
) -> None:
    browser.open(folder / name)
    _find(browser, "#all").click()
    assert browser.complaints() == []
    asked = browser.requests()
    assert [each for each in asked if not each.startswith("data:")] == [(folder / name).as_uri()]


def test_the_policy_stops_a_script_that_would_call_home(browser: Browser, folder: Path) -> None:
    browser.open(folder / "or.html")
    stopped = browser.run(
        "return await fetch('http://127.0.0.1:9/').then(() => 'sent', error => error.name)"
    )
    assert stopped == "TypeError"
    assert any("Content Security Policy" in each for each in browser.complaints())


def test_texts_are_hidden_until_they_are_asked_for(browser: Browser, folder: Path) -> None:
    browser.open(folder / "or.html")
    first, second = _items(browser)[:2]
    body = _find(browser, "body").text
    assert "version" not in body and "how do i" not in body
    button = first.find_element(By.TAG_NAME, "button")
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    assert "version" in first.find_element(By.CLASS_NAME, "text").text
    assert "version" not in second.text
    button.click()
    assert "version" not in _find(browser, "body").text


@pytest.mark.slow
def test_one_button_shows_all_texts_and_hides_them_again(browser: Browser, folder: Path) -> None:
    browser.open(folder / "or.html")
    _find(browser, "#all").click()
    assert all("version" in each.text for each in _items(browser))
    _find(browser, "#more").click()
    assert len(_items(browser)) == 75
    assert "version" in _items(browser)[-1].text
    _find(browser, "#all").click()
    assert len(_items(browser)) == 75
    assert not any("version" in each.text for each in _items(browser))


def test_filters_narrow_the_rows_and_are_cleared(browser: Browser, folder: Path) -> None:
    browser.open(folder / "or.html")
    _choose(browser, "config", "or-bench-toxic")
    _wait_for(browser, "1,000 of 3,000")
    _choose(browser, "category", "privacy")
    _wait_for(browser, "100 of 3,000")
    assert all("privacy" in each.text and "toxic" in each.text for each in _items(browser))
    _choose(browser, "label", "safe")
    _wait_for(browser, "None of 3,000 rows match.")
    assert _items(browser) == []
    _find(browser, "#clear").click()
    _wait_for(browser, "3,000 of 3,000")


def test_a_filter_with_one_value_is_not_offered(browser: Browser, folder: Path) -> None:
    browser.open(folder / "or.html")
    assert not _find(browser, "#style").is_displayed()
    browser.open(folder / "sorry.html")
    assert _find(browser, "#style").is_displayed()
    assert not _find(browser, "#config").is_displayed()
    _choose(browser, "style", "morse")
    _wait_for(browser, "45 of 270")


@pytest.mark.slow
def test_the_search_looks_at_texts_and_ids(browser: Browser, folder: Path) -> None:
    browser.open(folder / "or.html")
    search = _find(browser, "#search")
    _find(browser, "#all").click()
    search.send_keys("  EGG White ")
    WebDriverWait(browser.driver, 10).until(lambda _: "3,000 of 3,000" not in _count(browser))
    assert all("egg white" in each.text for each in _items(browser))
    shown = _items(browser)[0].find_element(By.TAG_NAME, "code").text
    search.clear()
    search.send_keys(shown)
    _wait_for(browser, "1 of 3,000")
    search.clear()
    search.send_keys("no row has these words")
    _wait_for(browser, "None of 3,000")


@pytest.mark.slow
def test_opening_words_are_shown_when_they_are_asked_for(browser: Browser, folder: Path) -> None:
    browser.open(folder / "or.html")
    figure = _find(browser, "#figure-openings-or-bench-80k")
    figure.find_element(By.TAG_NAME, "summary").click()
    assert "hidden" in figure.text and "how do i" not in figure.text
    figure.find_element(By.CLASS_NAME, "show-words").click()
    assert "how do i" in figure.text


def test_hostile_texts_are_shown_as_they_are(browser: Browser, folder: Path) -> None:
    browser.open(folder / "hostile.html")
    _find(browser, "#all").click()
    texts = {each.text for each in browser.driver.find_elements(By.CLASS_NAME, "text")}
    assert {HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[7]} <= texts
    assert browser.run("return document.querySelectorAll('main img, main script').length") == 0
    names = {each.text for each in Select(_find(browser, "#category")).options}
    assert HOSTILE[1] in names


def test_a_page_can_be_used_by_keyboard_alone(browser: Browser, folder: Path) -> None:
    browser.open(folder / "or.html")
    driver = browser.driver

    def press(key: str) -> WebElement:
        driver.switch_to.active_element.send_keys(key)
        return driver.switch_to.active_element

    first = press(Keys.TAB)
    assert first.text == "Skip to the content"
    assert browser.run("return arguments[0].getBoundingClientRect().top >= 0", first)
    assert press(Keys.ENTER).get_attribute("id") == "main"
    browser.run("document.getElementById('search').focus()")
    assert press(Keys.TAB).get_attribute("id") == "config"
    assert press(Keys.TAB).get_attribute("id") == "category"
    assert press("h").get_attribute("value") != ""
    assert press(Keys.TAB).get_attribute("id") == "label"
    assert press(Keys.TAB).get_attribute("id") == "all"
    assert press(Keys.TAB).get_attribute("id") == "clear"
    reveal = press(Keys.TAB)
    assert (reveal.accessible_name or "").startswith("Show text of ")
    outline = browser.run("return getComputedStyle(arguments[0]).outlineStyle", reveal)
    assert outline == "solid"
    press(Keys.SPACE)
    assert reveal.get_attribute("aria-expanded") == "true"
    more = _find(browser, "#more")
    browser.run("arguments[0].focus()", more)
    press(Keys.ENTER)
    assert driver.switch_to.active_element == _items(browser)[25]


@pytest.mark.slow
def test_all_controls_and_drawings_have_names(browser: Browser, folder: Path) -> None:
    browser.open(folder / "or.html")
    for selector in ("button", "input", "select", "summary", "[role=img]"):
        found = browser.driver.find_elements(By.CSS_SELECTOR, f"{selector}:not([hidden])")
        shown = [each for each in found if each.is_displayed()][:12]
        assert shown and all(each.accessible_name for each in shown), selector
    assert _find(browser, "#count").get_attribute("role") == "status"


@pytest.mark.parametrize("name", ["or.html", "sorry.html", "hostile.html"])
@pytest.mark.parametrize("width", [320, pytest.param(768, marks=pytest.mark.slow)])
def test_a_narrow_screen_is_never_scrolled_sideways(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    browser.open(folder / name, width=width, height=800)
    browser.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    _find(browser, "#all").click()
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run(_WIDEST) == []


@pytest.mark.slow
def test_what_scrolls_by_itself_can_be_reached_by_keyboard(browser: Browser, folder: Path) -> None:
    browser.open(folder / "or.html", width=320, height=800)
    unreached = browser.run(
        "return [...document.querySelectorAll('.scroll')]"
        ".filter(each => each.scrollWidth > each.clientWidth + 1 && each.tabIndex < 0).length"
    )
    assert unreached == 0


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_in_light_and_dark(browser: Browser, folder: Path, scheme: str) -> None:
    browser.open(folder / "or.html", scheme=scheme)
    ratios = browser.run(_CONTRAST)
    assert len(ratios) > 100
    assert min(ratios) >= 4.5, sorted(ratios)[:5]


_CONTRAST = """
const parts = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
const light = colour => {
  const [r, g, b] = parts(colour).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const paper = getComputedStyle(document.body).backgroundColor;
const found = [];
document.querySelectorAll('h1, h2, h3, p, td, th, dt, dd, a, summary, svg text').forEach(each => {
  const box = each.getBoundingClientRect();
  if (!box.width || each.closest('.skip')) return;
  if (each.tagName !== 'text') {
    const soft = each.closest('.verdict, .demo');
    const back = soft ? getComputedStyle(soft).backgroundColor : paper;
    if (!back.endsWith(', 0)')) found.push(ratio(getComputedStyle(each).color, back));
    return;
  }
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const under = [...each.ownerSVGElement.querySelectorAll('path, rect')].filter(shape => {
    const size = shape.getBoundingClientRect();
    return getComputedStyle(shape).fill.startsWith('rgb(') &&
      size.left <= x && x <= size.right && size.top <= y && y <= size.bottom;
  }).pop();
  found.push(ratio(getComputedStyle(each).fill, under ? getComputedStyle(under).fill : paper));
});
return found;
"""


@pytest.mark.slow
def test_a_page_of_rows_leads_back_and_on(browser: Browser, folder: Path) -> None:
    browser.open(folder / "or.html")
    browser.run("document.querySelector('.pages').open = true")
    links = browser.driver.find_elements(By.CSS_SELECTOR, ".pages a")
    assert [each.text for each in links] == [f"{config}, page 1 of 1" for config in OR_CONFIGS]
    links[0].click()
    _wait_for(browser, f"{10 * len(OR_CATEGORIES)} of {10 * len(OR_CATEGORIES)} rows match")
    assert browser.complaints() == []
    browser.driver.find_element(By.LINK_TEXT, "Page after").click()
    assert browser.driver.title == "or-bench-hard-1k, page 1 of 1"
    browser.driver.find_element(By.LINK_TEXT, "Report").click()
    assert browser.driver.title == "Audit of or-bench 2026.11.1"


@pytest.mark.parametrize("width", [400, 1280])
def test_no_label_leaves_its_drawing_and_wide_drawings_say_that_they_scroll(
    browser: Browser, folder: Path, width: int
) -> None:
    for page in sorted(folder.glob("*.html")):
        browser.open(page, width=width)
        assert browser.run(LEAVING) == [], page.name
        assert browser.run(UNSAID) == [], page.name


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light")])
@pytest.mark.parametrize("name", ["or.html", "sorry.html", "hostile.html"])
def test_axe_finds_nothing(
    browser: Browser, folder: Path, name: str, width: int, scheme: str
) -> None:
    browser.open(folder / name, width, scheme=scheme)
    assert browser.violations() == []
