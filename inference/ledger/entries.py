"""What is put into the ledger and what it says of a run's money: plain values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a reply is used for; a run's cost is what the replies that it used cost.

    Attributes:
        run: The run's name, `recipe/version`.
        stage: The stage that asked first.
    """

    run: str
    stage: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One reply as it is stored.

    Attributes:
        key: The request's key.
        request: The canonical request.
        reply: The reply as `inference.ledger_schema.dump` wrote it.
        model: The model's name in the recipe.
        address: The server that was asked; recorded, not keyed.
        input_tokens: Tokens in, as the server counted them.
        output_tokens: Tokens out.
        price_usd: US dollars, or None where the price is unknown.
        latency_s: Seconds from sending to the last byte.
        reservation: The id of what was held for the call and is held no longer; "" where nothing
            was.
        instead_of: The stored reply that could not be read; this one takes its place unless
            another has done so before.
    """

    key: str
    request: bytes
    reply: bytes
    model: str
    address: str
    input_tokens: int
    output_tokens: int
    price_usd: float | None
    latency_s: float
    reservation: str = ""
    instead_of: bytes | None = None


@dataclass(frozen=True, slots=True)
class ReservedAmount:
    """What one call under a cap may cost, stored before the call is sent.

    Attributes:
        id: A name of its own.
        run: The run that pays.
        model: The model's name in the recipe.
        usd: US dollars, from above.
    """

    id: str
    run: str
    model: str
    usd: float


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a run's money is, over all processes that work at it.

    Attributes:
        bought_usd: What its replies cost, in US dollars.
        unknown: Calls whose outcome nobody knows: cut off, or of a process that is gone.
        unknown_usd: The most that they can have cost.
        others_usd: The bounds of calls that other processes have in flight.
        own_usd: The bounds of calls that this process has in flight.
    """

    bought_usd: float = 0.0
    unknown: int = 0
    unknown_usd: float = 0.0
    others_usd: float = 0.0
    own_usd: float = 0.0

    @property
    def spent_usd(self) -> float:
        """What is gone for good, as far as anybody knows."""
        return self.bought_usd + self.unknown_usd

    @property
    def held_usd(self) -> float:
        """What is spent or may yet be."""
        return self.spent_usd + self.others_usd + self.own_usd
