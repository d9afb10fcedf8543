"""Guard models, one dialect a file: how its prompt is rendered, and how its answer is read.

Whatever a guard says that is not its dialect's own form is `Unusable`, and after its tries an
abstention: never safe. A guard stands behind an OpenAI-compatible server that knows its chat
template (vLLM does).
"""

from __future__ import annotations

from moderators.guards.dialect import Guard, GuardVerdict, Question
from moderators.guards.moderator import GuardJudge, GuardModerator
from moderators.guards.registry import DIALECTS, guard, guards

__all__ = [
    "DIALECTS",
    "Guard",
    "GuardJudge",
    "GuardModerator",
    "GuardVerdict",
    "Question",
    "guard",
    "guards",
]
