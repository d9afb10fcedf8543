"""The choice: so many requests a category, as unlike each other as they can be.

People go first: what they accept is in, what they reject is out, and the machine fills what is
left. What the machine alone would have chosen is kept beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import polars as pl

from artifacts.base_schemas import BASE, BASE_DROPPED, REVIEW
from curation.clusters import clusters
from curation.diversity import farthest
from curation.rows import Candidate as Text
from flows.review.decisions import Decision
from flows.runner.stage import Kind, Outcome, Row
from flows.stages.candidates import Candidate, candidates, unlike
from flows.stages.choice_bounds import Bounds
from flows.stages.chosen_rows import Chosen, barred_row, dropped_row, kept_row, review_row
from flows.versions.numbering import Numbering
from inference.types import Program
from taxonomy import NONE

STAGE_VERSION = 1


@dataclass(frozen=True)
class ChooseStage:
    """Selects the base set; sees the whole table.

    Attributes:
        name: The stage's name.
        digest: Hash of the settings, the encoder's identity, the decisions and STAGE_VERSION.
        encoder: The encoder's name in the recipe.
        per_category: Requests wanted per category.
        numbering: The ids that are left for each category.
        seed: Seed of the choice.
        cluster: Cosine from which on rows without a category are about the same thing.
        decisions: What people decided, by id.
        bounds: What earlier releases forbid, and what of them is in the set already.
    """

    name: str
    digest: str
    encoder: str
    per_category: int
    numbering: Numbering
    seed: int
    cluster: float
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    bounds: Bounds = field(default_factory=Bounds)
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": BASE, "dropped": BASE_DROPPED, "review": REVIEW}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """The chosen rows with their ids; every candidate in the review table."""
        everything = candidates(rows, self.decisions)
        out = yield from self.bounds.out(everything)
        found = [each for each in everything if each.key not in out]
        machine: dict[str, Chosen] = {}
        chosen: dict[str, Chosen] = {}
        for name in self.numbering.numbers:
            alone = yield from self._by_machine(name, found, self.bounds.given(name))
            machine.update(self._placed(name, alone, "machine"))
            chosen.update((yield from self._with_people(name, found, alone)))
        groups = yield from self._groups(found)
        short = {name for name in self.numbering.numbers if self._lacks(name, found, chosen)}
        return Outcome(
            [kept_row(each, chosen[each.key]) for each in found if each.key in chosen],
            [
                *(dropped_row(each) for each in found if each.key not in chosen),
                *(barred_row(each, out[each.key]) for each in everything if each.key in out),
            ],
            {
                "review": [
                    review_row(each, each.key in chosen, each.key in machine, groups, short)
                    for each in found
                ]
            },
        )

    def _with_people(
        self, name: str, found: Sequence[Candidate], alone: Sequence[str]
    ) -> Program[dict[str, Chosen]]:
        """The rows of a category; as the machine alone has them where nobody decided anything."""
        if not self.decisions:
            return self._placed(name, alone, "machine")
        accepted = [each for each in found if each.verb == "accept" and each.category == name]
        ranked = [each.ranked() for each in unlike(accepted)]
        before = self.bounds.given(name)
        wanted = max(0, self.per_category - len(before))
        people = yield from farthest(ranked, wanted, self.encoder, self.seed, before)
        texts = {each.key: each.text for each in accepted}
        given = (*before, *(texts[key] for key in people))
        rest = yield from self._by_machine(
            name, [each for each in found if each.verb is None], given
        )
        placed = self._placed(name, people, "person")
        return placed | self._placed(name, rest, "machine", len(people))

    def _by_machine(
        self, name: str, found: Sequence[Candidate], given: Sequence[str]
    ) -> Program[tuple[str, ...]]:
        """What the machine takes of a category, given what is in already."""
        rows = [
            Candidate(each.row)
            for each in found
            if each.sorted_by_machine and each.machine == name and each.row["text"] not in given
        ]
        ranked = [each.ranked() for each in unlike(rows)]
        wanted = max(0, self.per_category - len(given))
        return (yield from farthest(ranked, wanted, self.encoder, self.seed, given))

    def _placed(self, name: str, keys: Sequence[str], by: str, first: int = 0) -> dict[str, Chosen]:
        left = islice(self.numbering.free(name), first, None)
        return {key: Chosen(own, by) for key, own in zip(keys, left, strict=False)}

    def _lacks(self, name: str, found: Sequence[Candidate], chosen: Mapping[str, Chosen]) -> bool:
        own = sum(each.key in chosen for each in found if each.category == name)
        return own + len(self.bounds.given(name)) < self.per_category

    def _groups(self, found: Sequence[Candidate]) -> Program[dict[str, tuple[int, int, bool]]]:
        """For each row without a category: its group, how large it is, and if it is the centre."""
        rows = sorted(
            (each for each in found if each.row["category"] == NONE and each.row["agreement"]),
            key=lambda each: each.key,
        )
        texts = [Text(each.key, str(each.row["text"])) for each in rows]
        groups = yield from clusters(texts, self.encoder, self.cluster)
        return {
            row: (number, len(group.rows), place == 0)
            for number, group in enumerate(groups, 1)
            for place, row in enumerate(group.rows)
        }
