"""The choice: so many requests a category, as unlike each other as they can be.

People go first: what they accept is in, what they reject is out, and the machine fills what is
left. What the machine alone would have chosen is kept beside it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice

import polars as pl

from artifacts.schemas import kept_and_dropped
from artifacts.sorry_bench_schemas import BASE, REVIEW
from checks.identity import content_id
from curation.diversity import clusters, farthest
from curation.rows import Candidate as Text
from curation.rows import Dropped
from inference.types import Program
from people.base_review import Decision
from pipelines.runner.rows import drop
from pipelines.runner.stage import Frames, Outcome, Row, frames_from
from pipelines.sorry_bench.candidates import Candidate, candidates, unlike
from pipelines.sources.base_sets import BASE_STYLE
from pipelines.stages.dedup import held_against
from pipelines.versions.lineage import CARRIED, WITHDRAWN, Numbering
from taxonomy import NONE


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


FOUND = ("not_chosen", "category_full")
"""Reasons of rows that have a category and were not needed in it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a row came into the set.

    Attributes:
        question_id: Its id.
        by: `machine` or `person`.
    """

    question_id: int
    by: str


def kept_row(candidate: Candidate, chosen: Chosen) -> Row:
    """The row as a request of the base set."""
    return _row(candidate, chosen.question_id, chosen.by)


def dropped_row(candidate: Candidate) -> Row:
    """The row with why it is not in the set."""
    return drop(_row(candidate, None, None), _reason(candidate))


def barred_row(candidate: Candidate, out: Dropped) -> Row:
    """The row that no one may choose, with the evidence."""
    return drop(_row(candidate, None, None), out.reason, out.score, out.duplicate_of)


def review_row(
    candidate: Candidate,
    chosen: bool,
    machine_chosen: bool,
    groups: Mapping[str, tuple[int, int, bool]],
    short: Collection[str],
) -> Row:
    """The row as people see it, with what machine and people said of it.

    Args:
        candidate: The row.
        chosen: Whether it is in the set.
        machine_chosen: Whether the machine alone would have chosen it.
        groups: For rows without a category: group, its size, and whether the row is its centre.
        short: The categories that have too few requests.
    """
    row, decision = candidate.row, candidate.decision
    group, size, centre = groups.get(candidate.key, (None, None, False))
    return {
        "row": candidate.key,
        "root": row["root"],
        "id": candidate.id,
        "why": _why(candidate, chosen, centre and size != 1, short),
        "text": row["text"],
        "source": row["source"],
        "machine": None if candidate.written else row["category"],
        "machine_chosen": machine_chosen,
        "second": row["second"],
        "stated": row["stated"],
        "agreement": row["agreement"],
        "confidence": row["confidence"],
        "cluster": group,
        "cluster_rows": size,
        "decision": candidate.verb,
        "category": decision.category if decision else None,
        "rewrite": decision.rewrite if decision else None,
        "note": decision.note or None if decision else None,
    }


def _row(candidate: Candidate, question: int | None, by: str | None) -> Row:
    row = candidate.row
    rewritten = candidate.text != row["text"]
    return {
        **row,
        "text": candidate.text,
        "category": candidate.category,
        "writer": "person" if rewritten else row["writer"],
        "question_id": question,
        "prompt_style": BASE_STYLE,
        "machine": None if candidate.written else row["category"],
        "chosen_by": by,
    }


def _reason(candidate: Candidate) -> str:
    if candidate.verb == "reject":
        return "rejected"
    if candidate.verb == "accept":
        return "category_full"
    if candidate.machine is None:
        return "undecided"
    return "no_category" if candidate.category == NONE else "not_chosen"


def _why(candidate: Candidate, chosen: bool, central: bool, short: Collection[str]) -> str:
    """Why a person should look at it, the weightiest reason alone; what became of it, else."""
    row = candidate.row
    if candidate.verb is not None:
        return "decided"
    if candidate.machine is None:
        return "undecided"
    if row["stated"] is not None and row["stated"] != row["category"]:
        return "stated_otherwise"
    if not chosen and row["second"] in short:
        return "second_choice"
    if central:
        return "no_category"
    return "chosen" if chosen else "other"


VERSION = 1
"""Raised where the code of the choice changes what comes out."""
TABLES = kept_and_dropped(BASE, review=REVIEW)


@dataclass(frozen=True)
class Choice:
    """Selects the base set from all candidates.

    Attributes:
        encoder: The encoder's name in the recipe.
        per_category: Requests wanted per category.
        numbering: The ids that are left for each category.
        seed: Seed of the choice.
        cluster: Cosine from which on rows without a category are about the same thing.
        decisions: What people decided, by id.
        bounds: What earlier releases forbid, and what of them is in the set already.
    """

    encoder: str
    per_category: int
    numbering: Numbering
    seed: int
    cluster: float
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    bounds: Bounds = field(default_factory=Bounds)

    def __call__(self, rows: pl.DataFrame) -> Program[Frames]:
        """The chosen rows with their ids; every candidate in the review table."""
        everything = candidates(rows.to_dicts(), self.decisions)
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
        outcome = Outcome(
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
        return frames_from(outcome, TABLES)

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
