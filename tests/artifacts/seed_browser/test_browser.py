"""The seed browser as people see it: in a real Chromium, by keyboard too."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.ui import WebDriverWait

from artifacts.seed_browser.page import write_pages
from tests.artifacts.seed_browser.families import HOSTILE, Family, family, member
from tests.browser import Browser

_SHOWN = "return document.querySelector('main').innerText"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with a hostile family, a sensitive one and many others."""
    hostile = Family("h", member("h", text=HOSTILE), (member("h-0", text=HOSTILE, label="safe"),))
    families = [
        hostile,
        family("s", "sensitive"),
        *(family(f"r{number}", "illegal") for number in range(14)),
    ]
    path = tmp_path_factory.mktemp("seeds") / "seeds.html"
    return write_pages(path, "mine 2026.11.0", families, ["sensitive"])[0]


def _text(browser: Browser) -> str:
    return str(browser.run(_SHOWN))


def test_texts_are_hidden_until_they_are_asked_for_by_keyboard(
    browser: Browser, page: Path
) -> None:
    browser.open(page)
    assert "MARKED" not in _text(browser)
    assert "SAID IT" not in _text(browser)
    button = browser.driver.find_element(By.CSS_SELECTOR, "[aria-label='Show texts of seed r0']")
    button.send_keys(Keys.ENTER)
    shown = _text(browser)
    assert "MARKED r0-0" in shown
    assert "SAID IT" in shown
    assert "WHY r0" in shown
    assert "MARKED r1" not in shown
    button.send_keys(Keys.SPACE)
    assert "MARKED" not in _text(browser)
    assert browser.complaints() == []
    assert [each for each in browser.requests() if not each.startswith(("file:", "data:"))] == []


def test_all_texts_but_sensitive_ones_are_shown_at_once(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.driver.find_element(By.ID, "all").click()
    shown = _text(browser)
    assert "MARKED r0" in shown
    assert "MARKED s" not in shown
    assert "Text withheld: the category is a sensitive one." in shown
    assert str(browser.run("return document.title")) == "Seeds of mine 2026.11.0"


def test_filters_and_search_find_families(browser: Browser, page: Path) -> None:
    browser.open(page)
    Select(browser.driver.find_element(By.ID, "category")).select_by_visible_text("hate")
    assert "1 of 16 seeds of this page match" in _text(browser)
    Select(browser.driver.find_element(By.ID, "state")).select_by_visible_text("dropped")
    assert "None of 16 seeds" in _text(browser)
    browser.driver.find_element(By.ID, "clear").click()
    browser.driver.find_element(By.ID, "search").send_keys("marked r13")
    WebDriverWait(browser.driver, 5).until(lambda _: "1 of 16" in _text(browser))


def test_more_are_listed_on_demand_and_the_focus_goes_to_the_first_new_one(
    browser: Browser, page: Path
) -> None:
    browser.open(page)
    assert "10 listed" in _text(browser)
    browser.driver.find_element(By.ID, "more").send_keys(Keys.ENTER)
    assert "16 listed" in _text(browser)
    assert browser.run("return document.activeElement.className") == "family"


@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_is_wider_than_the_window(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width=width)
    browser.driver.find_element(By.ID, "all").click()
    wide, window = browser.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light")])
def test_axe_finds_nothing(browser: Browser, page: Path, width: int, scheme: str) -> None:
    browser.open(page, width, scheme=scheme)
    assert browser.violations() == []
