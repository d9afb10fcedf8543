"""What writers gave, as tables and as sentences, for terminal, card and Prefect's interface."""

from collections.abc import Iterator, Mapping, Sequence

from artifacts.release_facts import WriterCounts, WriterFacts
from artifacts.summary import Cell, Table

_HEADER = ("part", "writer", "asked", "calls", "texts", "usable", "refused", "lost")


def writers_tables(writers: Sequence[WriterFacts], categories: Sequence[str]) -> Iterator[Table]:
    """Each writer's counts; and where several wrote one part, what of each one's is usable."""
    if not writers:
        return
    rows = tuple((each.part, each.name, *_cells(each.total)) for each in writers)
    yield Table("Writers", _HEADER, rows)
    for part in dict.fromkeys(each.part for each in writers):
        own = [each for each in writers if each.part == part]
        if len(own) > 1:
            found = [each.categories for each in own]
            yield _usable(f"Usable of written texts by category: {part}", own, found, categories)
        if len(own) > 1 and (styles := [*dict.fromkeys(s for each in own for s in each.styles)]):
            by_style = [each.styles for each in own]
            yield _usable(f"Usable of written texts by style: {part}", own, by_style, styles)


def refusal_lines(writers: Sequence[WriterFacts]) -> Iterator[str]:
    """What might be done about rows that a part's last writer declined and nobody wrote."""
    for part in dict.fromkeys(each.part for each in writers):
        own = [each for each in writers if each.part == part]
        lost = max(own, key=lambda each: each.total.lost)
        if not lost.total.lost:
            continue
        rows = "1 row" if lost.total.lost == 1 else f"{lost.total.lost:,} rows"
        how = f": [{lost.name}, ANOTHER]" if len(own) == 1 else ", at the end of the list"
        yield (
            f"{part}: {lost.name} refused {rows} that nobody wrote; add another writer to"
            f" {part}.writer{how}."
        )


def _cells(counts: WriterCounts) -> tuple[Cell, ...]:
    return (
        *(counts.asked, counts.calls, counts.texts),
        *(counts.usable, counts.refused, counts.lost),
    )


def _usable(
    title: str,
    writers: Sequence[WriterFacts],
    found: Sequence[Mapping[str, WriterCounts]],
    names: Sequence[str],
) -> Table:
    """A row for each category or style, a column for each writer: usable of all texts."""
    rows = tuple((name, *(_share(counts.get(name)) for counts in found)) for name in names)
    return Table(title, ("", *(each.name for each in writers)), rows)


def _share(counts: WriterCounts | None) -> Cell:
    return "" if counts is None else f"{counts.usable} of {counts.texts}"
