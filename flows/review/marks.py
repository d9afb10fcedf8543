"""What a review table says of itself, on every row: which release, which draw, whose table."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from artifacts.version_facts import Release

COLUMN = "table"
"""The column that holds the mark. A cell is all that stays with a table through a spreadsheet."""

_PIN = 12
_MARK = re.compile(
    r"(\S+) (\S+) / ([0-9a-f]{12}) / draw (\d+) of (\d+), configs ((?:\d+ )*\d+)"
    r" / person (\d+) of (\d+), (\d+) rows"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of one person's table.

    Attributes:
        benchmark: The release's benchmark.
        version: Its version.
        pin: The first characters of its manifest's SHA-256.
        seed: The draw's seed.
        sampled: Rows that were drawn for all people together.
        configs: The configs that were drawn from, by their places in the manifest, from 1:
            their names would tell a person what the rows were called.
        person: Whose table it is, from 1.
        people: How many people there are tables for.
        rows: Rows of this table.
    """

    benchmark: str
    version: str
    pin: str
    seed: int
    sampled: int
    configs: tuple[int, ...]
    person: int
    people: int
    rows: int

    def __str__(self) -> str:
        """The cell."""
        configs = " ".join(map(str, self.configs))
        return (
            f"{self.benchmark} {self.version} / {self.pin}"
            f" / draw {self.seed} of {self.sampled}, configs {configs}"
            f" / person {self.person} of {self.people}, {self.rows} rows"
        )

    @property
    def draw(self) -> Mark:
        """The same for all tables of one export."""
        return replace(self, person=0, rows=0)


def pin_of(release: Release) -> str:
    """As much of a release's pin as a mark holds."""
    return release.manifest[:_PIN]


def parsed(cell: str) -> Mark | None:
    """The mark in a cell; None where it is none."""
    found = _MARK.fullmatch(" ".join(cell.split()))
    if found is None:
        return None
    benchmark, version, pin, seed, sampled, configs, person, people, rows = found.groups()
    places = tuple(map(int, configs.split()))
    numbers = (int(person), int(people), int(rows))
    return Mark(benchmark, version, pin, int(seed), int(sampled), places, *numbers)
