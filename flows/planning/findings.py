"""What `doctor` finds: one line for each thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: Whether it works, is doubtful, or would end a run.
        subject: The key in the recipe.
        says: What was found, in one line; never a key.
    """

    level: Level
    subject: str
    says: str
