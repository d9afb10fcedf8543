"""What callers of the face hand in: texts as lists or frames, models, and a folder to remember in.

A list gives a list of results and a frame the same kind of frame. Polars and pandas are told by
type: pandas is never imported here, for who has a frame of it has imported it.
"""

import math
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar, cast

import polars as pl

from artifacts.errors import ColumnUnusableError
from artifacts.user_tables import with_texts
from base.errors import FileUnwritableError, RefuseryError
from base.files import make_folders
from inference.engine import Engine
from pipelines.recipe import OrBench, Recipe, SorryBench, parse
from pipelines.sources.engine import open_engine, run_of
from refusery.verbs.text_tables import require_whole


class InputError(RefuseryError, ValueError):
    """What a function was given is not what it takes."""

    exit_code = 2


class Frame(Protocol):
    """A polars or a pandas `DataFrame`."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        ...


FrameT = TypeVar("FrameT", bound=Frame)
RowsT = TypeVar("RowsT")
RowsT_co = TypeVar("RowsT_co", covariant=True)


def texts_of(given: object, name: str = "texts") -> list[str]:
    """The texts of a list, each one that a model can be given.

    Args:
        given: A list, a tuple, a column of a frame, or anything else that has an order.
        name: The argument's name, for errors.

    Raises:
        InputError: It is one text or no list, or an element is no text, holds a NUL or half of a
            surrogate pair; errors name its place, never its text.
    """
    found = [_text(value, f"{name}[{place}]") for place, value in enumerate(_ordered(given, name))]
    return found


def texts_or_none(given: object, name: str) -> list[str | None]:
    """The same, where None stands for a text that is missing.

    Raises:
        InputError: As `texts_of`.
    """
    values = enumerate(_ordered(given, name))
    return [None if value is None else _text(value, f"{name}[{place}]") for place, value in values]


def _ordered(given: object, name: str) -> Iterable[object]:
    rule = f"{name} must be a list of texts, or a polars or pandas frame"
    if isinstance(given, pl.LazyFrame):
        raise InputError(f"{rule}; `.collect()` makes one", "a LazyFrame")
    unordered = isinstance(given, str | bytes | Mapping | set | frozenset)
    if unordered or not isinstance(given, Iterable):
        raise InputError(f"{rule}; [text] is a list of one", type(given).__name__)
    return given


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{where} must be a text", type(value).__name__)
    if "\0" in value:
        raise InputError(f"{where} must hold no NUL", "one")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InputError(f"{where} must hold no half of a surrogate pair", "one") from None
    return str(value)


class Rows(Protocol[RowsT_co]):
    """A caller's frame, whichever kind it is of."""

    def polars(self, *needed: str) -> pl.DataFrame:
        """The frame for polars: all names in order, and the values of those needed that are there.

        Raises:
            ColumnUnusableError: A column that is needed is there twice, or holds no texts.
        """
        ...

    def at(self, places: Sequence[int]) -> RowsT_co:
        """The rows at these places, counted from 0, in this order."""
        ...

    def added(self, columns: pl.DataFrame, places: Sequence[int] | None = None) -> RowsT_co:
        """The rows at these places, all by default, with columns put beside them or over them."""
        ...


def rows_of(frame: FrameT | Iterable[object]) -> Rows[FrameT] | None:
    """The frame's rows; None for what is no frame."""
    if isinstance(frame, pl.DataFrame):
        return cast("Rows[FrameT]", _PolarsRows(frame))
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(frame, pandas.DataFrame):
        return cast("Rows[FrameT]", _PandasRows(cast("_PandasFrame", frame)))
    return None


def column_of(rows: Rows[RowsT], name: str) -> list[str]:
    """The texts in a column of a frame.

    Raises:
        ColumnUnusableError: The column is missing, or a row has no text, or one with a NUL or with
            half of a surrogate pair.
    """
    frame = rows.polars(name)
    if not frame.height and name in frame.columns:
        return []
    texts = with_texts(frame, name, empty_is_text=False)[name]
    require_whole(texts)
    return [str(text) for text in texts.to_list()]


class _PolarsRows:
    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def polars(self, *needed: str) -> pl.DataFrame:
        return self._frame

    def at(self, places: Sequence[int]) -> pl.DataFrame:
        return self._frame[list(places)]

    def added(self, columns: pl.DataFrame, places: Sequence[int] | None = None) -> pl.DataFrame:
        rows = self._frame if places is None else self.at(places)
        return rows.with_columns(columns.get_columns())


class _PandasColumn(Protocol):
    def tolist(self) -> list[object]: ...


class _PandasPlaces(Protocol):
    def __getitem__(self, places: list[int]) -> "_PandasFrame": ...


class _PandasFrame(Protocol):
    @property
    def columns(self) -> Iterable[object]: ...
    @property
    def shape(self) -> tuple[int, int]: ...
    @property
    def iloc(self) -> _PandasPlaces: ...
    def __getitem__(self, name: str) -> _PandasColumn: ...
    def assign(self, **columns: object) -> "_PandasFrame": ...


class _PandasRows:
    """Only the columns that are read become polars' own: all others, and the index, stay as is."""

    def __init__(self, frame: _PandasFrame) -> None:
        self._frame = frame

    def polars(self, *needed: str) -> pl.DataFrame:
        names = [str(name) for name in self._frame.columns]
        if twice := [name for name in needed if names.count(name) > 1]:
            raise ColumnUnusableError(f"a table must have the column '{twice[0]}' once", "twice")
        empty = pl.Series([None] * self._frame.shape[0])
        read = {name: self._column(name) for name in needed if name in names}
        return pl.DataFrame({name: read.get(name, empty) for name in dict.fromkeys(names)})

    def _column(self, name: str) -> pl.Series:
        values = [None if _is_missing(value) else value for value in self._frame[name].tolist()]
        try:
            return pl.Series(name, values, strict=True)
        except (TypeError, ValueError, pl.exceptions.PolarsError):
            # The libraries' words may quote what they could not take.
            raise ColumnUnusableError(f"column '{name}' must hold texts", "other values") from None

    def at(self, places: Sequence[int]) -> _PandasFrame:
        return self._frame.iloc[list(places)]

    def added(self, columns: pl.DataFrame, places: Sequence[int] | None = None) -> _PandasFrame:
        rows = self._frame if places is None else self.at(places)
        return rows.assign(**columns.to_dict(as_series=False))


def _is_missing(value: object) -> bool:
    return (isinstance(value, float) and math.isnan(value)) or type(value).__name__ == "NAType"


Cache = str | os.PathLike[str] | None
USER_CACHE = "~/.cache/refusery"
"""Where replies and vectors are remembered by default: below `XDG_CACHE_HOME` where that is set."""


@contextmanager
def cache_folder(cache: Cache) -> Iterator[Path]:
    """The folder of a cache, made where it is missing; for None one that is deleted afterwards.

    The default one is for its owner's eyes alone, since a ledger holds prompts and answers.

    Raises:
        FileUnwritableError: The folder cannot be made.
    """
    if cache is None:
        with tempfile.TemporaryDirectory(prefix="refusery-") as folder:
            yield Path(folder)
        return
    own = os.environ.get("XDG_CACHE_HOME", "")
    is_default = cache == USER_CACHE
    path = Path(own, "refusery") if is_default and os.path.isabs(own) else Path(cache).expanduser()
    try:
        make_folders(path)
    except OSError as error:
        rule = f"cache must be a folder, or None to keep nothing: {error.strerror}"
        raise FileUnwritableError(rule, path) from error
    yield path


@contextmanager
def opened(recipe: Recipe, cache: Cache, verb: str) -> Iterator[Engine]:
    """An engine for a recipe's models and encoders that remembers what it is told in a cache."""
    with cache_folder(cache) as folder:
        run, embeddings = run_of(recipe, verb), folder / "embeddings"
        with open_engine(recipe, folder / "ledger.sqlite", embeddings, run) as engine:
            yield engine


Settings = Mapping[str, object]
Models = Mapping[str, Settings] | Recipe | None
"""Models by name, each with the settings that a recipe has; or a recipe, with its models."""

_FILE = Path("python.yaml")
_EMBEDDED: dict[str, object] = {"provider": "embedded"}


def or_bench(models: Mapping[str, Settings], **parts: object) -> OrBench:
    """A recipe for what was asked for in Python; its paths start from the working folder.

    Args:
        models: Its models.
        parts: Its parts `moderate` and `dedup`; what is left out asks nobody.

    Raises:
        RecipeError: A part or a model breaks the schema; the rule and the value are named.
    """
    known = {name: dict(settings) for name, settings in models.items()} or {"none": _EMBEDDED}
    given = {
        "benchmark": "or-bench",
        "models": known,
        "seeds": {"from": "shipped"},
        "rewrite": {"writer": next(iter(known))},
        "moderate": {"moderators": [{"kind": "words"}]},
        "release": {"version": "next"},
    }
    return cast("OrBench", parse({**given, **parts}, _FILE))


Writer = str | Sequence[str] | Mapping[str, float] | None
"""A model's name, names in the order in which they are asked, or weights by name."""


def sorry_bench(
    models: Mapping[str, Settings],
    writer: Writer,
    translator: Writer,
    judge: str | None = None,
) -> SorryBench:
    """Likewise one whose part `mutate` says which of its models write, translate and judge.

    Raises:
        RecipeError: A model breaks the schema, or there is none of such a name.
    """
    given = {
        "benchmark": "sorry-bench",
        "models": {name: dict(settings) for name, settings in models.items()},
        "base": {"from": "shipped"},
        "mutate": {
            "writer": writer,
            "translator": translator,
            "judge": judge,
            "misspellings": {"by": "rules"},
        },
        "release": {"version": "next"},
    }
    return cast("SorryBench", parse(given, _FILE))
