"""Tables of texts for verbs that write or read other texts: a column of texts, or of turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts.errors import ColumnUnusableError
from artifacts.schemas import ROWS
from artifacts.user_tables import has_texts_alone, read_any_table, with_texts


@dataclass(frozen=True, slots=True)
class TextTable:
    """A user's table with a text in each row.

    Attributes:
        frame: The table; `column` holds texts.
        column: The column with the texts.
        turns: Whether the file has lists of one text there, as SORRY-Bench's `turns`.
    """

    frame: pl.DataFrame
    column: str
    turns: bool

    @property
    def texts(self) -> list[str]:
        """The texts in order."""
        return [str(text) for text in self.frame[self.column].to_list()]

    @property
    def keys(self) -> list[str] | None:
        """The keys of a build's own rows, by which the ledger knows them; None for others' rows.

        What is sampled, and where rules misspell, depends on a row's key.
        """
        known = self.frame.select(name for name in ROWS if name in self.frame.columns)
        return self.frame["row"].to_list() if known.schema == ROWS else None

    def written(self, texts: Sequence[str | None]) -> pl.Series:
        """Other texts in the form that the file has."""
        if not self.turns:
            return pl.Series(self.column, texts, pl.String)
        values = [None if text is None else [text] for text in texts]
        return pl.Series(self.column, values, pl.List(pl.String))


def read_texts(path: Path, column: str) -> TextTable:
    """A table whose every row has a text that a model can be given.

    Raises:
        TableUnreadableError: The file is missing, empty, or not what its ending says.
        ColumnUnusableError: The column is missing, or a row has no text, or one with a NUL: the
            reader puts one where JSON has half of a surrogate pair.
    """
    return text_table(read_any_table(path), column, empty_is_text=has_texts_alone(path))


def text_table(frame: pl.DataFrame, column: str, *, empty_is_text: bool = False) -> TextTable:
    """The same of a table that is read already.

    Raises:
        ColumnUnusableError: As `read_texts`.
    """
    turns = isinstance(frame.schema.get(column), pl.List)
    if turns:
        frame = frame.with_columns(_unwrapped(frame[column]))
    frame = with_texts(frame, column, empty_is_text=empty_is_text)
    texts = frame[column]
    blank = texts.str.strip_chars() == ""
    _refuse(blank, f"column '{column}' must hold a text in every row", "nothing in")
    require_whole(texts)
    return TextTable(frame, column, turns)


def require_whole(texts: pl.Series) -> None:
    """Refuses texts that no table of text can hold.

    Raises:
        ColumnUnusableError: One holds a NUL, or held half of a surrogate pair.
    """
    broken = texts.str.contains("\x00", literal=True).fill_null(False)
    rule = f"column '{texts.name}' must hold no NUL and no half of a surrogate pair"
    _refuse(broken, rule, "one in")


def require_free(frame: pl.DataFrame, names: Sequence[str], verb: str) -> None:
    """Refuses a table that has columns of those names.

    Raises:
        ColumnUnusableError: It has one.
    """
    if taken := [name for name in names if name in frame.columns]:
        raise ColumnUnusableError(f"a table for {verb} must have no such column already", taken[0])


def _unwrapped(lists: pl.Series) -> pl.Series:
    name = lists.name
    wrong = (lists.list.len() != 1) | lists.is_null()
    _refuse(wrong.fill_null(True), f"column '{name}' must hold a list of one text", "none in")
    return lists.list.first().alias(name)


def _refuse(bad: pl.Series, rule: str, what: str) -> None:
    if count := int(bad.sum()):
        first = int(bad.arg_true()[0]) + 1
        raise ColumnUnusableError(rule, f"{what} {count} of {len(bad)}, first in row {first}")
