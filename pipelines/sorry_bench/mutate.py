"""Mutations: each base row in every style, checked; and the pilot that goes before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import polars as pl

from artifacts.schemas import PARENTS, with_evidence
from artifacts.sorry_bench_schemas import (
    BASE,
    BASE_DROPPED,
    COLLECTED,
    MUTATED,
    MUTATED_DROPPED,
    MUTATIONS,
)
from checks.identity import content_id
from inference.types import Program, Text, Written
from pipelines.runner.rows import child_of, drop, item_of
from pipelines.runner.stage import Kind, Outcome, Row, RowProgram
from pipelines.sorry_bench.styles import Maker
from pipelines.sources.base_sets import BASE_STYLE

STAGE_VERSION = 1
STOPPED = "style_stopped"


@dataclass(frozen=True)
class PilotRows:
    """Selects the rows of the pilot: the first in row order; sees the whole table.

    Rows are named by hashes, so that the first ones are of many categories.

    Attributes:
        name: The stage's name.
        digest: Hash of the number of rows.
        rows: How many there are to be.
    """

    name: str
    digest: str
    rows: int
    kind: Kind = "select"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": BASE, "dropped": BASE_DROPPED}
    )

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """The first so many rows; the others are for later."""
        yield from ()
        first = {row["row"] for row in sorted(rows, key=lambda row: str(row["row"]))[: self.rows]}
        later = [drop(row, "after_pilot") for row in rows if row["row"] not in first]
        return Outcome([row for row in rows if row["row"] in first], later)


@dataclass(frozen=True)
class MutateStage:
    """Expands each base row by a text in every style; sharded.

    Attributes:
        name: The stage's name.
        digest: Hash of the makers, the identities of models and encoder, the stopped styles and
            STAGE_VERSION.
        makers: Who makes each style.
        stopped: Styles that the pilot ended: for them nobody is asked.
        carried: Reads the rows of the release that is extended, by base row and style: where there
            is one, nobody is asked for another.
    """

    name: str
    digest: str
    makers: tuple[Maker, ...]
    stopped: frozenset[str] = frozenset()
    carried: Callable[[], Mapping[str, Mapping[str, Row]]] = dict
    kind: Kind = "expand"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {
            "kept": MUTATED,
            "dropped": MUTATED_DROPPED,
            "parents": PARENTS,
            "mutations": MUTATIONS,
        }
    )

    def start(self) -> Program[RowProgram]:
        """Nothing to prepare."""
        yield from ()
        return self.row

    def row(self, row: Row) -> Program[Outcome]:
        """The base row's children; one without any is dropped as exhausted."""
        item = item_of(row)
        before = self.carried().get(row["row"], {})
        out = {*self.stopped, *before}
        going = [maker for maker in self.makers if maker.style not in out]
        found: list[Written] = (yield [maker.make(item) for maker in going]) if going else []
        made = {maker.style: each for maker, each in zip(going, found, strict=True)}
        kept: list[Row] = []
        dropped: list[Row] = []
        ended: list[Row] = []
        for maker in self.makers:
            written = made.get(maker.style)
            if maker.style in before:
                kept.append(before[maker.style])
                ended.append(_carried(row, maker.style))
                continue
            if written is None:
                child = self._child(row, maker, Text("-", ""))
                dropped.append(drop({**child, "text": None}, STOPPED))
            else:
                kept.extend(self._child(row, maker, text) for text in written.kept)
                dropped.extend(self._dropped(row, maker, written))
            ended.append(_ended(row, maker, written))
        parents = [_parent(row, len(kept), sum(each["asks"] for each in ended))]
        return Outcome(kept, dropped, {"parents": parents, "mutations": ended})

    def _dropped(self, row: Row, maker: Maker, written: Written) -> Iterator[Row]:
        """Texts that failed a check, and replies that gave no text at all."""
        for text in written.dropped:
            yield drop(self._child(row, maker, text), text.reason or "")
        for attempt, reason in _unusable(written, maker.first):
            child = self._child(row, maker, Text(str(attempt), ""))
            yield drop({**child, "text": None}, reason)

    def _child(self, row: Row, maker: Maker, text: Text) -> Row:
        placed = replace(text, position=f"{maker.style}.{text.position}")
        return {
            **child_of(row, self.name, placed, maker.writer),
            "prompt_style": maker.style,
            "encoding": maker.encoding,
        }


@dataclass(frozen=True)
class CollectStage:
    """Annotates base and mutated rows alike with what a release shows of them; sharded.

    Attributes:
        name: The stage's name.
        digest: Hash of the categories' numbers and STAGE_VERSION.
        numbers: The categories' numbers by their names.
    """

    name: str
    digest: str
    numbers: Mapping[str, int]
    kind: Kind = "annotate"
    schemas: Mapping[str, pl.Schema] = field(
        default_factory=lambda: {"kept": COLLECTED, "dropped": with_evidence(COLLECTED)}
    )

    def start(self) -> Program[RowProgram]:
        """Nothing to prepare."""
        yield from ()
        return self.row

    def row(self, row: Row) -> Program[Outcome]:
        """The row with its content's id and its category's number."""
        yield from ()
        style = row["prompt_style"]
        base = style == BASE_STYLE
        found = {
            **row,
            "encoding": row.get("encoding"),
            "number": str(self.numbers[row["category"]]),
            "base_row": None if base else row["parent"],
            "id": content_id(row["text"], "" if base else style),
        }
        return Outcome([found])


def _carried(row: Row, style: str) -> Row:
    """How a style ended for a base row whose mutation is carried: as it did then."""
    known = {"row": row["row"], "root": row["root"], "prompt_style": style}
    return {**known, "outcome": "kept", "reason": None, "asks": 0}


def _ended(row: Row, maker: Maker, written: Written | None) -> Row:
    """How a style ended for a base row; of several attempts the last one's reason."""
    known = {"row": row["row"], "root": row["root"], "prompt_style": maker.style}
    if written is None:
        return {**known, "outcome": "stopped", "reason": STOPPED, "asks": 0}
    if written.kept:
        return {**known, "outcome": "kept", "reason": None, "asks": written.asks}
    texts = [(_attempt(text), text.reason) for text in written.dropped]
    _, reason = max([*_unusable(written, maker.first), *texts], key=lambda attempt: attempt[0])
    return {**known, "outcome": "dropped", "reason": reason, "asks": written.asks}


def _unusable(written: Written, first: int) -> list[tuple[int, str]]:
    """The attempts from the first on whose replies gave no text, with why."""
    texts = {_attempt(text) for text in (*written.kept, *written.dropped)}
    empty = (each for each in count(first) if each not in texts)
    return [*zip(empty, written.unusable, strict=False)]


def _attempt(text: Text) -> int:
    return int(text.position.partition(".")[0])


def _parent(row: Row, children: int, asks: int) -> Row:
    return {
        "row": row["row"],
        "root": row["root"],
        "outcome": "expanded" if children else "dropped",
        "reason": None if children else "exhausted",
        "children": children,
        "asks": asks,
    }
