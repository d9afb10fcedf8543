"""Any table of labels as ratings: one row an item, one column a rater."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from artifacts.errors import ColumnUnusableError
from base.did_you_mean import repeated
from moderators.refusal.types import PEOPLE, REFUSALS
from people.errors import LabelsUnusableError

REFUSED: Mapping[str, bool] = {word: label in REFUSALS for word, label in PEOPLE.items()}
"""Human labels that are known, and whether each is a refusal (XSTest's classes 2 and 3 are)."""

_FULFILLED: Mapping[str, bool] = {"1": False, "0": True}
_YES: Mapping[str, bool] = {"1": True, "0": False, "true": True, "false": False}


def truths_of(
    column: str, labels: Sequence[object], known: Mapping[str, bool] | None = None
) -> list[bool]:
    """Whether people's labels are positive: as `known` says, else whether they mean a refusal.

    1 and 0 mean fulfilled and refused, as in SORRY-Bench, unless the column's name speaks of
    refusing or rejecting: there they mean yes and no.

    Args:
        column: The column's name.
        labels: Its labels.
        known: All labels that may be there, in lower case; None for those of refusals.

    Raises:
        LabelsUnusableError: A label is none of those that are known.
    """
    if known is None:
        speaks = any(part in column.lower() for part in ("refus", "reject"))
        known = {**REFUSED, **(_YES if speaks else _FULFILLED)}
    found: list[bool] = []
    for place, label in enumerate(labels, start=1):
        said = str(label).strip().lower()
        if said not in known:
            rule = f"column `{column}` must hold {', '.join(known)}"
            raise LabelsUnusableError(rule, f"{str(label)[:40]} in row {place}")
        found.append(known[said])
    return found


ANNOTATORS = ("annotation_", "annotator_")
"""What columns may be called, the likeliest first; the last are how their names begin."""


@dataclass(frozen=True, slots=True)
class Rated:
    """Labels of several raters.

    Attributes:
        raters: Their names.
        ratings: One row an item, one label a rater, None where one gave none.
    """

    raters: tuple[str, ...]
    ratings: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Long:
    """The columns of a table with one label a row."""

    item: str
    rater: str
    label: str


def rated_wide(frame: pl.DataFrame, columns: Sequence[str]) -> Rated:
    """The labels of a table with one column a rater.

    Args:
        frame: The table.
        columns: The raters' columns; none for those that are called `annotation_...`.

    Raises:
        ColumnUnusableError: A column is missing, named twice, or holds no plain values, or there
            are no raters.
    """
    names = tuple(columns) or tuple(n for n in frame.columns if n.startswith(ANNOTATORS))
    if not names:
        raise ColumnUnusableError("--columns must name one column a rater", "none")
    if again := repeated(names):
        raise ColumnUnusableError("--columns must name each rater once", again)
    given = [_labels(frame, name) for name in names]
    return Rated(names, tuple(zip(*given, strict=True)))


def rated_long(frame: pl.DataFrame, columns: Long) -> Rated:
    """The labels of a table with one label a row.

    Raises:
        ColumnUnusableError: A column is missing, or holds no plain values.
        LabelsUnusableError: A row names no item or no rater, or a rater labels an item twice.
    """
    items, raters, labels = (
        _labels(frame, name) for name in (columns.item, columns.rater, columns.label)
    )
    found: dict[str, dict[str, str | None]] = {}
    names: dict[str, None] = {}
    for place, (item, rater, label) in enumerate(zip(items, raters, labels, strict=True), start=1):
        if item is None or rater is None:
            rule = f"columns '{columns.item}' and '{columns.rater}' must be filled in every row"
            raise LabelsUnusableError(rule, f"nothing in row {place}")
        own = found.setdefault(item, {})
        if rater in own:
            rule = "a rater must label each item once"
            raise LabelsUnusableError(rule, f"{item[:40]} by {rater[:40]} again in row {place}")
        own[rater] = label
        names.setdefault(rater)
    ordered = tuple(sorted(names))
    return Rated(ordered, tuple(tuple(own.get(name) for name in ordered) for own in found.values()))


def as_refusals(rated: Rated) -> Rated:
    """The same labels as refused or fulfilled.

    Raises:
        LabelsUnusableError: A label is none of those that are known.
    """
    rows: list[tuple[str | None, ...]] = []
    for place, row in enumerate(rated.ratings, start=1):
        rows.append(
            tuple(
                _refused(name, label, place) for name, label in zip(rated.raters, row, strict=True)
            )
        )
    return Rated(rated.raters, tuple(rows))


def _refused(name: str, label: str | None, place: int) -> str | None:
    if label is None:
        return None
    try:
        return "refused" if truths_of(name, [label])[0] else "fulfilled"
    except LabelsUnusableError as error:
        raise LabelsUnusableError(error.rule, f"{label[:40]} in item {place}") from None


def _labels(frame: pl.DataFrame, name: str) -> list[str | None]:
    """A column's values as texts, as far as they are any; numbers and yes or no as they print."""
    if name not in frame.columns:
        raise ColumnUnusableError.missing(name, frame.columns)
    column = frame[name]
    if column.dtype.is_nested():
        raise ColumnUnusableError(f"column '{name}' must hold labels", column.dtype)
    texts = column.cast(pl.String).str.strip_chars()
    found: list[str | None] = texts.replace("", None).to_list()
    return found
