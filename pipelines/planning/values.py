"""A plan as plain values, and what `doctor` finds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

from measures.totals import Estimate

NumberT = TypeVar("NumberT", int, float)


def total(figures: Iterable[NumberT | None]) -> NumberT | None:
    """The sum, or None where any figure is unknown."""
    known = list(figures)
    found = [figure for figure in known if figure is not None]
    return sum(found) if len(found) == len(known) else None


WOULD_BE_REFUSED = "A run of this recipe would be refused"
"""How the notes of a plan begin that no run could follow."""


@dataclass(frozen=True, slots=True)
class ModelCalls:
    """What one stage asks of one model.

    Attributes:
        model: The model's name in the recipe.
        server: Host and port that would be asked, or "this machine".
        calls: Calls if every answer is usable at once.
        input_tokens: Estimated tokens sent, all calls together.
        output_tokens: Estimated tokens answered, all calls together.
        usd: US dollars, or None where the price is unknown.
        retired: Whether the recipe says that the model is no longer served.
        priced: Whether the recipe or the kept price list says what the model costs.
        held: Calls that are answered already: tokens and dollars are of the others. None where
            nobody looked.
    """

    model: str
    server: str
    calls: int | None
    input_tokens: int | None
    output_tokens: int | None
    usd: float | None
    retired: bool = False
    priced: bool = True
    held: int | None = None

    @property
    def to_send(self) -> int | None:
        """Calls that a server would be asked for."""
        return None if self.calls is None else self.calls - (self.held or 0)


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage of a plan.

    Attributes:
        name: The stage's name, as the run has it, without a round.
        rows: Rows that it works on, or makes, if nothing is dropped.
        asks: What it asks, by model; empty where no model is asked.
        notes: What a reader should know before starting the run.
        part: The part of the stage that this is, where several are shown: one style.
        repeated: Whether it may run in several rounds, as many as the answers come to need.
        later: Whether it runs in further rounds alone.
    """

    name: str
    rows: int | None
    asks: tuple[ModelCalls, ...] = ()
    notes: tuple[str, ...] = ()
    part: str = ""
    repeated: bool = False
    later: bool = False

    @property
    def label(self) -> str:
        """The stage, with the part where there is one."""
        return f"{self.name}: {self.part}" if self.part else self.name

    @property
    def calls(self) -> int | None:
        """Calls of all models."""
        return total(each.calls for each in self.asks)

    @property
    def held(self) -> int | None:
        """Calls that are answered already; None where nobody looked."""
        return total(each.held for each in self.asks)

    @property
    def to_send(self) -> int | None:
        """Calls that servers would be asked for."""
        return total(each.to_send for each in self.asks)

    @property
    def input_tokens(self) -> int | None:
        """Tokens sent to all models."""
        return total(each.input_tokens for each in self.asks)

    @property
    def output_tokens(self) -> int | None:
        """Tokens answered by all models."""
        return total(each.output_tokens for each in self.asks)

    @property
    def usd(self) -> float | None:
        """US dollars for all models."""
        return total(each.usd for each in self.asks)


@dataclass(frozen=True, slots=True)
class ConfigPlan:
    """Rows of a set that a recipe is to give.

    Attributes:
        name: What they are: `accepted`, `hard`, `toxic`, `base`, `mutated`.
        wanted: How many the recipe asks for at most; None where it sets no number.
        expected: How many there will be to draw from, by a pilot; None where nobody knows.
    """

    name: str
    wanted: int | None
    expected: Estimate | None = None


@dataclass(frozen=True, slots=True)
class FromPilot:
    """What a plan knows by a pilot.

    Attributes:
        seeds: Seeds that the pilot ran.
        made: Its day (ISO 8601).
        version: The version that it was run for.
        calls: Calls of the whole, with a 95 % interval.
        usd: US dollars for the whole, with a 95 % interval; None where a price is unknown.
    """

    seeds: int
    made: str
    version: str
    calls: Estimate
    usd: Estimate | None


@dataclass(frozen=True, slots=True)
class Duration:
    """How long a run takes if its servers keep up.

    Attributes:
        seconds: All stages, or None where nobody knows how many calls there are.
        measured: Whether every latency is a pilot's; else some are assumed.
    """

    seconds: float | None
    measured: bool

    @property
    def says(self) -> str:
        """It in words, to two places.

        Example:
            >>> Duration(7530.0, True).says, Duration(41.2, True).says
            ('about 2 h 6 min', 'about 41 s')
        """
        if self.seconds is None:
            return "unknown, as the number of rows is"
        return f"about {_words(self.seconds)}"


def _words(seconds: float) -> str:
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    said = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(said[:2])


@dataclass(frozen=True, slots=True)
class Plan:
    """What a recipe would do.

    Attributes:
        recipe: The recipe's name.
        stages: In the order in which they run; a stage with parts has a row for each. By a pilot
            where there is one, else as if every answer were usable at once.
        token_error: Half-width of the error of counting a known text's tokens, as a share; how
            long answers are is a pilot's to say, and assumed without one.
        notes: What a reader should know of the recipe as a whole.
        pilot: What is known by a pilot; None where there is none of this recipe.
        configs: What the recipe is to give.
        duration: How long a run takes; None where nobody worked it out.
        looked_up: Whether the ledger was looked at: tokens, dollars and time are then of the calls
            that it does not hold.
        uncounted: Stages whose requests depend on texts that are not written yet.
    """

    recipe: str
    stages: tuple[StagePlan, ...]
    token_error: float
    notes: tuple[str, ...] = ()
    pilot: FromPilot | None = None
    configs: tuple[ConfigPlan, ...] = ()
    duration: Duration | None = None
    looked_up: bool = False
    uncounted: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The stages that a run of one round runs, each once, in its order."""
        return tuple(dict.fromkeys(each.name for each in self.stages if not each.later))

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notes: of the recipe as a whole, then of each stage by its name."""
        of_stages = (f"{stage.name}: {note}" for stage in self.stages for note in stage.notes)
        return (*self.notes, *of_stages)

    @property
    def asks(self) -> tuple[ModelCalls, ...]:
        """What all stages ask, in order."""
        return tuple(each for stage in self.stages for each in stage.asks)

    @property
    def usd(self) -> float | None:
        """US dollars for the whole recipe, or None where a price is unknown."""
        return total(each.usd for each in self.asks)

    @property
    def known_usd(self) -> float:
        """US dollars for the part whose prices are known: a lower bound of `usd`."""
        return sum(each.usd for each in self.asks if each.usd is not None)

    @property
    def servers(self) -> tuple[str, ...]:
        """Every server that would be asked, each once."""
        return tuple(dict.fromkeys(each.server for each in self.asks))

    @property
    def unknown_prices(self) -> tuple[str, ...]:
        """The models whose price is unknown, each once."""
        return tuple(dict.fromkeys(each.model for each in self.asks if not each.priced))


Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: Whether it works, is doubtful, or would end a run.
        subject: The key in the recipe.
        says: What was found, in one line; never a key.
    """

    level: Level
    subject: str
    says: str
