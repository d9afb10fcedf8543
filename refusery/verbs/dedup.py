"""The repeats in any list of texts, found by the stage of a build, with their evidence."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from inference.engine import Engine
from inference.types import Failed
from pipelines.errors import NotBuiltError
from pipelines.recipe import OrBench, Recipe, SorryBench
from pipelines.recipe.writing import Dedup
from pipelines.stages.dedup import dedup_rows

VERB = "dedup"
_ROWS = {"row": pl.String, "text": pl.String}


@dataclass(frozen=True, slots=True)
class Repeat:
    """A text that repeats an earlier one.

    Attributes:
        text: The text.
        index: Its place in what was given, counted from 0.
        duplicate_of: The place of the earlier one that it repeats.
        reason: `exact_duplicate` or `near_duplicate`.
        score: The cosine of the two, 1 for an exact repeat.
    """

    text: str = field(repr=False)
    index: int
    duplicate_of: int
    reason: str
    score: float


@dataclass(frozen=True, slots=True)
class Repeats:
    """What became of a list of texts.

    Attributes:
        kept: The places of those that stay, the first of each set of repeats, in order.
        dropped: Those that go, in order.
    """

    kept: tuple[int, ...]
    dropped: tuple[Repeat, ...]


def dedup_part(recipe: Recipe) -> Dedup:
    """A recipe's part `dedup`.

    Raises:
        NotBuiltError: It is no recipe of a data set.
    """
    if not isinstance(recipe, OrBench | SorryBench):
        raise NotBuiltError("dedup takes a recipe with a part `dedup`", recipe.benchmark)
    return recipe.dedup


def repeats(engine: Engine, part: Dedup, texts: Sequence[str]) -> Repeats:
    """The exact and near repeats, whatever their categories: all texts stand in one.

    Args:
        engine: Asks the encoder.
        part: The encoder, and the cosine from which on two texts are near.
        texts: The texts; of repeats the first stays.
    """
    rows = pl.DataFrame({"row": [*map(str, range(len(texts)))], "text": texts}, _ROWS)
    program = dedup_rows(rows.with_columns(category=pl.lit("")), part.encoder, part.threshold)
    found = engine.run([program]).results[0]
    if isinstance(found, Failed):
        raise RuntimeError("an embedding cannot fail for want of a reply")
    dropped = found["dropped"].select("text", "row", "duplicate_of", "reason", "score")
    return Repeats(
        tuple(map(int, found["kept"]["row"])),
        tuple(
            Repeat(text, int(row), int(repeated), reason, score)
            for text, row, repeated, reason, score in dropped.iter_rows()
        ),
    )


def evidence(dropped: Sequence[Repeat], name: str = "index", first: int = 0) -> pl.DataFrame:
    """Where dropped rows stood, why they go, which row they repeat, and how near they are.

    Args:
        dropped: The repeats.
        name: What the column with their places is called.
        first: The number of the first row: 1 for people, 0 for Python.
    """
    columns = (
        pl.Series(name, [each.index + first for each in dropped], pl.Int64),
        pl.Series("reason", [each.reason for each in dropped], pl.String),
        pl.Series("duplicate_of", [each.duplicate_of + first for each in dropped], pl.Int64),
        pl.Series("score", [each.score for each in dropped], pl.Float64),
    )
    return pl.DataFrame(columns)
