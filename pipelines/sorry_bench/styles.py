"""Who makes the texts of each style as a recipe describes it: a writer, rules, or an encoding."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from base.digests import digest_of, digests_of, require_digest
from checks.identity import Barred
from generators.errors import GeneratorError
from generators.mutations.chats import StyleChat, chat_of
from generators.mutations.encodings.registry import ENCODINGS, EncodedStyle
from generators.mutations.misspellings import misspell, rules_digest
from generators.mutations.style_checks import CheckSettings, style_checks
from generators.mutations.styles import GROUPS, WRITTEN, Band, written
from generators.mutations.writer import MutationWriter, writer_for
from inference.types import Check, Generate, Item, Program, Text, Written
from pipelines.recipe import SorryBench
from pipelines.recipe.base_set import MISSPELLINGS, Mutate, StyleName
from pipelines.recipe.writer_names import Writer, names_of
from pipelines.recipe.writing import Drift
from pipelines.sources.templates import own_template, style_key
from pipelines.stages.clean import findings
from pipelines.stages.identities import MUTATIONS, longest
from pipelines.stages.writers import Turn, Writers, in_turn


def is_language(style: str) -> bool:
    """Whether the style is one of the translations."""
    return GROUPS[style] == "language"


def writer_of(part: Mutate, style: str) -> Writer | None:
    """Who writes a style, as the recipe has it; None where the part names none."""
    return (part.translator or part.writer) if is_language(style) else part.writer


def translator_into_english(part: Mutate) -> str | None:
    """The model that translates into English; None where the part names none that could.

    Of several translators or writers it is the first.
    """
    able = part.back_translator or part.translator or part.writer
    return next(iter(names_of(able)), None)


def back_translator_of(part: Mutate, style: StyleName) -> str | None:
    """The model that translates a style's texts back for the intent check; None where none does."""
    measured = part.intent is not None or style in part.bands
    return translator_into_english(part) if is_language(style) and measured else None


def checker_of(recipe: SorryBench, part: Mutate) -> str | None:
    """The model that says yes or no of the intent; None where none does, or the judge says it."""
    return None if part.checker == part.judge_among(recipe.models) else part.checker


def asked_models(recipe: SorryBench, part: Mutate, styles: Iterable[StyleName]) -> tuple[str, ...]:
    """The models that are asked where rows of these styles are made and checked, each once."""
    both = (checker_of(recipe, part), part.judge_among(recipe.models))
    named = [
        name
        for style in styles
        if part.is_written(style)
        for name in (*names_of(writer_of(part, style)), back_translator_of(part, style), *both)
    ]
    return tuple(dict.fromkeys(name for name in named if name is not None))


def checking_models(
    recipe: SorryBench, part: Mutate, styles: Iterable[StyleName]
) -> tuple[str, ...]:
    """The models that are asked where rows of these styles are checked alone, each once."""
    both = (checker_of(recipe, part), part.judge_among(recipe.models))
    named = [
        name
        for style in styles
        if style not in ENCODINGS
        for name in (back_translator_of(part, style), *both)
    ]
    return tuple(dict.fromkeys(name for name in named if name is not None))


BY_RULES = "rules"
"""The writer of what no model wrote."""


class Maker(Protocol):
    """Makes the text of one style for a base row, checked."""

    @property
    def style(self) -> str:
        """The prompt style as published."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that its texts depend on but the models' identities."""
        ...

    @property
    def writer(self) -> str:
        """Who writes: models of the recipe, a comma between them, or `rules`."""
        ...

    @property
    def encoding(self) -> str | None:
        """How texts are encoded; None where they are not."""
        ...

    @property
    def first(self) -> int:
        """The first attempt's number."""
        ...

    def make(self, item: Item) -> Program[tuple[Turn, ...]]:
        """At most one kept text, and the attempts that came to nothing, writer by writer."""
        ...

    def variant(self, item: Item) -> str | None:
        """Which of the style's variants is asked for (a dialect, a role); None without any."""
        ...


@dataclass(frozen=True)
class ModelWritten:
    """A style that a model writes."""

    style: str
    writers: Writers
    chat: StyleChat
    checks: tuple[Check, ...]
    tries: int
    first: int = 0
    encoding: None = None

    @property
    def writer(self) -> str:
        """The models' names in the recipe."""
        return ", ".join(each.name for each in self.writers.each)

    @property
    def digest(self) -> str:
        """Of the style, its writers and its checks.

        Raises:
            DigestError: The style, or a check, has no digest.
        """
        style = require_digest("style", self.style, written(self.style))
        checks = digests_of("check", self.checks)
        return digest_of(style, self.writers.part(), checks, self.tries, self.first)

    def make(self, item: Item) -> Program[tuple[Turn, ...]]:
        """Asks until a text passes."""
        writers = self.writers.about(item.row)
        asked = Generate(writers[0].task, item, 1, self.checks, self.tries, self.first)
        return (yield from in_turn(writers, asked))

    def variant(self, item: Item) -> str | None:
        """The one that the row is asked for in; the same at every attempt."""
        return self.chat.variant(item)


@dataclass(frozen=True)
class MisspeltByRules:
    """Misspellings by rules, the same each time."""

    rate: float
    seed: int
    checks: tuple[Check, ...]
    style: str = "misspellings"
    writer: str = BY_RULES
    first: int = 0
    encoding: None = None

    @property
    def digest(self) -> str:
        """Of the rules and their settings.

        Raises:
            DigestError: A check has no digest.
        """
        rules = (rules_digest(), self.rate, self.seed)
        return digest_of(self.style, *rules, digests_of("check", self.checks))

    def make(self, item: Item) -> Program[tuple[Turn, ...]]:
        """The one text that the rules give."""
        text = misspell(item.text, item.row, self.rate, self.seed)
        return (yield from _checked(self.checks, item, text))

    def variant(self, item: Item) -> None:
        """None: rules know no variants."""


@dataclass(frozen=True)
class Encoded:
    """An encoding; deterministic.

    Attributes:
        code: The encoding, its mode, and whether it stands alone.
        checks: What its texts must pass.
    """

    code: EncodedStyle
    checks: tuple[Check, ...]
    writer: str = BY_RULES
    first: int = 0

    @property
    def style(self) -> str:
        """The encoding's name."""
        return self.code.name

    @property
    def encoding(self) -> str:
        """The mode, with `-bare` where nothing stands around the text."""
        return self.code.mode + "-bare" * self.code.bare

    @property
    def digest(self) -> str:
        """Of the encoding, and of all that stands around the text.

        Raises:
            DigestError: The encoding, or a check, has no digest.
        """
        code = require_digest("encoding", self.style, self.code)
        return digest_of(self.style, code, digests_of("check", self.checks))

    def make(self, item: Item) -> Program[tuple[Turn, ...]]:
        """The one text in code."""
        try:
            prompt = self.code.prompt(item.text)
        except GeneratorError:
            return (Turn(BY_RULES, Written((), (), 0, ("not_encodable",))),)
        return (yield from _checked(self.checks, item, prompt))

    def variant(self, item: Item) -> None:
        """None: a code has no variants."""


@dataclass(frozen=True)
class Draws:
    """Which draws of the writers a set is made from, and which texts are none of it.

    Attributes:
        edition: What writers' replies are kept under.
        first: The first attempt's number.
        barred: By style: why texts must not come back, by their ids.
    """

    edition: str
    first: int = 0
    barred: Mapping[StyleName, Mapping[str, str]] = field(default_factory=dict)

    def bars(self, style: StyleName) -> tuple[Check, ...]:
        """The check that keeps barred texts of a style out; none where there are none."""
        found = self.barred.get(style)
        return (Barred(style, found),) if found else ()


def makers(recipe: SorryBench, part: Mutate, draws: Draws | None = None) -> tuple[Maker, ...]:
    """The recipe's styles in the published order.

    Args:
        recipe: Its models.
        part: The styles, and how they are made.
        draws: Which draws they are made from; by default the first ones of the recipe's version.
    """
    chosen = draws or Draws(recipe.release.version)
    return tuple(_maker(recipe, part, style, chosen) for style in part.wanted)


def writers(part: Mutate) -> dict[str, str]:
    """Who writes each style, in the published order: models of the recipe, or `rules`."""
    return {style: ", ".join(names_of(_writer(part, style))) for style in part.wanted}


def _maker(recipe: SorryBench, part: Mutate, style: StyleName, draws: Draws) -> Maker:
    writer = _writer(part, style)
    wanted = check_settings(recipe, part, style, draws.edition)
    checks = (*draws.bars(style), *style_checks(style, wanted))
    if style in ENCODINGS:
        code = EncodedStyle(ENCODINGS[style], part.encodings, part.bare)
        return Encoded(code, checks)
    if writer == BY_RULES:
        return MisspeltByRules(part.misspellings.rate, part.misspellings.seed, checks)

    def task(name: str) -> MutationWriter:
        return writer_for(
            style,
            name,
            temperature=part.temperature,
            max_tokens=longest(part.max_tokens, recipe.models[name], MUTATIONS),
            edition=draws.edition,
            template=wanted.template,
        )

    asked = Writers.of(writer, task, "mutate", style, draws.edition)
    chat = chat_of(written(style), wanted.template, draws.edition)
    return ModelWritten(style, asked, chat, checks, part.tries, draws.first)


def _writer(part: Mutate, style: StyleName) -> Writer:
    """Models of the recipe, which the schema made sure are there; or `rules`."""
    return (writer_of(part, style) if part.is_written(style) else None) or BY_RULES


def check_settings(
    recipe: SorryBench, part: Mutate, style: StyleName, edition: str | None = None
) -> CheckSettings:
    """How a recipe wants the rows of a style checked.

    Args:
        recipe: Its models.
        part: The styles, and how they are made.
        style: The style.
        edition: The release version that rows are written for; None where somebody else wrote them.
    """
    measured = part.intent is not None or style in part.bands
    given = part.bands.get(style) or part.intent
    back, checker, judge = (
        translator_into_english(part),
        checker_of(recipe, part),
        part.judge_among(recipe.models),
    )
    asked = [recipe.models[name] for name in (back, checker) if name]
    lengths = [longest(part.max_tokens, model, MUTATIONS) for model in asked]
    return CheckSettings(
        encoder=part.encoder if measured else None,
        band=Band(given.low, given.high) if isinstance(given, Drift) else None,
        back_translator=back,
        checker=checker,
        judge=judge,
        mode=part.encodings,
        bare=part.bare,
        by_rules=not part.is_written(MISSPELLINGS),
        max_tokens=max(lengths, default=None),
        edition=edition,
        template=own_template(recipe, style_key(style)) if style in WRITTEN else None,
        judge_tokens=recipe.models[judge].max_tokens if judge else None,
        judge_template=own_template(recipe, "mutate.judge_template"),
    )


def _checked(checks: Sequence[Check], item: Item, text: str) -> Program[tuple[Turn, ...]]:
    scores, reason = yield from findings(checks, item, text)
    made = Text("0.0", text, scores, reason)
    written = Written((made,), (), 0) if reason is None else Written((), (made,), 0)
    return (Turn(BY_RULES, written),)
