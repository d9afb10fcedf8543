"""The names of an evaluation's stages, which say what each is of.

Names of data sets, targets, settings and judges hold no dot, so that a dot parts them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PROMPTS, ANSWERS, DECODED, JUDGED = "prompts", "answers", "decoded", "judged"
_ODD = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """One data set put to one target in one setting.

    Attributes:
        data: The data set's name.
        target: The target's name.
        setting: The setting's name.
    """

    data: str
    target: str
    setting: str

    @property
    def prompts(self) -> str:
        """The stage with the data set's prompts."""
        return prompts_stage(self.data)

    @property
    def answers(self) -> str:
        """The stage with the answers as they came."""
        return ".".join((ANSWERS, self.data, self.target, self.setting))

    @property
    def decoded(self) -> str:
        """The stage with the answers in plain English."""
        return ".".join((DECODED, self.data, self.target, self.setting))

    def judged(self, judge: str) -> str:
        """The stage with a judge's verdicts."""
        return ".".join((JUDGED, self.data, self.target, self.setting, plain(judge)))


def prompts_stage(data: str) -> str:
    """The stage with a data set's prompts."""
    return f"{PROMPTS}.{data}"


def plain(name: str) -> str:
    """A judge's name as it stands in the name of a folder."""
    return _ODD.sub("-", name) or "-"
