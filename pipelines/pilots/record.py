"""What a pilot measured, as the file `pilot.json` in its run's folder holds it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import TypeAdapter

from base.errors import RecordUnreadableError
from base.files import read_json, write_json
from measures.totals import Moments
from pipelines.errors import PipelineError

PILOT = "pilot.json"
FORMAT = 1
"""Of the record; raised where a reader of the one before would misread it."""


Scaling: TypeAlias = Literal["rounds", "seeds", "fixed"]
"""With what a figure grows in the whole: with the drawn rows and the rounds that each is in, with
the drawn rows alone, or with neither."""


class PilotUnusableError(PipelineError):
    """A pilot that a plan is to be made from is of another recipe, or cannot be read."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What one stage asked of one model; a reply counts once, as it is paid for once.

    Attributes:
        model: The model's name in the recipe.
        calls: Replies used, bought now or before.
        unusable: How many of them were of no use, so that they were asked for again.
        input_tokens: Tokens sent with a call.
        output_tokens: Tokens answered, thoughts included.
        usd: What all of them cost at the recipe's prices, or None where nobody knows.
        latency_s: Seconds that a call took when it was bought.
        rows: Rows that asked this model.
    """

    model: str
    calls: int
    unusable: int
    input_tokens: Moments
    output_tokens: Moments
    usd: float | None
    latency_s: Moments
    rows: int


@dataclass(frozen=True, slots=True)
class StageUse:
    """One stage of the pilot.

    Attributes:
        stage: Its folder's name, without a round.
        group: The name that a plan shows it under.
        drawn_in: The stage whose draw its rows come from.
        entered: Rows that came in.
        kept: Rows that went on.
        asks: What it asked, by model.
        scales: With what it grows.
    """

    stage: str
    group: str
    drawn_in: str
    entered: int
    kept: int
    asks: tuple[ModelUse, ...]
    scales: Scaling = "rounds"


@dataclass(frozen=True, slots=True)
class Took:
    """What a drawn row took.

    Attributes:
        calls: Calls for each drawn row.
        usd: US dollars for each drawn row, or None where a price is unknown.
    """

    calls: Moments
    usd: Moments | None


@dataclass(frozen=True, slots=True)
class Population:
    """Rows that were drawn, and what each of them took in all stages that follow from them.

    Attributes:
        drawn_in: The stage in which they were drawn.
        drawn: How many were drawn.
        whole: How many there were to draw from.
        entering: How many there were before those were left out that no run takes (repeats).
        is_made: Whether a run of the whole has more of them than the pilot's stage had.
        categories: The whole by category.
        calls: Calls for each drawn row.
        usd: US dollars for each drawn row, or None where a price is unknown.
        parts: Both by that with which they grow; none where all of them grow with rounds.
    """

    drawn_in: str
    drawn: int
    whole: int
    entering: int
    is_made: bool
    categories: Mapping[str, int]
    calls: Moments
    usd: Moments | None
    parts: Mapping[Scaling, Took] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of rows, with its 95 % interval over seeds as clusters.

    Attributes:
        name: What they are: `flagged`, `refused`.
        of: By whom or of what, where there are several: a target, a prompt style.
        hits: Rows that are so.
        rows: Rows that could be.
        low: Lower end; None where too few seeds have such rows.
        high: Upper end.
    """

    name: str
    of: str
    hits: int
    rows: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Yield:
    """Rows of a config that come of one drawn row.

    Attributes:
        name: `accepted`, `hard`, `toxic`, `base`, `mutated`.
        drawn_in: The stage whose draw they come from.
        rows: Rows for each drawn row.
        scales: With what they grow.
    """

    name: str
    drawn_in: str
    rows: Moments
    scales: Scaling = "rounds"


@dataclass(frozen=True, slots=True)
class PilotRecord:
    """What a pilot measured.

    Attributes:
        format: Of this record.
        recipe: The recipe's name.
        benchmark: Its benchmark.
        version: The version that it was run for.
        made: When it ended (ISO 8601).
        seeds: How many seeds were wanted.
        parts: By key, a digest of what of the recipe decides what is asked and how.
        populations: What was drawn.
        stages: What each stage took.
        rates: What became of rows.
        yields: What comes of a drawn row.
    """

    format: int
    recipe: str
    benchmark: str
    version: str
    made: str
    seeds: int
    parts: Mapping[str, str]
    populations: tuple[Population, ...]
    stages: tuple[StageUse, ...]
    rates: tuple[Rate, ...]
    yields: tuple[Yield, ...]

    def population(self, drawn_in: str) -> Population | None:
        """What was drawn in a stage; None where nothing was."""
        return next((each for each in self.populations if each.drawn_in == drawn_in), None)

    @property
    def drawn(self) -> int:
        """Seeds that were run to the end: of the last stage that drew."""
        return self.populations[-1].drawn if self.populations else 0


_RECORD = TypeAdapter(PilotRecord)


def write_record(run: Path, record: PilotRecord) -> Path:
    """Writes a pilot's record into its run's folder; gives its file.

    Raises:
        FileUnwritableError: It cannot be written; `NoSpaceError` where the disk is full.
    """
    write_json(run / PILOT, record, _RECORD)
    return run / PILOT


def read_record(given: Path) -> PilotRecord:
    """A pilot's record.

    Args:
        given: The file, or the folder of the pilot's run.

    Raises:
        PilotUnusableError: There is none, or it is not what a pilot wrote.
    """
    path = given / PILOT if given.is_dir() else given
    try:
        found = read_json(path, _RECORD, newest=FORMAT)
    except RecordUnreadableError as error:
        raise PilotUnusableError(f"a pilot's record must be readable: {error.rule}", path) from None
    if found.format != FORMAT:
        rule = f"a pilot's record must be of format {FORMAT}; run `refusery pilot` anew"
        raise PilotUnusableError(rule, f"format {found.format}")
    if (odd := _odd(found)) is not None:
        rule = f"a pilot's record must hold counts and sums that can be ({odd} is none)"
        raise PilotUnusableError(rule, path)
    return found


def _odd(record: PilotRecord) -> str | None:
    """The first figure that nobody can have measured."""
    for name, figure in _figures(record):
        if figure is not None and not (math.isfinite(figure) and figure >= 0):
            return name
    known = {each.drawn_in for each in record.populations}
    loose = [each.stage for each in record.stages if each.drawn_in not in known]
    loose += [each.name for each in record.yields if each.drawn_in not in known]
    few = [each.drawn_in for each in record.populations if not 0 < each.drawn <= each.whole]
    return next(iter((*loose, *few)), None)


def _figures(record: PilotRecord) -> Iterable[tuple[str, float | None]]:
    for each in record.populations:
        yield "whole", each.whole
        yield "entering", each.entering - each.whole
        for took in (Took(each.calls, each.usd), *each.parts.values()):
            for name, held in (("calls", took.calls), ("usd", took.usd)):
                if held is not None:
                    yield from _of(name, held)
    for stage in record.stages:
        for use in stage.asks:
            yield "calls", use.calls
            yield "usd", use.usd
            for name, held in (
                ("input_tokens", use.input_tokens),
                ("output_tokens", use.output_tokens),
                ("latency_s", use.latency_s),
            ):
                yield from _of(name, held)
    for made in record.yields:
        yield from _of(made.name, made.rows)


def _of(name: str, held: Moments) -> Iterable[tuple[str, float]]:
    yield name, held.n
    yield name, held.mean
    yield name, held.sd
    yield name, abs(held.skew)
