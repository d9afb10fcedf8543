"""Writes a leaderboard into a folder that can be served as it is."""

from __future__ import annotations

import json
from pathlib import Path

from artifacts.evaluation_facts import Evaluation
from artifacts.files import replacing
from artifacts.leaderboard.page import leaderboard_html
from artifacts.leaderboard.records import record

PAGE = "index.html"
JSON = "leaderboard.json"


def write_leaderboard(folder: Path, evaluation: Evaluation) -> None:
    """Writes `leaderboard.json`, then `index.html`, which holds the same figures and drawings.

    Args:
        folder: Where they go; made where it is missing.
        evaluation: What was found.

    Raises:
        FileUnwritable: A file cannot be written; `NoSpace` where the disk is full.
    """
    found = record(evaluation)
    page = leaderboard_html(evaluation, found)
    # A name may hold what UTF-8 cannot: as an escape it stays what it is.
    text = json.dumps(found, separators=(",", ":"), ensure_ascii=True)
    with replacing(folder / JSON) as file:
        file.write(text.encode() + b"\n")
    with replacing(folder / PAGE) as file:
        file.write(page.encode())
