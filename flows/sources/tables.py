"""Tables on the Hub that a verb is given in place of a file."""

from __future__ import annotations

from pathlib import Path

from flows.sources.hub import fetch_file
from flows.sources.hub_names import hub_name


def fetched_table(given: str) -> Path:
    """The file of a table's name on the Hub, at its newest revision unless it names another.

    Raises:
        SourceError: It is no such name, not one file, or the Hub does not answer.
    """
    return fetch_file(hub_name(given))
