"""What `build` prints at the end: counts, the share that sounds risky, files, what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from artifacts.manifest import Manifest
from artifacts.mutation_facts import MutationFacts
from flows.command.tables import console as open_console
from flows.command.tables import print_tables
from flows.summaries import of_manifest

if TYPE_CHECKING:
    from flows.building import Result


def show(result: Result, manifest: Manifest) -> None:
    """Prints the summary of a finished build; counts alone, no prompt text."""
    console = open_console()
    print_tables(console, of_manifest(manifest))
    for line in _lines(result, manifest):
        console.print(line, markup=False)


def _lines(result: Result, manifest: Manifest) -> Iterator[str]:
    risky = manifest.sounds_risky
    if risky.measured:
        share = risky.risky / risky.measured
        yield (
            f"Sounds risky: {share:.0%} of the {risky.measured:,} rows called safe "
            f"({risky.risky:,}); {manifest.undecided:,} rows undecided, "
            f"{manifest.contested:,} contested pairs."
        )
    if manifest.mutations is not None:
        yield from _coverage(manifest.mutations)
    cost = manifest.cost
    price = f"{cost.known_usd if cost.usd is None else cost.usd:.2f} US dollars"
    if cost.usd is None:
        price = f"{price} and calls whose price is unknown"
    yield (
        f"Model calls: {result.sent:,} made now, {cost.calls:,} behind this release in all "
        f"({cost.input_tokens:,} tokens in, {cost.output_tokens:,} out, {price})."
    )
    if result.short:
        short = ", ".join(f"{name} {count}" for name, count in result.short.items())
        yield f"Rounds ended with categories short of their target: {short}."
    for name, ending in result.seed_endings.items():
        if ending != "full":
            yield f"Seeds of {name}: the writer ended {ending.replace('_', ' ')}."
    for name, pairs in result.served.items():
        for asked, served in pairs:
            yield f"Warning: model {name} was asked for {asked}, and {served} answered."
    yield ""
    yield f"Release:      {_shown(Path(result.release))}"
    yield f"Stage tables: {_shown(Path(result.release).parents[2] / 'runs' / manifest.run)}"
    yield f"Next:         refusery verify {_shown(Path(result.release))}"
    yield "              open its README.md, the card, and load it as the card says"
    if manifest.demo:
        yield "              then make a recipe with your own models: recipes/README.md"


def _coverage(found: MutationFacts) -> Iterator[str]:
    """What a fine-grained set lacks."""
    yield (
        f"Missing: {found.missing:,} mutated rows."
        if found.missing
        else "Nothing is missing: each base request is there in every style."
    )
    if found.empty:
        yield f"The base set has no request of {', '.join(found.empty)}."
    stopped = [style.name for style in found.styles if style.stopped]
    if stopped:
        yield f"Stopped, as none of the first {found.pilot} rows passed: {', '.join(stopped)}."


def _shown(path: Path) -> str:
    """A path from the working folder where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
