"""Text in, verdict out: moderators, guards, judges, vote rules."""

from __future__ import annotations

from moderators.errors import ModeratorError
from moderators.types import Moderator, ModeratorPlan, Vote
from moderators.votes import RULES, Decision, decide

__all__ = [
    "RULES",
    "Decision",
    "Moderator",
    "ModeratorError",
    "ModeratorPlan",
    "Vote",
    "decide",
]
