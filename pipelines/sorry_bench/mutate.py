"""Mutations: each base row in every style, checked; and the pilot that goes before them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import polars as pl

from artifacts.records import StageName
from artifacts.sorry_bench_schemas import COLLECTED
from checks.identity import content_id
from inference.types import Program, Text, Written
from pipelines.runner.rows import child_of, drop, dropped_as, item_of
from pipelines.runner.stage import Frames, Outcome, Row
from pipelines.sorry_bench.styles import Maker
from pipelines.sources.base_sets import BASE_STYLE
from pipelines.stages.writers import Turn, counted

VERSION = 2
"""Raised where the code of mutations changes what comes out."""

STOPPED = "style_stopped"


def pilot_rows(rows: pl.DataFrame, most: int) -> Frames:
    """Selects the rows of the pilot: the first so many in row order; the others are for later.

    Rows are named by hashes, so that the first ones are of many categories.
    """
    first = pl.col("row").is_in(rows["row"].sort().head(most).to_list())
    return {"kept": rows.filter(first), "dropped": dropped_as(rows.filter(~first), "after_pilot")}


@dataclass(frozen=True)
class Mutation:
    """Expands each base row by a text in every style.

    Attributes:
        name: The stage's name: it is part of the children's keys.
        makers: Who makes each style.
        stopped: Styles that the pilot ended: for them nobody is asked.
        carried: Reads the rows of the release that is extended, by base row and style: where there
            is one, nobody is asked for another.
    """

    name: StageName
    makers: tuple[Maker, ...]
    stopped: frozenset[str] = frozenset()
    carried: Callable[[], Mapping[str, Mapping[str, Row]]] = dict

    def row(self, row: Row) -> Program[Outcome]:
        """The base row's children; one without any is dropped as exhausted."""
        item = item_of(row)
        before = self.carried().get(row["row"], {})
        out = {*self.stopped, *before}
        going = [maker for maker in self.makers if maker.style not in out]
        asked = [maker.make(item) for maker in going]
        found: list[tuple[Turn, ...]] = (yield asked) if asked else []
        made = {maker.style: each for maker, each in zip(going, found, strict=True)}
        kept: list[Row] = []
        dropped: list[Row] = []
        ended: list[Row] = []
        for maker in self.makers:
            turns = made.get(maker.style)
            if maker.style in before:
                kept.append(before[maker.style])
                ended.append(_carried(row, maker.style))
                continue
            if turns is None:
                nobody = Turn(maker.writer, Written((), (), 0))
                child = self._child(row, maker, nobody, Text("-", ""))
                dropped.append(drop({**child, "text": None, "judge_reason": None}, STOPPED))
            for turn in turns or ():
                kept.extend(self._child(row, maker, turn, text) for text in turn.written.kept)
                dropped.extend(self._dropped(row, maker, turn))
            ended.append(_ended(row, maker, turns))
        parents = [_parent(row, len(kept), sum(each["asks"] for each in ended))]
        return Outcome(kept, dropped, {"parents": parents, "mutations": ended})

    def _dropped(self, row: Row, maker: Maker, turn: Turn) -> Iterator[Row]:
        """Texts that failed a check, and replies that gave no text at all."""
        for text in turn.written.dropped:
            child = {**self._child(row, maker, turn, text), "judge_reason": _judged(text)}
            yield drop(child, text.reason or "")
        for attempt, reason in _unusable(turn.written, maker.first):
            child = self._child(row, maker, turn, Text(str(attempt), ""))
            yield drop({**child, "text": None, "judge_reason": None}, reason)

    def _child(self, row: Row, maker: Maker, turn: Turn, text: Text) -> Row:
        placed = replace(text, position=f"{maker.style}.{turn.placed(text).position}")
        return {
            **child_of(row, str(self.name), placed, turn.writer),
            "prompt_style": maker.style,
            "encoding": maker.encoding,
            "variant": maker.variant(item_of(row)),
        }


def collected(rows: pl.DataFrame, numbers: Mapping[str, int]) -> Frames:
    """Base and mutated rows alike with what a release shows of them.

    Args:
        rows: Base rows and mutations.
        numbers: The categories' numbers by their names.
    """
    for name in ("encoding", "variant"):
        if name not in rows.columns:
            rows = rows.with_columns(pl.lit(None, COLLECTED[name]).alias(name))
    base = pl.col("prompt_style") == BASE_STYLE
    ids = [
        content_id(text, "" if style == BASE_STYLE else style)
        for text, style in rows.select("text", "prompt_style").iter_rows()
    ]
    named = {name: str(number) for name, number in numbers.items()}
    return {
        "kept": rows.with_columns(
            pl.Series("id", ids, pl.String),
            number=pl.col("category").replace_strict(named, return_dtype=pl.String),
            base_row=pl.when(~base).then(pl.col("parent")),
        )
    }


def _carried(row: Row, style: str) -> Row:
    """How a style ended for a base row whose mutation is carried: as it did then."""
    return {**_known(row, style), "outcome": "kept", "reason": None, "asks": 0}


def _ended(row: Row, maker: Maker, turns: Sequence[Turn] | None) -> Row:
    """How a style ended for a base row; of several attempts the last one's reason."""
    known = _known(row, maker.style)
    if turns is None:
        return {**known, "outcome": "stopped", "reason": STOPPED, "asks": 0}
    asks = sum(turn.written.asks for turn in turns)
    known = {**known, "asks": asks, "writers": counted(turns)}
    last = turns[-1].written
    known["judge_reason"] = _judged((last.kept or last.dropped or (Text("-", ""),))[-1])
    if last.kept:
        return {**known, "outcome": "kept", "reason": None}
    texts = [(_attempt(text), text.reason) for text in last.dropped]
    _, reason = max([*_unusable(last, maker.first), *texts], key=lambda attempt: attempt[0])
    return {**known, "outcome": "dropped", "reason": reason}


def _known(row: Row, style: str) -> Row:
    """What every row of `mutations` has; nobody has been asked."""
    same = {name: row[name] for name in ("row", "root", "category")}
    return {**same, "prompt_style": style, "writers": [], "judge_reason": None}


def _judged(text: Text) -> str | None:
    """What a judge said of the text; None where none was asked."""
    return next((score.note for score in text.scores if score.note), None)


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
