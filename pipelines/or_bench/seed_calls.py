"""Seeds written by a model: the calls of a round, and what remains of all rounds' texts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat

import polars as pl

from artifacts.schemas import SEED_CALLS
from base.digests import Json, lines_key
from checks.identity import root_key
from curation.characters import Measure
from curation.near import dedup
from curation.nearest import nearest, nearest_digest
from curation.rows import Candidate, Dropped, exact
from generators.seed_writer import SeedCall
from inference.types import Program
from pipelines.or_bench.seed_cells import Cell, cells_part, dealt
from pipelines.runner.rows import candidates, dropped_as, first_of_each, item_of, split, without
from pipelines.runner.stage import Frames, Row
from pipelines.stages.source import frame_from
from taxonomy.cells import Cells

VERSION = 1
"""Raised where the code of the selection changes what comes out."""

SHOWN = 8
"""Most seeds that a call is shown."""


@dataclass(frozen=True)
class SeedCalls:
    """The rows of a round's calls: one a category and call.

    Attributes:
        source: What the written seeds name as their source.
        license: Their licence.
        redistribute: Whether they may be given on.
        cells: What calls are about; None where all of a category are alike.
        edition: The release version that is written for.
        encoder: The encoder that says which seeds are near a cell; None without one.
    """

    source: str
    license: str
    redistribute: bool
    cells: Cells | None = None
    edition: str = ""
    encoder: str | None = None

    def part(self, round_: int) -> tuple[Json, ...]:
        """What the calls of a round depend on besides their number, for a digest."""
        terms = (self.source, self.license, self.redistribute, round_)
        if self.cells is None:
            return terms
        shown = (SHOWN, self.encoder, nearest_digest())
        return (*terms, cells_part(self.cells, self.edition), *shown)

    def of_round(
        self, round_: int, calls: Mapping[str, int], earlier: pl.DataFrame, seeds: pl.DataFrame
    ) -> Frames | Program[Frames]:
        """The calls of a round. Those of a later one are shown seeds that are near to their cell.

        Args:
            round_: The round's number; calls of another round are other rows.
            calls: Calls by category.
            earlier: The calls of all rounds before.
            seeds: The seeds that they left.
        """
        made = Counter(earlier["category"]) if earlier.width else Counter[str]()
        rows = [*self._rows(round_, calls, made)]
        if self.cells is None or not seeds.height:
            return {"kept": frame_from(rows, SEED_CALLS)}
        known = seeds.select("row", "text", "category", "sub_topic").to_dicts()
        if self.encoder is not None:
            return _shown_by_encoder(rows, known, self.encoder)
        return {
            "kept": frame_from([_shown(row, _by_sub_topic(row, known)) for row in rows], SEED_CALLS)
        }

    def _rows(
        self, round_: int, calls: Mapping[str, int], made: Mapping[str, int]
    ) -> Iterator[Row]:
        for category, count in sorted(calls.items()):
            cells = self._cells(category, made.get(category, 0))
            for call, cell in zip(range(count), cells, strict=False):
                position = f"{round_}.{call}"
                key = root_key(f"{self.source}/{category}", position)
                yield {
                    **dict.fromkeys(SEED_CALLS),
                    "row": key,
                    "root": key,
                    "position": position,
                    "text": "",
                    "category": category,
                    "checks": [],
                    "source": self.source,
                    "license": self.license,
                    "redistribute": self.redistribute,
                    **({} if cell is None else cell._asdict()),
                    "shown": [],
                }

    def _cells(self, category: str, used: int) -> Iterator[Cell | None]:
        """What the category's next calls are about, for as long as there are cells."""
        if self.cells is None:
            return repeat(None)
        return islice(dealt(self.cells, category, self.edition), used, None)


def _shown_by_encoder(calls: Sequence[Row], seeds: Sequence[Row], encoder: str) -> Program[Frames]:
    """The calls with the seeds of their category that are nearest to their cells."""
    asked = [Candidate(call["row"], _cell_of(call).words, call["category"]) for call in calls]
    known = [Candidate(seed["row"], seed["text"], seed["category"]) for seed in seeds]
    chosen = yield from nearest(asked, known, encoder, SHOWN)
    rows = [
        _shown(call, [seeds[place] for place in places])
        for call, places in zip(calls, chosen, strict=True)
    ]
    return {"kept": frame_from(rows, SEED_CALLS)}


def _by_sub_topic(call: Row, seeds: Sequence[Row]) -> list[Row]:
    """Seeds of the call's sub-topic, then others of its category, drawn by hash."""

    def order(seed: Row) -> tuple[bool, bytes]:
        return seed["sub_topic"] != call["sub_topic"], lines_key("shown", call["row"], seed["row"])

    own = sorted((seed for seed in seeds if seed["category"] == call["category"]), key=order)
    return sorted(own[:SHOWN], key=lambda seed: str(seed["row"]))


def _shown(call: Row, seeds: Sequence[Row]) -> Row:
    return {**call, "shown": [{"row": seed["row"], "text": seed["text"]} for seed in seeds]}


def _cell_of(call: Row) -> Cell:
    return Cell(*(call[name] for name in Cell._fields))


def seed_call_of(row: Row) -> SeedCall:
    """A call as its writer sees it, with its cell and the seeds that it is shown."""
    item = item_of(row)
    return SeedCall(
        item.row,
        item.text,
        item.category,
        item.position,
        sub_topic=row.get("sub_topic") or "",
        role=row.get("role") or "",
        setting=row.get("setting") or "",
        form=row.get("form") or "",
        written=tuple(seed["text"] for seed in row.get("shown") or ()),
    )


def select_seeds(
    rows: pl.DataFrame, encoder: Measure, threshold: float | None, per_category: int
) -> Program[Frames]:
    """Selects the seeds of all rounds: no repeats, and no more of a category than are wanted.

    Each kept seed becomes the root of a family.

    Args:
        rows: The texts of all rounds so far, in (category, row) order.
        encoder: The encoder's name in the recipe, or how texts are cut into characters.
        threshold: The cosine, or Jaccard index, from which on two seeds are near;
            None for exact repeats only.
        per_category: Seeds wanted per category.
    """
    dropped: list[Dropped] = list(exact(candidates(rows)).dropped)
    if threshold is not None:
        left = without(rows, {each.row for each in dropped})
        near = yield from dedup(candidates(left, "category"), encoder, threshold)
        dropped.extend(near.dropped)
    unlike = split(rows, dropped)
    bounded = first_of_each(unlike["kept"], per_category)
    over = dropped_as(bounded["others"], "category_full")
    return {
        "kept": bounded["kept"].with_columns(root=pl.col("row")),
        "dropped": pl.concat([unlike["dropped"], over]),
    }
