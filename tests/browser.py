"""A real Chromium without a window, for what people look at; Debian's, driven by selenium."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

REQUIRED = "REFUSERY_REQUIRE_BROWSER"
"""Set to 1, this makes a test fail that would skip as there is no browser."""

_MISSING = "chromium or chromedriver is not on the path"
_SWITCHES = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--hide-scrollbars", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-extensions", "--disable-sync"),
)


@dataclass(frozen=True, slots=True)
class Browser:
    """A running Chromium: its driver, and what it has logged."""

    driver: Chrome

    def open(self, path: Path, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
        """Opens a file in a window of that size, with all that was logged before forgotten."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        # Without motion, as a click would miss what a smooth scroll is still moving.
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.complaints()
        self.requests()
        self.driver.get(path.as_uri())

    def run(self, script: str, *arguments: object) -> Any:  # noqa: ANN401
        """What a script returns that runs in the page."""
        return self.driver.execute_script(script, *arguments)  # type: ignore[no-untyped-call]

    def violations(self) -> list[str]:
        """What axe-core finds in the page: rule, impact, first place; none where all is well.

        Skips where its package is not installed (`requirements/browser.txt`).
        """
        found = find_spec("axe_playwright_python")
        if found is None or found.origin is None:
            pytest.skip("axe-playwright-python is not installed")
        # Of the package the script alone: its Python drives another browser's library.
        self.run(Path(found.origin).with_name("axe.min.js").read_text("utf-8"))
        self.run("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        told = self.driver.execute_async_script(_AXE)  # type: ignore[no-untyped-call]
        return [str(each) for each in told]

    def complaints(self) -> list[str]:
        """What the console has logged since this was asked last: errors, broken policies."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses that were asked for since this was asked last."""
        logged = (
            json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")
        )
        return [
            message["params"]["request"]["url"]
            for message in logged
            if message["method"] == "Network.requestWillBeSent"
        ]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; a failure where there is none and one is required."""
    if not _is_here():
        pytest.fail(f"{REQUIRED}=1, and {_MISSING}")
    driver = _started(*map(str, _found()))
    try:
        yield Browser(driver)
    finally:
        driver.quit()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips a test that needs a browser where there is none.

    For a `conftest.py` beside such tests to import: all skip in this one place, and are counted in
    one line.
    """
    needs = "browser" in getattr(item, "fixturenames", ())
    if needs and not _is_here() and os.environ.get(REQUIRED) != "1":
        pytest.skip(_MISSING)


def _found() -> tuple[str | None, str | None]:
    return shutil.which("chromium"), shutil.which("chromedriver")


def _is_here() -> bool:
    return None not in _found()


def _started(chromium: str, chromedriver: str) -> Chrome:
    options = ChromeOptions()
    options.binary_location = chromium
    for switch in _SWITCHES:
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return Chrome(options=options, service=Service(chromedriver))


_AXE = """
const done = arguments[0];
axe.run(document, {resultTypes: ["violations"]}).then(
  found => done(found.violations.map(
    each => `${each.id} (${each.impact}): ${each.nodes[0].html.slice(0, 200)}`)),
  error => done([String(error)]));
"""

LEAVING = """
return [...document.querySelectorAll('.drawing svg text')].filter(each => {
  const label = each.getBoundingClientRect();
  const frame = each.ownerSVGElement.getBoundingClientRect();
  return label.width && (label.left < frame.left - 1 || label.right > frame.right + 1 ||
    label.top < frame.top - 1 || label.bottom > frame.bottom + 1);
}).map(each => `${each.closest('figure').id}: ${each.textContent}`);
"""
"""A script that returns the labels which leave their drawings, cut off by its edge."""

UNSAID = """
return [...document.querySelectorAll('.drawing')].filter(each =>
  each.scrollWidth > each.clientWidth + 1 &&
  (!getComputedStyle(each, '::before').content.includes('scroll') || each.tabIndex !== 0)
).map(each => each.closest('figure').id);
"""
"""A script that returns the drawings which are wider than their place and do not say so."""
