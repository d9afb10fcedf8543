"""The values that cross between the pure prompt tasks and the engine.

Generators, moderators, curation and checks import this module and nothing else of `inference`.
A *prompt task* says what to ask (`request`) and how to read the answer (`parse`); a *program* is a
plain Python generator that yields asks and is sent their results. Neither does any I/O.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from base.digests import Json

    Vectors: TypeAlias = NDArray[np.float32]

Role = Literal["system", "user", "assistant"]
Finish = Literal["stop", "length", "content_filter", "tool_calls", "not_text", "other"]
StructuredForm = Literal["schema", "json", "text"]
RefusalKind = Literal["model_refusal", "provider_input_block", "provider_output_block"]

ItemT_contra = TypeVar("ItemT_contra", contravariant=True)
ItemT = TypeVar("ItemT")
ResultT_co = TypeVar("ResultT_co", covariant=True)
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What to ask a chat model; the whole of it is hashed into the ledger's key.

    Attributes:
        model: The model's name in the recipe (`writer`, `gpt4o`); the engine resolves it.
        messages: The turns, oldest first. A final assistant turn is continued by the servers
            that can (llama.cpp, vLLM); its reply may repeat that prefix.
        temperature: Sampling temperature; 0 is greedy.
        top_p: Nucleus mass, or None for the server's default.
        max_tokens: Longest answer in tokens, or None for the server's default.
        seed: Sampling seed sent to the server, or None.
        stop: Strings that end the answer.
        json_schema: A JSON schema as canonical JSON text, or None for free text.
        top_logprobs: How many alternatives to report per token, or None for no log-probabilities.
        sample: Sample index; two requests that differ in nothing else are two draws.
        edition: The release version a text is written for; empty except for writers.
        chat_template: A chat template (Jinja) to be used in place of the model's own, by servers
            that take one with a request; None for the model's own.
        structured: How `json_schema` is put to the server: as a schema, as JSON without one, or
            not at all, where the messages ask for JSON in words.
    """

    model: str
    messages: tuple[Message, ...]
    temperature: float = 0.0
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    json_schema: str | None = None
    top_logprobs: int | None = None
    sample: int = 0
    edition: str = ""
    chat_template: str | None = None
    structured: StructuredForm = "schema"


@dataclass(frozen=True, slots=True)
class EmbedRequest:
    """Which texts to embed, with which encoder of the recipe.

    Attributes:
        encoder: The encoder's name in the recipe.
        texts: The texts, in the order in which their vectors are wanted.
        alone: Compute each text by itself in fp32, so that batch composition cannot show. Asked
            for when a score lies near its threshold, a tie or a rounding edge.
        together: Compute exactly these texts with each other and no others beside them, so that
            their vectors are the same each time: for a fixed list, many times faster than alone.
    """

    encoder: str
    texts: tuple[str, ...]
    alone: bool = False
    together: bool = False


@dataclass(frozen=True, slots=True)
class TokenLogprobs:
    """One generated token: its text and natural-log probability, and its alternatives'."""

    token: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal that a server signalled.

    Attributes:
        kind: Who refused: the model, or a filter before (`provider_input_block`) or after it.
        source: The field of the answer that it was read from.
        raw: What stood there, in the server's words; never the prompt's.
    """

    kind: RefusalKind
    source: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call as the server counted them; 0 where it did not.

    Attributes:
        input_tokens: All tokens in, cached ones included.
        output_tokens: All tokens out, those of reasoning included, whatever the server calls so.
        cached_tokens: How many of the tokens in the server had cached.
        reasoning_tokens: How many of the tokens out were reasoning.
        cache_write_tokens: How many of the tokens in the server wrote into its cache, at a premium.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cache_write_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one request.

    Attributes:
        text: The answer's text (empty for embeddings).
        parsed: The answer as JSON where a schema was asked for and it parses, else None.
        logprobs: One entry per generated token where they were asked for.
        vectors: Unit rows of shape (texts, dimensions), float32, for an `EmbedRequest`.
        finish: Why the model stopped; `not_text` where it answered with an image or sound alone.
        refusal: The server's own refusal signal, or None; its text may be empty then.
        usage: Tokens in and out.
        price_usd: What the call cost in US dollars, or None where the price is unknown.
        model: The model's name as the server reported it.
        key: The ledger's key for the request (empty for embeddings).
    """

    text: str = ""
    parsed: Any = None
    logprobs: tuple[TokenLogprobs, ...] = ()
    vectors: "Vectors | None" = None
    finish: Finish = "stop"
    refusal: Refusal | None = None
    usage: Usage = field(default_factory=Usage)
    price_usd: float | None = None
    model: str = ""
    key: str = ""


def why_no_text(reply: Reply) -> str | None:
    """Why a reply is no answer in words, as a reason for the missing; None where it is one.

    A reply with a refusal signal is an answer, with or without words.
    """
    if reply.text.strip() or reply.refusal is not None:
        return None
    if reply.finish in ("tool_calls", "not_text"):
        return reply.finish
    return "truncated" if reply.finish == "length" else "empty"


class UnusableError(Exception):
    """A reply that does not parse or fails a check; the engine asks again, changed."""

    def __init__(self, reason: str) -> None:
        """Keeps the reason, a short snake_case word that is counted in reports."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Missing:
    """An answer that never became usable within its tries. Never a class, never safe."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A row for which no reply could be had (transport, budget, circuit); asked again on resume."""

    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """One row as prompt tasks and checks see it.

    Attributes:
        row: The pipeline key.
        text: The row's own text: a seed's for a rewriter, a prompt's for a moderator.
        category: The category's name.
        position: Where in its parent the row stands, "" for a root.
        answer: What a model answered to `text`, where an exchange is judged; else None.
        shown: Pairs of texts of finished rounds that a writer is shown beside it: each one's seed,
            and the prompt that was written from it.
    """

    row: str
    text: str
    category: str
    position: str = ""
    answer: str | None = None
    shown: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """A measured finding: its name and value are kept beside the row, dropped or not.

    Attributes:
        name: The check's name.
        value: What it measured.
        reason: Why the text is not usable, or None where it is.
        note: Why, in a model's words, which may quote the text: for tables alone.
    """

    name: str
    value: float
    reason: str | None = None
    note: str = field(default="", repr=False)


class PromptTask(Protocol[ItemT_contra, ResultT_co]):
    """One question to one model: pure, frozen, told nothing of where replies come from."""

    def request(self, item: ItemT_contra, tries: int) -> ChatRequest | EmbedRequest:
        """What to ask for `item` at attempt number `tries` (0 first); never the same twice."""
        ...

    def parse(self, item: ItemT_contra, reply: Reply) -> ResultT_co:
        """Reads the reply, or raises `UnusableError` with the reason."""
        ...


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text of a writer's answer and what its writer says of it.

    Attributes:
        text: The text.
        labels: What is said, by the column that holds it; None where nothing usable is.
    """

    text: str
    labels: Mapping[str, str | int | None]


Drafts: TypeAlias = "tuple[str | Labelled, ...]"
"""The texts of one answer in their order, with labels where the writer gives any."""

Finding: TypeAlias = str | Score | None


class Check(Protocol):
    """One text in, a reason or None out; a generator where an embedding or a model is needed."""

    @property
    def name(self) -> str:
        """The check's name in tables and recipes."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that its findings depend on: patterns, word lists, bounds."""
        ...

    def __call__(self, item: Item, text: str) -> "Finding | Program[Finding]":
        """Why `text`, written for (or being) `item`, is not usable; None where it is."""
        ...


@dataclass(frozen=True, slots=True)
class Call(Generic[ItemT, ResultT]):
    """Ask one prompt task about one item; answered by its parsed result or `Missing`.

    Attributes:
        task: What to ask and how to read it.
        item: The row it is asked about.
        tries: How often an unusable reply is asked for again, first time included.
    """

    task: PromptTask[ItemT, ResultT]
    item: ItemT
    tries: int = 3


@dataclass(frozen=True, slots=True)
class Generate:
    """Ask a writer for `want` usable texts; answered by `Written`.

    One reply may hold several texts. Checks run per text, usable ones are kept, and the writer is
    asked again only while it has fewer than `want`.

    Attributes:
        task: A writer: its parse gives the texts of one reply in order, labelled or not.
        item: The parent.
        want: How many usable texts are wanted.
        checks: Each is run on each text, in order, until one objects.
        tries: The largest number of asks.
        first: The first attempt number; a later round goes on where the earlier one stopped.
        enough: How many usable texts end the asking; None for all that are wanted.
        beside: Usable texts that there are already, by another writer: they count, and an equal one
            is a repeat.
        ends: Reasons that end the asking at once: where a reply is unusable for one of them, or
            each of its texts is.
    """

    task: PromptTask[Item, Drafts]
    item: Item
    want: int
    checks: tuple[Check, ...] = ()
    tries: int = 3
    first: int = 0
    enough: int | None = None
    beside: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a writer's answer.

    Attributes:
        position: "attempt.place", both from 0: "1.2" is the third text of the second ask.
        text: The text.
        scores: What the checks measured, in the order in which they ran.
        reason: Why it was dropped, or None where it was kept.
        key: The ledger's key of the reply it came in.
        labels: What its writer says of it, by column.
    """

    position: str
    text: str
    scores: tuple[Score, ...] = ()
    reason: str | None = None
    key: str = ""
    labels: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What a `Generate` brought: kept and dropped texts, the number of asks, unusable replies."""

    kept: tuple[Text, ...]
    dropped: tuple[Text, ...]
    asks: int
    unusable: tuple[str, ...] = ()


Asked: TypeAlias = Call[Any, Any] | Generate
Program: TypeAlias = Generator["Asked | Sequence[Asked | Program[Any]]", Any, ResultT]
"""A plain generator: yields an ask, or a list of asks and programs that are run together; is sent
their results, a list for a list; returns its own."""

_REPAIR = (
    "Your answer could not be used. Answer again, in exactly the form that was asked for.",
    "That could not be used either (attempt {number}). Give only what was asked for, in that form.",
)


def again_part() -> "Json":
    """What `again` adds to a greedy request, for a digest."""
    return _REPAIR


def again(request: ChatRequest, tries: int) -> ChatRequest:
    """The request for attempt number `tries`, different from every earlier one.

    A sampled request takes the next sample index (and seed, where it has one); a greedy one would
    answer the same again, so it gets a repair message instead.
    """
    if tries == 0:
        return request
    if request.temperature > 0:
        seed = None if request.seed is None else request.seed + tries
        return replace(request, sample=request.sample + tries, seed=seed)
    text = _REPAIR[min(tries, len(_REPAIR)) - 1].format(number=tries + 1)
    return replace(request, messages=(*request.messages, Message("user", text)))
