"""Who used what: replies, tokens and dollars by model, counted as they are used."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from inference.types import Reply


@dataclass(frozen=True, slots=True)
class Spend:
    """What the replies of one model added up to.

    Attributes:
        replies: Replies used, from a server or from the ledger alike.
        sent: How many of them were asked of a server now.
        input_tokens: Tokens in, over all replies used.
        output_tokens: Tokens out.
        price_usd: What the priced ones cost when they were bought, in US dollars.
        unpriced: Replies whose price is unknown.
        cut: Replies that ended at the token limit, but for those of which the probabilities of
            their first words were asked. Not known of a run's spend in the ledger.
    """

    replies: int = 0
    sent: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    price_usd: float = 0.0
    unpriced: int = 0
    cut: int = 0

    def __add__(self, other: "Spend") -> "Spend":
        return Spend(
            self.replies + other.replies,
            self.sent + other.sent,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.price_usd + other.price_usd,
            self.unpriced + other.unpriced,
            self.cut + other.cut,
        )


class Account:
    """Spend by model's name. Written by the engine's loop alone."""

    def __init__(self) -> None:
        self._spends: dict[str, Spend] = {}

    def add(self, model: str, reply: Reply, sent: bool) -> None:
        """Counts one reply that was used."""
        spend = Spend(
            replies=1,
            sent=int(sent),
            input_tokens=reply.usage.input_tokens,
            output_tokens=reply.usage.output_tokens,
            price_usd=reply.price_usd or 0.0,
            unpriced=int(reply.price_usd is None),
            cut=int(reply.finish == "length" and not reply.logprobs),
        )
        self._spends[model] = self._spends.get(model, Spend()) + spend

    def spends(self) -> dict[str, Spend]:
        """Spend by model, models in order of name."""
        return dict(sorted(self._spends.items()))


class Advance(Protocol):
    """Who is told of rows as they end."""

    def __call__(self, rows: int, from_ledger: int = 0, /) -> None:
        """So many rows ended; `from_ledger` of them found all that they asked in the ledger."""
        ...


def told(advance: Advance | None) -> Callable[[bool], None]:
    """Counts a row where it is shown; a display that breaks (a closed terminal) ends no rows."""

    def count_up(from_ledger: bool) -> None:
        if advance is not None:
            with suppress(Exception):
                advance(1, int(from_ledger))

    return count_up


class Meter(Protocol):
    """Who is told of each reply that a batch's programs use. Called in the engine's loop."""

    def answered(self, place: int, model: str, reply: Reply) -> None:
        """The program at that place used a model's reply, bought now or found in the ledger."""
        ...

    def unusable(self, place: int, keys: Sequence[str]) -> None:
        """That program has ended; it could make nothing of the replies under these keys."""
        ...


def total(spends: Iterable[Spend]) -> Spend:
    """All of them together."""
    return sum(spends, start=Spend())
