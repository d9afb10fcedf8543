"""Which pilot a plan is made from: the one that is named, or one of this recipe in `--out`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from base.formats import cut
from pipelines.pilots.parts import differing
from pipelines.pilots.record import PILOT, PilotRecord, PilotUnusableError, read_record
from pipelines.recipe.schema import Runnable
from pipelines.runner.run_folders import run_key


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to plan from.

    Attributes:
        record: The pilot; None where there is none of this recipe.
        note: Why the newest of the others is not used; "" where there is nothing to say.
    """

    record: PilotRecord | None
    note: str = ""


def find_pilot(recipe: Runnable, out: Path, given: Path | None = None) -> Found:
    """The pilot of a recipe with the most seeds, the newest of several.

    Args:
        recipe: What is planned.
        out: The output folder.
        given: A pilot's folder or file, which must be of this recipe.

    Raises:
        PilotUnusableError: The given one is of another recipe, or cannot be read.
    """
    if given is not None:
        record = read_record(given)
        if parts := differing(record, recipe):
            rule = f"a pilot must be of the recipe that is planned; {_differ(parts)}"
            raise PilotUnusableError(rule, f"a pilot of {record.recipe} {record.version}")
        return Found(record)
    own: list[PilotRecord] = []
    notes: list[tuple[str, str]] = []
    for path in _files(recipe, out):
        try:
            record = read_record(path)
        except PilotUnusableError as error:
            notes.append(("", f"the pilot in {path.parent.name} is not used: {error.rule}"))
            continue
        if parts := differing(record, recipe):
            said = f"the pilot in {path.parent.name} is not used: {_differ(parts)}"
            notes.append((record.made, said))
        else:
            own.append(record)
    if own:
        return Found(max(own, key=lambda each: (each.drawn, each.made)))
    return Found(None, max(notes)[1] if notes else "")


def _files(recipe: Runnable, out: Path) -> Iterator[Path]:
    yield from sorted((out / "runs" / run_key(recipe.path, out)).glob(f"*-pilot*/{PILOT}"))


def _differ(parts: tuple[str, ...]) -> str:
    names = ", ".join(f"`{cut(each, 40)}`" for each in parts)
    return f"its {names} {'differs' if len(parts) == 1 else 'differ'} from this recipe's"
