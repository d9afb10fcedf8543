"""The leaderboard of an evaluation: one page that fetches nothing, and its JSON."""

from __future__ import annotations

from artifacts.leaderboard.page import JSON, PAGE, write_leaderboard

__all__ = [
    "JSON",
    "PAGE",
    "write_leaderboard",
]
