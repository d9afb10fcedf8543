"""The sources of a base set: prior tables, rows that people wrote, or a set as it stands."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import polars as pl

from artifacts.schemas import kept_and_dropped
from artifacts.sorry_bench_schemas import BASE, CLASSIFIED
from checks.identity import content_id, root_key
from people.base_review import Decision
from pipelines.runner.rows import drop, dropped_as, first_of_each
from pipelines.runner.stage import Frames, Outcome, Row, frames_from
from pipelines.sources.base_sets import LoadedRows
from pipelines.stages.source import frame_from
from pipelines.versions.lineage import CARRIED, WITHDRAWN, Numbering

VERSION = 1
"""Raised where the code of taking rows in changes what comes out."""

_TABLES = kept_and_dropped(BASE)


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


def loaded(
    found: LoadedRows, limit: int | None = None, additions: Additions | None = None
) -> Frames:
    """A base set as it stands; rows of other styles, and those over the limit, are dropped.

    Args:
        found: What the file holds.
        limit: Only the first requests of each category, so many; None for all.
        additions: What earlier releases leave of it; None where there is nothing to heed.
    """
    dropped = [drop(row, "other_style") for row in found.others]
    base: Sequence[Row] = found.base
    if additions is not None:
        base, out = additions.split(found)
        dropped += out
    bounded = first_of_each(frame_from(base, BASE), limit)
    frames = frames_from(Outcome((), dropped), _TABLES)
    over = dropped_as(bounded["others"], "over_limit").select(_TABLES["dropped"].names())
    return {"kept": bounded["kept"], "dropped": pl.concat([frames["dropped"], over])}


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
