"""Counts of rescue, panel, subsets, base set and mutations, for manifest, summary and card."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class ModerationFacts:
    """What the chat models among the moderators were told (section 3.2.3).

    Attributes:
        policy: The policy, by its name in the recipe.
        prompt_template: SHA-256 of the template that they were asked about prompts with.
        exchange_template: That of the one that they were asked about answers with.
        carried: The policy under which votes on carried rows were cast, where it is another one.
    """

    policy: str
    prompt_template: str
    exchange_template: str
    carried: str | None = None


@dataclass(frozen=True, slots=True)
class RescueFacts:
    """What came of the flagged prompts (section 3.2.3).

    Attributes:
        answerer: The model that answered them, by its name in the recipe.
        max_tokens: Longest answer in tokens.
        flagged: Prompts that were labelled toxic.
        answered: Those with an answer, refusals included.
        missing: Those without one, by reason.
        cut: Answers that ended at the token limit.
        refused: Answers that are refusals, or that no judge could read: nobody moderates them.
        rescued: Prompts that came back as their answer is safe.
    """

    answerer: str
    max_tokens: int
    flagged: int
    answered: int
    missing: Mapping[str, int]
    cut: int
    refused: int
    rescued: int


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """What one target of the panel answered.

    Attributes:
        name: The name that its answers carry.
        asked: Prompts that were put to it.
        answered: Answers, refusals included.
        missing: Prompts without an answer, by reason.
        cut: Answers that ended at the token limit.
        unjudged: Answers without a readable verdict.
        refused: Answers that are refusals.
        blocked: Refusals that were a provider's block and no answer of the model.
        model: The model, by its name in the recipe.
        system: The system prompt that it was asked under, or None.
    """

    name: str
    asked: int
    answered: int
    missing: Mapping[str, int]
    cut: int
    unjudged: int
    refused: int
    blocked: int
    model: str = ""
    system: str | None = None

    @property
    def rate(self) -> float | None:
        """Refusals among all verdicts, provider blocks included; None without a verdict."""
        verdicts = self.answered - self.unjudged
        return self.refused / verdicts if verdicts else None

    @property
    def own_rate(self) -> float | None:
        """Refusals among all verdicts, provider blocks left out of both."""
        verdicts = self.answered - self.unjudged - self.blocked
        return (self.refused - self.blocked) / verdicts if verdicts else None


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """How the panel was asked, and what its targets answered.

    Attributes:
        judge: Who told refusals from answers.
        temperature: Sampling temperature, where a target has none of its own.
        max_tokens: Longest answer in tokens.
        targets: The targets, in the recipe's order.
    """

    judge: str
    temperature: float
    max_tokens: int
    targets: tuple[TargetFacts, ...]


@dataclass(frozen=True, slots=True)
class WriterCounts:
    """What a writer gave for the rows that it was asked about.

    Attributes:
        asked: Rows: calls for seeds, seeds, or base requests in a style.
        calls: Calls that were made for them.
        texts: Texts in the answers.
        usable: Texts that were kept.
        refused: Answers in which it declined.
        lost: Rows that it declined, and for which nobody wrote a usable text.
    """

    asked: int = 0
    calls: int = 0
    texts: int = 0
    usable: int = 0
    refused: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class WriterFacts:
    """One writer of a part of the recipe.

    Attributes:
        part: What was written: `seeds`, `rewrite` or `mutate`.
        name: The model's name in the recipe.
        total: What it gave, of all rows.
        categories: The same by category; those alone of which it was asked.
        styles: The same by prompt style, where texts have one.
    """

    part: str
    name: str
    total: WriterCounts
    categories: Mapping[str, WriterCounts] = field(default_factory=dict)
    styles: Mapping[str, WriterCounts] = field(default_factory=dict)


RoundsEnd = Literal["full", "rounds", "budget", "yield"]
"""Why rounds ended: all wanted rows were there; as many rounds as the recipe allows were run; the
budget was spent; or the last round brought too few rows."""


@dataclass(frozen=True, slots=True)
class RoundsFacts:
    """How the rounds of rewriting ended that a recipe asks for.

    Attributes:
        wish: What asks for them: `hard` or `rewrite.target`.
        wanted: Rows wanted.
        found: Rows found; of a category no more than are wanted of it, where it is by category.
        rounds: Rounds that were run to their end.
        most: The most that the recipe allows.
        ended: Why no further one was run.
        min_yield: New rows a rewrite that a round has to bring.
        last_yield: What the last one brought; None where nothing was written in it.
        categories: Where rows are wanted by category: how each category ended.
        shown: The ids of hard rows of finished rounds that the writer was shown in later ones.
    """

    wish: str
    wanted: int
    found: int
    rounds: int
    most: int
    ended: RoundsEnd
    min_yield: float
    last_yield: float | None
    categories: Mapping[str, RoundsEnd] = field(default_factory=dict)
    shown: tuple[str, ...] = ()


SeedsEnd = Literal["full", "dry", "out_of_cells", "out_of_rounds"]
"""Why no model was asked for more seeds of a category: all wanted ones were there; its last round
was repeats but for a few; a call had been made for each of its cells; or as many rounds as the
recipe allows were run."""


@dataclass(frozen=True, slots=True)
class CategorySeeds:
    """What came of asking a model for seeds of one category.

    Attributes:
        seeds: Seeds without repeats, no more than were wanted.
        calls: Calls that were made, each about a cell of its own.
        filled: Those of these cells with a seed that was kept; None where calls were about none.
        rounds: Rounds in which it was asked for.
        ended: Why it was asked for no further.
    """

    seeds: int
    calls: int
    filled: int | None
    rounds: int
    ended: SeedsEnd


@dataclass(frozen=True, slots=True)
class WrittenSeedFacts:
    """What came of asking a model for seeds (section 3.2.1).

    Attributes:
        wanted: Seeds wanted of each category.
        most: The most rounds that the recipe allows.
        categories: What came of it by category.
    """

    wanted: int
    most: int
    categories: Mapping[str, CategorySeeds]


@dataclass(frozen=True, slots=True)
class ToxicSeedFacts:
    """What the moderators said of the seeds, whose votes count apart from those on rewrites.

    Attributes:
        seeds: Clean seeds.
        left_out: Those that nobody was asked about, by reason.
        flagged: Seeds that are flagged as the toxic subset wants.
        repeated: Flagged ones left out as a flagged prompt is near, or any prompt equal.
        drawn: Seeds in the toxic config, those that were carried over included.
        abstained: Votes that each moderator abstained from.
    """

    seeds: int
    left_out: Mapping[str, int]
    flagged: int
    repeated: int
    drawn: int
    abstained: Mapping[str, int]


IN_NO_CONFIG: Mapping[str, str] = {
    "undecided": "undecided: the votes do not decide",
    "not_risky": "safe, but does not sound risky, as the main config demands",
    "not_flagged_enough": "toxic, but not flagged as the toxic config demands",
    "not_drawn": "toxic, and not drawn for the toxic config",
}
"""Why a row that was kept to the end is in no config, in words."""


@dataclass(frozen=True, slots=True)
class SubsetFacts:
    """How a subset came about.

    Attributes:
        rule: What its rows must be, in words.
        found: Rows that are so.
        drawn: Rows of them that were drawn.
        undecided: Rows on which too few targets answered, or moderators voted, to say.
        balance: How categories share the draw, in words.
        seed: The draw's seed.
    """

    rule: str
    found: int
    drawn: int
    undecided: int
    balance: str
    seed: int


BASE = "base"
"""What the base set is called among the prompt styles."""


@dataclass(frozen=True, slots=True)
class StyleFacts:
    """What came of one prompt style.

    Attributes:
        name: The style as published; `base` for the base set itself.
        group: What it belongs to: base, encoding, writing, persuasion or language.
        writer: The model that wrote it, by its name in the recipe; `rules` where none did.
        rows: Rows by the category's name.
        missing: Base rows without a row of this style, by the reason of the last attempt.
        stopped: Whether it was given up after a pilot of which no row passed.
    """

    name: str
    group: str
    writer: str | None
    rows: Mapping[str, int]
    missing: Mapping[str, int]
    stopped: bool = False

    @property
    def total(self) -> int:
        """All of its rows."""
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True)
class BaseFacts:
    """How a base set came about.

    Attributes:
        width: Ids that each category has: `question_id = (category - 1) x width + k`.
        counts: By what is counted (found, chosen, missing, ...): requests by category.
        outside: Groups of candidates that fit no category: number, rows, sources.
    """

    width: int
    counts: Mapping[str, Mapping[str, int]]
    outside: tuple[tuple[int, int, int], ...] = ()

    @property
    def is_measured(self) -> bool:
        """Whether more is known than how many requests there are."""
        return "missing" in self.counts


@dataclass(frozen=True, slots=True)
class MutationFacts:
    """What a SORRY-Bench release holds, and what it lacks.

    Attributes:
        base: How its base set came about.
        styles: Each style that was asked for in the published order, `base` first.
        numbers: The category's number as it is released, by the category's name.
        encodings: How texts were encoded (canonical, compat), or None without mutations.
        pilot: Rows of the pilot, or None without mutations.
    """

    base: BaseFacts
    styles: tuple[StyleFacts, ...]
    numbers: Mapping[str, str]
    encodings: str | None = None
    pilot: int | None = None

    @property
    def empty(self) -> tuple[str, ...]:
        """The categories of which the base set has no request."""
        found = next((style.rows for style in self.styles if style.name == BASE), {})
        return tuple(name for name in self.numbers if not found.get(name))

    @property
    def missing(self) -> int:
        """Rows that a full release would have and this one lacks; base rows are not counted."""
        return sum(sum(style.missing.values()) for style in self.styles)
