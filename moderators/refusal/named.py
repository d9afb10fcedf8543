"""A judge under another name than its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from base.digests import digest_of, require_digest
from inference.types import Item, Program
from moderators.refusal.types import Judgment, RefusalJudge


@dataclass(frozen=True, slots=True)
class RenamedJudge:
    """Says what another judge says, in its own name.

    Attributes:
        name: The name.
        original: The judge.
    """

    name: str
    original: RefusalJudge

    @property
    def digest(self) -> str:
        """Of the name and the judge."""
        original = require_digest("judge", self.original.name, self.original)
        return digest_of("renamed-judge", self.name, original)

    def judge(self, item: Item, family: str | None = None) -> Program[Judgment]:
        """Asks the judge."""
        judgment = yield from self.original.judge(item, family)
        return replace(judgment, judge=self.name)
