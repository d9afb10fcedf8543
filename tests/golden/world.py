"""What the golden tests look at: two releases and an evaluation that the command itself made.

`World.folder` holds, made by the command against the loopback provider:

    or.yaml sorry.yaml evaluation.yaml      the recipes (their addresses are gone by then)
    small.yaml one.csv two.jsonl three.parquet   what they read
    said/{or,sorry,evaluation}.txt          what `build`, `build`, `evaluate` printed
    out/releases/or-bench/2026.11.0         and out/exports/or-bench/2026.11.0/csv
    out/releases/sorry-bench/2026.11.0      and out/exports/sorry-bench/2026.11.0/jsonl
    out/evaluations/evaluation
    out/runs/..., out/ledger.sqlite

It is shared by all tests: read it, and write elsewhere. `World.copy` gives a copy whose recipes
name the addresses of a provider that runs.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.golden.command import refusery
from tests.golden.provider import Provider, providing
from tests.golden.recipes import write_recipes
from tests.golden.sources import write_sources

VERSION = "2026.11.0"


@dataclass(frozen=True, slots=True)
class World:
    """A folder in which everything has been made.

    Attributes:
        folder: The folder, as above.
    """

    folder: Path

    @property
    def out(self) -> Path:
        """The output folder."""
        return self.folder / "out"

    @property
    def ledger(self) -> Path:
        """The ledger of all three runs."""
        return self.out / "ledger.sqlite"

    @property
    def or_bench(self) -> Path:
        """The release of OR-Bench."""
        return self.out / "releases" / "or-bench" / VERSION

    @property
    def sorry_bench(self) -> Path:
        """The release of SORRY-Bench."""
        return self.out / "releases" / "sorry-bench" / VERSION

    @property
    def evaluation(self) -> Path:
        """The evaluation's results."""
        return self.out / "evaluations" / "evaluation"

    def said(self, recipe: str) -> str:
        """What the command printed as it ran a recipe: `or`, `sorry` or `evaluation`."""
        return (self.folder / "said" / f"{recipe}.txt").read_text(encoding="utf-8")

    def copy(self, folder: Path, provider: Provider) -> World:
        """The same in another folder, with recipes whose models a running provider serves."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        write_recipes(folder, provider.addresses)
        return World(folder)


_COMMANDS = {
    "or": ("build", "or.yaml", "--format", "csv"),
    "sorry": ("build", "sorry.yaml", "--format", "jsonl"),
    "evaluation": ("evaluate", "evaluation.yaml"),
}


def make(folder: Path) -> World:
    """Makes both releases and then their evaluation, in a folder."""
    (folder / "said").mkdir(parents=True)
    write_sources(folder)
    with providing() as provider:
        write_recipes(folder, provider.addresses)
        for name, arguments in _COMMANDS.items():
            done = refusery(*arguments, cwd=folder)
            if done.returncode:
                raise AssertionError(f"{' '.join(arguments)}: {done.stderr or done.stdout}")
            (folder / "said" / f"{name}.txt").write_text(done.stdout, encoding="utf-8")
    return World(folder)
