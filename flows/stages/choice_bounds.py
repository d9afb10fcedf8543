"""What may not be chosen, whoever would choose it: withdrawn, carried, or near to earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from checks.identity import content_id
from curation.rows import Candidate as Text
from curation.rows import Dropped
from flows.stages.candidates import Candidate
from flows.stages.dedup import held_against
from flows.versions.carry import CARRIED, WITHDRAWN
from inference.types import Program


@dataclass(frozen=True)
class Bounds:
    """What earlier releases forbid a choice, and what of them is in the set already.

    A request may have been reworded since its source was held against them.

    Attributes:
        encoder: The encoder that near repeats are found with.
        threshold: The cosine from which on two texts are near; None for equal ones only.
        withdrawn: Ids of rows that people withdrew.
        references: Reads the requests of earlier releases.
        texts: Requests that are in the set already, by category.
        roots: The rows of the sources that those were made from.
    """

    encoder: str = ""
    threshold: float | None = None
    withdrawn: AbstractSet[str] = frozenset()
    references: Callable[[], Sequence[Text]] = tuple
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roots: AbstractSet[str] = frozenset()

    def given(self, category: str) -> tuple[str, ...]:
        """The requests that a category has already."""
        return self.texts.get(category, ())

    def out(self, found: Sequence[Candidate]) -> Program[dict[str, Dropped]]:
        """The candidates that are out, by their keys."""
        gone = {each.key: drop for each in found if (drop := self._known(each)) is not None}
        left = [Text(each.key, each.text) for each in found if each.key not in gone]
        near = yield from held_against(left, self.references(), self.encoder, self.threshold)
        return gone | {each.row: each for each in near}

    def _known(self, each: Candidate) -> Dropped | None:
        if content_id(each.text) in self.withdrawn:
            return Dropped(each.key, WITHDRAWN)
        return Dropped(each.key, CARRIED) if each.row["root"] in self.roots else None
