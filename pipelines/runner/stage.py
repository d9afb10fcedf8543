"""What a stage is: a pure program per row (or one for the whole table) and its table schemas.

Three kinds, and every edge adds up: annotate (1 -> 1) drops nothing; expand (1 -> n) ends each
parent as expanded, dropped or failed; select (n -> m) keeps or drops each row with evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from typing_extensions import TypeIs

from inference.types import Program

if TYPE_CHECKING:
    import polars as pl


Kind = Literal["annotate", "expand", "select"]
Row: TypeAlias = dict[str, Any]
"""One row of a stage table, by column (see artifacts.schemas)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row, or of a whole table.

    Attributes:
        kept: Rows for the `kept` table.
        dropped: Rows for the `dropped` table, each with its reason and evidence.
        side: Rows for other tables, by name: `votes`, `parents`.
    """

    kept: Sequence[Row] = ()
    dropped: Sequence[Row] = ()
    side: Mapping[str, Sequence[Row]] = field(default_factory=dict)


RowProgram: TypeAlias = Callable[[Row], Program[Outcome]]


class Stage(Protocol):
    """What the two forms of a stage share."""

    @property
    def name(self) -> str:
        """The stage's name in folders and reports."""
        ...

    @property
    def kind(self) -> Kind:
        """Whether rows are annotated, expanded or selected."""
        ...

    @property
    def digest(self) -> str:
        """Hash of all that decides the output besides the input.

        Its part of the recipe, its templates and data files, and its own STAGE_VERSION.
        """
        ...

    @property
    def schemas(self) -> Mapping[str, pl.Schema]:
        """Table schemas by table name; `kept` and `dropped` always, in the order of writing."""
        ...


class RowStage(Stage, Protocol):
    """A stage whose rows do not see each other; each shard is a task of its own."""

    def start(self) -> Program[RowProgram]:
        """What one shard prepares once; gives the program that each of its rows runs."""
        ...


class TableStage(Stage, Protocol):
    """A stage that sees the whole table at once; one task."""

    def table(self, rows: Sequence[Row]) -> Program[Outcome]:
        """What becomes of the rows, given in (category, row) order."""
        ...


AnyStage: TypeAlias = RowStage | TableStage
Parameters: TypeAlias = tuple[tuple[str, int], ...]
"""What a flow found out on the way, sorted: rows still wanted by category."""
StageMaker: TypeAlias = Callable[[str, Parameters], AnyStage]
"""Makes a stage by its name and parameters."""


def is_row_stage(stage: AnyStage) -> TypeIs[RowStage]:
    """Whether a stage works by row; the others see the whole table."""
    return hasattr(stage, "start")
