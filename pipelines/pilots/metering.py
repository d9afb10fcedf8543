"""Which row used which reply: what a pilot keeps of each call, without a word of its text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from artifacts.records import StageName
from inference.accounts import Meter
from inference.models import ModelSpec
from inference.prices import price_usd
from inference.types import Reply
from pipelines.runner.stage import Row


@dataclass(frozen=True, slots=True)
class Use:
    """One reply and the row that used it.

    Attributes:
        stage: The stage that used it last.
        row: The row that it was asked about.
        root: The root of that row.
        model: The model's name in the recipe.
        input_tokens: Tokens sent.
        output_tokens: Tokens answered.
        usd: What its tokens cost at the recipe's prices, whether it was bought now or before; None
            where nobody knows.
    """

    stage: StageName
    row: str
    root: str
    model: str
    input_tokens: int
    output_tokens: int
    usd: float | None


class Metering:
    """Takes down every reply of a run by its key: one that two rows use is paid for once.

    Args:
        specs: What the models cost, by their names in the recipe.
    """

    def __init__(self, specs: Mapping[str, ModelSpec]) -> None:
        """Nothing has been used."""
        self._specs = specs
        self.uses: dict[str, Use] = {}
        self.unusable: set[str] = set()

    def of(self, stage: StageName, rows: Sequence[Row]) -> Meter:
        """Who is told of what the rows of a stage use, by their places."""
        return _StageMeter(self, stage, rows)

    def cost(self, model: str, reply: Reply) -> float | None:
        """What a reply costs today; what it did cost where nobody says."""
        spec = self._specs.get(model)
        usd = None if spec is None or reply.price_usd is None else price_usd(spec, reply.usage)
        return reply.price_usd if usd is None else usd


@dataclass(frozen=True, slots=True)
class _StageMeter:
    whole: Metering
    stage: StageName
    rows: Sequence[Row]

    def answered(self, place: int, model: str, reply: Reply) -> None:
        row, usage = self.rows[place], reply.usage
        self.whole.uses[reply.key] = Use(
            self.stage,
            str(row["row"]),
            str(row["root"]),
            model,
            usage.input_tokens,
            usage.output_tokens,
            self.whole.cost(model, reply),
        )

    def unusable(self, place: int, keys: Sequence[str]) -> None:
        self.whole.unusable.update(keys)
