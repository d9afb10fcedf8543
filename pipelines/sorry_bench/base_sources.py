"""The sources of a base set: prior tables, rows that people wrote, or a set as it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import polars as pl

from artifacts.schemas import with_evidence
from artifacts.sorry_bench_schemas import BASE, BASE_DROPPED, CLASSIFIED, SOURCED
from checks.identity import content_id, root_key
from inference.types import Program
from people.base_review import Decision
from pipelines.runner.rows import drop
from pipelines.runner.stage import Kind, Outcome, Row
from pipelines.sources.base_sets import LoadedRows
from pipelines.versions.lineage import CARRIED, WITHDRAWN, Numbering

STAGE_VERSION = 1


@dataclass(frozen=True)
class PriorStage:
    """Takes in the rows of all tables that a base set is picked from; repeats are for later.

    Attributes:
        name: The stage's name.
        digest: Hash of the tables' bytes and of how each is read.
        read: Reads the rows.
        schemas: `SOURCED`, or for rows that people wrote `CLASSIFIED`.
    """

    name: str
    digest: str
    read: Callable[[], Sequence[Row]]
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": SOURCED, "dropped": with_evidence(SOURCED)}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """All of them."""
        yield from ()
        return Outcome(kept=list(self.read()))


@dataclass(frozen=True)
class Additions:
    """What earlier releases leave of a base set that is loaded.

    Attributes:
        numbering: The ids that are left, given how many each category has.
        withdrawn: Ids of rows that people withdrew.
        carried: Requests that are in the set already.
        roots: The rows of files that those were read from.
        per_category: Requests that each category is to have with them; None for any number.
    """

    numbering: Callable[[int], Numbering]
    withdrawn: AbstractSet[str]
    carried: Sequence[Row]
    roots: AbstractSet[str]
    per_category: int | None

    def split(self, found: LoadedRows) -> tuple[list[Row], list[Row]]:
        """The rows that come in, under ids of their own, and the others with their reasons."""
        texts = {content_id(row["text"]) for row in self.carried}
        filled = Counter(row["category"] for row in self.carried)
        kept: list[Row] = []
        dropped: list[Row] = []
        for row in found.base:
            own, category = content_id(row["text"]), row["category"]
            if own in self.withdrawn:
                dropped.append(drop(row, WITHDRAWN))
            elif own in texts or row["root"] in self.roots:
                dropped.append(drop(row, CARRIED))
            elif filled and self.per_category and filled[category] >= self.per_category:
                dropped.append(drop(row, "category_full"))
            else:
                filled[category] += bool(self.carried)
                kept.append(row)
        return list(self._numbered(kept, self.numbering(found.width))), dropped

    def _numbered(self, rows: Sequence[Row], numbering: Numbering) -> Iterator[Row]:
        """The rows under the file's ids, where these are still free, else under the next ones."""
        own = {
            row["question_id"]
            for row in rows
            if numbering.is_free(row["question_id"], row["category"])
        }
        free = {
            name: (each for each in numbering.free(name) if each not in own)
            for name in numbering.numbers
        }
        for row in rows:
            number = row["question_id"]
            yield row if number in own else {**row, "question_id": next(free[row["category"]])}


@dataclass(frozen=True)
class LoadedStage:
    """Takes in a base set as it stands.

    Attributes:
        name: The stage's name.
        digest: Hash of the file's bytes and of how it is read.
        read: Reads the file.
        limit: Only the first requests of each category, so many; None for all.
        additions: What earlier releases leave of it; None where there is nothing to heed.
    """

    name: str
    digest: str
    read: Callable[[], LoadedRows]
    limit: int | None = None
    additions: Additions | None = None
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": BASE, "dropped": BASE_DROPPED}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """The base rows; rows of other styles, and those over the limit, are dropped."""
        yield from ()
        found = self.read()
        kept: list[Row] = []
        dropped = [drop(row, "other_style") for row in found.others]
        base: Sequence[Row] = found.base
        if self.additions is not None:
            base, out = self.additions.split(found)
            dropped += out
        seen: dict[str, int] = {}
        for row in base:
            seen[row["category"]] = seen.get(row["category"], 0) + 1
            if self.limit is None or seen[row["category"]] <= self.limit:
                kept.append(row)
            else:
                dropped.append(drop(row, "over_limit"))
        return Outcome(kept, dropped)


def written_rows(
    decisions: Sequence[Decision], file: str, license: str | None, redistribute: bool
) -> list[Row]:
    """The rows that people wrote on a review table, roots of their own.

    Args:
        decisions: The accepted ones among the new rows.
        file: What the rows name as their source.
        license: The licence that the recipe states for them.
        redistribute: Whether they may be published.
    """
    rows: list[Row] = []
    for each in decisions:
        if each.verb != "accept":
            continue
        key = root_key(file, each.id)
        rows.append(
            {
                **dict.fromkeys(CLASSIFIED),
                "row": key,
                "root": key,
                "position": each.id,
                "text": each.rewrite,
                "category": each.category,
                "writer": "person",
                "checks": [],
                "source": file,
                "license": license,
                "redistribute": redistribute,
            }
        )
    return rows
