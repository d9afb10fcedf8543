"""The report: one page of HTML with everything in it, and nothing that it would have to fetch."""

from __future__ import annotations

from artifacts.report.files import write_report
from artifacts.report.page import report_html

__all__ = [
    "report_html",
    "write_report",
]
