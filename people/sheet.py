"""One person's sheet: rows to decide on, out to a spreadsheet and back, whatever they are rows of.

Each row has an id, the texts that belong to it and empty cells for what the person says. Where
people get a sheet each, every row bears the mark of its export too: a cell is all that stays with
a table through a spreadsheet.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from artifacts.stage_tables import are
from curation.quota import Draw, sample, shuffle_key
from people.errors import ReviewUnusableError
from people.spreadsheet import CellTable, read_cells, same_text

COLUMN = "table"
"""The column that holds the mark."""

LONGEST = 40
"""Characters of a cell that an error quotes."""

_MARK = re.compile(r"(.+) / person (\d+) of (\d+), (\d+) rows")


class Origin(Protocol):
    """What a sheet was exported from, as its mark says: the words before the person."""

    @property
    def pin(self) -> str:
        """What tells its source from any other."""
        ...


OriginT = TypeVar("OriginT", bound=Origin)
EntryT = TypeVar("EntryT")
WordT = TypeVar("WordT")


@dataclass(frozen=True, slots=True)
class Mark(Generic[OriginT]):
    """What one person's sheet says of itself on every row.

    Attributes:
        origin: What it was exported from.
        person: Whose sheet it is, from 1.
        people: How many people there are sheets for.
        rows: Rows of this sheet.
    """

    origin: OriginT
    person: int
    people: int
    rows: int

    def __str__(self) -> str:
        return f"{self.origin} / person {self.person} of {self.people}, {self.rows} rows"


def parsed_mark(cell: str, origin: Callable[[str], OriginT | None]) -> Mark[OriginT] | None:
    """The mark in a cell; None where it is none."""
    found = _MARK.fullmatch(" ".join(cell.split()))
    source = origin(found[1]) if found else None
    if found is None or source is None:
        return None
    return Mark(source, int(found[2]), int(found[3]), int(found[4]))


@dataclass(frozen=True, slots=True)
class Export(Generic[OriginT]):
    """The export that sheets have to be of.

    Attributes:
        origin: Reads what a mark says before the person; None where it is no such mark.
        pin: What their origin's pin must be.
        rule: What is broken where it is another, up to the pin.
    """

    origin: Callable[[str], OriginT | None]
    pin: str
    rule: str


@dataclass(frozen=True, slots=True)
class Format(Generic[EntryT, WordT]):
    """How one kind of sheet is read.

    Attributes:
        needed: The columns that it must still have.
        ids: What its ids must be, in words.
        entry: What stands behind an id; None where nothing does.
        word: What a person says of an entry in a row's cells, at a place that errors name.
        texts: By column, an entry's texts as they were exported.
        prefix: What stands before every id in the sheet.
    """

    needed: tuple[str, ...]
    ids: str
    entry: Callable[[str], EntryT | None]
    word: Callable[[EntryT, Mapping[str, str], str], WordT]
    texts: Callable[[EntryT], Mapping[str, str]]
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class PersonSheet(Generic[OriginT, WordT]):
    """One person's sheet, read.

    Attributes:
        path: The file.
        mark: What it says of itself.
        words: What the person says by id, in the file's order.
        encoding: How the file was read.
    """

    path: Path
    mark: Mark[OriginT]
    words: Mapping[str, WordT]
    encoding: str

    def notices(self, counts: Iterable[tuple[int, str]], gone: str) -> tuple[str, ...]:
        """What of the sheet does not count, a line each.

        Args:
            counts: How many rows are what.
            gone: What rows are that are no longer there.
        """
        lost = self.mark.rows - len(self.words)
        read = f"read as {self.encoding}: characters that it lacks were lost on the way"
        lines = (
            *([read] if self.encoding != "UTF-8" else []),
            *(are(count, "row", what) for count, what in counts if count > 0),
            *([are(lost, "row", f"no longer in the table, and {gone}")] if lost > 0 else []),
        )
        return tuple(f"{self.path.name}: {line}" for line in lines)


def read_person(
    path: Path, form: Format[EntryT, WordT], export: Export[OriginT]
) -> PersonSheet[OriginT, WordT]:
    """One person's sheet, as exported or as a spreadsheet saved it.

    Raises:
        ReviewUnusableError: It lacks a column, is of another export or of several people, or a
            row was changed or says what nobody can follow.
    """
    table = read_cells(path, form.needed)
    mark = _one_mark(table, export)
    return PersonSheet(path, mark, read_words(table, form), table.encoding)


def _one_mark(table: CellTable, export: Export[OriginT]) -> Mark[OriginT]:
    known: Mark[OriginT] | None = None
    for line, cells in table.rows:
        where = f"{table.name}, line {line}"
        mark = parsed_mark(cells[COLUMN], export.origin)
        if mark is None:
            rule = f"column `{COLUMN}` of a review table must be as it was exported"
            said = cells[COLUMN].strip()[:LONGEST] or "nothing"
            raise ReviewUnusableError(rule, f"{said} in {where}")
        if mark.origin.pin != export.pin:
            raise ReviewUnusableError(
                f"{export.rule} {export.pin}", f"{mark.origin.pin} in {where}"
            )
        if known is not None and mark != known:
            rule = "a review table must be one person's alone, as it was exported"
            raise ReviewUnusableError(rule, f"two in {where}")
        known = mark
    if known is None:
        raise ReviewUnusableError("a review table must have rows", table.name)
    return known


def read_words(table: CellTable, form: Format[EntryT, WordT]) -> dict[str, WordT]:
    """What a person says by id, in the table's order.

    Raises:
        ReviewUnusableError: An id is none or stands twice, a text is another row's, or a row says
            what nobody can follow.
    """
    words: dict[str, WordT] = {}
    for line, cells in table.rows:
        where = f"{table.name}, line {line}"
        own = cells["id"].strip()
        id = own.removeprefix(form.prefix)
        entry = form.entry(id) if own.startswith(form.prefix) else None
        if entry is None:
            rule = f"ids of a review table must be {form.ids}"
            raise ReviewUnusableError(rule, f"{own[:LONGEST] or 'none'} in {where}")
        for name, text in form.texts(entry).items():
            if not same_text(cells[name], text):
                article = "an" if name[0] in "aeiou" else "a"
                rule = f"{article} {name} must stay in the row of its id, as it was exported"
                raise ReviewUnusableError(rule, f"{own} in {where}")
        if id in words:
            raise ReviewUnusableError("a review table must have each id once", f"{own} in {where}")
        words[id] = form.word(entry, cells, where)
    return words


def require_one_export(sheets: Sequence[PersonSheet[OriginT, WordT]]) -> None:
    """Checks that sheets are of one export, and no two of one person.

    Raises:
        ReviewUnusableError: They are not.
    """
    seen: dict[int, PersonSheet[OriginT, WordT]] = {}
    first = sheets[0]
    for sheet in sheets:
        mark = sheet.mark
        if (mark.origin, mark.people) != (first.mark.origin, first.mark.people):
            rule = "tables that are imported together must be of one export"
            raise ReviewUnusableError(rule, f"{first.path.name}, {sheet.path.name}")
        other = seen.setdefault(mark.person, sheet)
        if other is not sheet:
            rule = f"each person must have one table; person {mark.person} has two"
            raise ReviewUnusableError(rule, f"{other.path.name}, {sheet.path.name}")


def absent(sheets: Sequence[PersonSheet[OriginT, WordT]]) -> Iterator[str]:
    """A line on the people of an export whose sheets are not there; none where all are."""
    there = {sheet.mark.person for sheet in sheets}
    people = sheets[0].mark.people
    missing = [str(number) for number in range(1, people + 1) if number not in there]
    if missing:
        yield f"no table of person {', '.join(missing)}, of {people}"


def new_paths(path: Path, people: int, beside: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Where each person's sheet goes: for several people `-1`, `-2`, ... before the ending.

    Args:
        path: The CSV that was asked for.
        people: How many people there are.
        beside: Other files that are written with them.

    Raises:
        ReviewUnusableError: One of the files is there already.
    """
    numbered = (path.with_name(f"{path.stem}-{n}{path.suffix}") for n in range(1, people + 1))
    paths = (path,) if people == 1 else tuple(numbered)
    for each in (*paths, *beside):
        if each.exists():
            rule = "a review table that is there must not be written over: it may hold decisions"
            raise ReviewUnusableError(rule, each)
    return paths


def drawn(categories: Mapping[str, str], size: int, seed: int) -> dict[str, str]:
    """Rows drawn by lot, as many of each category as can be: the same for the same ids and seed.

    Args:
        categories: Each row's category by its id.
        size: How many rows; fewer where there are not so many.
        seed: What the draw depends on besides the ids.
    """
    kept = sample(categories, Draw(size=size, balance="cap", seed=seed)).kept
    return {each: categories[each] for each in kept}


def shared_out(
    categories: Mapping[str, str], people: int, overlap: float, seed: int
) -> tuple[tuple[str, ...], ...]:
    """Each person's rows, in an order of their own.

    A share of the rows goes to everyone, so that it can be seen how far people agree; each of the
    others goes to one person, in turn and category by category.

    Args:
        categories: The category of each drawn row by its id.
        people: How many people.
        overlap: The share that everyone gets: 1 for all rows.
        seed: The draw's seed.

    Raises:
        ReviewUnusableError: The overlap is no share, or a person would get no row.
    """
    if not 0 <= overlap <= 1:
        raise ReviewUnusableError("--overlap must be from 0 to 1", overlap)
    common = set(drawn(categories, round(overlap * len(categories)), seed))
    rest = [each for each in categories if each not in common]
    rest.sort(key=lambda each: (categories[each], shuffle_key(seed, each)))
    own = [[*common, *rest[place::people]] for place in range(people)]
    if not all(own):
        raise ReviewUnusableError("each person must get a row", f"{len(categories)} rows, {people}")
    return tuple(in_own_order(rows, person, seed) for person, rows in enumerate(own, start=1))


def in_own_order(ids: Iterable[str], person: int, seed: int) -> tuple[str, ...]:
    """A person's rows in an order that no other person has."""
    return tuple(sorted(ids, key=lambda each: shuffle_key(seed, f"{person}:{each}")))
