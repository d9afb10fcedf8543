"""What a stage is: all that is to be said of it, declared once, in one place.

Three kinds, and every edge adds up: annotate (1 -> 1) drops nothing; expand (1 -> n) ends each
parent as expanded, dropped or failed; select (n -> m) keeps or drops each row with evidence.

A stage takes the kept rows of its inputs as a frame and gives a frame for each of its tables. Where
it asks no model it is a plain function of the frame; where it asks about a table as a whole, a
program (`inference.types.Program`) over it; where rows do not see each other, a program per row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, get_args

import polars as pl

from artifacts.records import Kind, StageName
from artifacts.schemas import FAILED
from base.digests import Json, digest_of
from inference.types import Failed, Program
from pipelines.errors import StageDeclarationError
from pipelines.runner.expected import Expectation, unchanged

Row: TypeAlias = dict[str, Any]
"""One row of a stage table, by column (see artifacts.schemas)."""

Found: TypeAlias = Mapping[str, int]
"""What a stage reads from finished tables before it runs: rows still wanted, by category."""

Frames: TypeAlias = Mapping[str, pl.DataFrame]
"""A stage's tables by name: `kept`, `dropped`, and whatever else it declares."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row, or of rows that were read from elsewhere.

    Attributes:
        kept: Rows for the `kept` table.
        dropped: Rows for the `dropped` table, each with its reason and evidence.
        side: Rows for other tables, by name: `votes`, `parents`.
    """

    kept: Sequence[Row] = ()
    dropped: Sequence[Row] = ()
    side: Mapping[str, Sequence[Row]] = field(default_factory=dict)


RowProgram: TypeAlias = Callable[[Row], Program[Outcome]]


@dataclass(frozen=True, slots=True)
class EachRow:
    """Work on rows that do not see each other: they run side by side, and each fails alone.

    Attributes:
        prepare: What a shard gets ready once; gives the program that each of its rows runs.
    """

    prepare: Callable[[], Program[RowProgram]]

    @classmethod
    def of(cls, row: RowProgram) -> "EachRow":
        """Work with nothing to get ready."""

        def ready() -> Program[RowProgram]:
            yield from ()
            return row

        return cls(ready)


Function: TypeAlias = "Callable[..., Frames | Program[Frames]]"
"""Work on a whole frame, with one more for each stage that it looks at (`Stage.beside`); a program
where an encoder or a model is asked."""

Work: TypeAlias = "EachRow | Function"


@dataclass(frozen=True, slots=True)
class Round:
    """What a stage is told when it runs.

    Attributes:
        number: Which of its rounds, from 0; 0 for a stage that runs once.
        found: What it found in finished tables before (`Stage.finds`).
    """

    number: int = 0
    found: Found = field(default_factory=dict)


class Tables(Protocol):
    """Finished stages, as the stages after them read them."""

    def kept(self, stage: str | StageName, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The kept rows of a finished stage, all shards together."""
        ...

    def table(
        self, stage: str | StageName, table: str, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """One table of a finished stage, all shards together."""
        ...

    def rounds(self, stage: str) -> tuple[StageName, ...]:
        """The finished rounds of a stage, in order; of one that runs once itself."""
        ...


@dataclass(frozen=True, slots=True)
class Latest:
    """An input: whichever of these stages ran last, in its last round."""

    among: tuple[StageName, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """An input: all rounds of a stage so far."""

    stage: StageName


Input: TypeAlias = Latest | Every


def latest(*names: str | StageName) -> Latest:
    """The input that is whichever of these stages ran last."""
    return Latest(tuple(StageName(each) if isinstance(each, str) else each for each in names))


def every(name: str) -> Every:
    """The input that is all rounds of a stage."""
    return Every(StageName(name))


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage, declared.

    What takes time or files to find out (identities of models, references, encoders) is behind
    functions, so that a plan can be made without any of it.

    Attributes:
        name: What it is called; a stage of several rounds is given its round when it runs.
        kind: What it may do to its rows.
        tables: Its tables' schemas; `kept` and `dropped` always, in the order of writing.
        version: Raised where its code changes what comes out.
        covers: What its fingerprint covers besides name, version and inputs: settings, digests of
            checks and models, identities, sources.
        work: What it does.
        inputs: The stages whose kept rows it takes; none for a source.
        beside: The stages that it only looks at, perhaps of an earlier round: their kept rows are
            given to its work after its own, whole, and its fingerprint covers them. They enter no
            edge. Of one that has not run, there is an empty frame.
        whole: Whether it sees the whole table; each shard is a job of its own otherwise.
        votes: Who votes on each row, where it has `votes`.
        answers: Under which names its answers are kept, where it has `answers`.
        finds: What it reads in finished tables before it runs; part of its fingerprint.
        when: Whether it runs in a round; always by default.
        expects: What a plan says of it, given the rows that come in.

    Raises:
        StageDeclarationError: Its tables do not match what it is declared to be.
    """

    name: StageName
    kind: Kind
    tables: Mapping[str, pl.Schema]
    version: int
    covers: Callable[[Round], Sequence[Json]]
    work: Callable[[Round], Work]
    inputs: tuple[Input, ...] = ()
    beside: tuple[Input, ...] = ()
    whole: bool = False
    votes: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    finds: Callable[[Tables], Found] | None = None
    when: Callable[[int], bool] = lambda number: True
    expects: Expectation = unchanged

    def __post_init__(self) -> None:
        """Holds the tables against the declaration."""
        for table in ("kept", "dropped"):
            self._require(table in self.tables, f"have a table `{table}`")
        self._require("failed" not in self.tables, "leave the table `failed` to the runner")
        expands = self.kind == "expand"
        self._require(
            expands == ("parents" in self.tables),
            "have a table `parents` where it expands, and only there",
        )
        self._require(self.whole or not self.beside, "see the whole table to look at other stages")
        voted = {"votes", "category_votes"} & set(self.tables)
        self._require(not self.votes or bool(voted), "have a table `votes` for its votes")
        self._require(
            not self.answers or "answers" in self.tables, "have a table `answers` for its answers"
        )
        for table, schema in self.tables.items():
            wanted = _KEYS.get(table, ("row", "root"))
            lacks = [name for name in wanted if name not in schema]
            columns = ", ".join(wanted)
            self._require(not lacks, f"have the columns {columns} in its table `{table}`")
        self._require(self.kind in get_args(Kind), f"be one of {', '.join(get_args(Kind))}")

    def _require(self, holds: bool, what: str) -> None:
        if not holds:
            raise StageDeclarationError(f"a stage must {what}", f"stage {self.name}")

    def digest(self, round_: Round) -> str:
        """SHA-256 over all that decides its tables besides its inputs.

        Raises:
            DigestError: Something that it uses has no digest.
        """
        return digest_of(self.version, dict(round_.found), *self.covers(round_))

    @property
    def schemas(self) -> Mapping[str, pl.Schema]:
        """The schemas of all that is written: its tables, and `failed`."""
        return {**self.tables, "failed": FAILED}


_KEYS: Mapping[str, tuple[str, ...]] = {"kept": ("row", "root", "category")}
_ORDER = ("category", "row", "model", "position")


def frame_of(rows: Iterable[Row], schema: pl.Schema) -> pl.DataFrame:
    """A frame with the schema's columns alone, in (category, row, model) order."""
    columns = [{name: row[name] for name in schema} for row in rows]
    return ordered(pl.DataFrame(columns, schema=schema), schema)


def ordered(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """A frame's columns that the schema has, in (category, row, model) order."""
    own = frame.select(schema.names())
    return own.sort([name for name in _ORDER if name in schema], maintain_order=True)


def frames_of(
    tables: Mapping[str, pl.Schema], rows: Sequence[Row], results: Sequence[Outcome | Failed]
) -> dict[str, pl.DataFrame]:
    """Every table of a shard, by name, from one result per row.

    Rows are in (category, row) order, whatever order replies arrived in. A failed row stands in
    `failed`, and in `parents` too where the stage expands.

    Args:
        tables: The stage's schemas.
        rows: The rows that were asked about.
        results: What became of each.
    """
    found: dict[str, list[Row]] = {name: [] for name in (*tables, "failed")}
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, Failed):
            _add_failure(found, row, result)
            continue
        found["kept"].extend(result.kept)
        found["dropped"].extend(result.dropped)
        for name, more in result.side.items():
            found[name].extend(more)
    schemas = {**tables, "failed": FAILED}
    return {name: frame_of(found[name], schema) for name, schema in schemas.items()}


def frames_from(outcome: Outcome, tables: Mapping[str, pl.Schema]) -> dict[str, pl.DataFrame]:
    """The tables of rows that were read from elsewhere."""
    found = frames_of(tables, [{}], [outcome])
    return {name: found[name] for name in tables}


def _add_failure(tables: dict[str, list[Row]], row: Row, failed: Failed) -> None:
    known = {"row": row["row"], "root": row["root"], "reason": failed.reason}
    tables["failed"].append(known)
    if "parents" in tables:
        ended = {"outcome": "failed", "children": 0, "asks": 0, "writers": []}
        tables["parents"].append({**known, **ended, "category": row.get("category")})
