from __future__ import annotations

from tests.browser import browser, pytest_runtest_setup

__all__ = ["browser", "pytest_runtest_setup"]
