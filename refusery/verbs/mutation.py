"""Any table of texts in other prompt styles: which are asked for, the texts, and their table."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, TypeVar, get_args

import polars as pl

from artifacts.records import StageName
from base.did_you_mean import did_you_mean
from checks.identity import content_id
from generators.mutations.styles import NAMES
from inference.accounts import Advance
from inference.engine import Batch, Engine
from inference.ledger import Purpose
from inference.types import Failed
from pipelines.errors import NotBuiltError, RecipeError
from pipelines.recipe import Recipe, SorryBench
from pipelines.recipe.base_set import MISSPELLINGS, NEEDS_NO_MODEL, Mutate
from pipelines.runner.memory import asking_nobody, noted
from pipelines.runner.stage import Outcome, Row
from pipelines.sorry_bench.mutate import STOPPED, Mutation
from pipelines.sorry_bench.mutation_stages import hopeless
from pipelines.sorry_bench.styles import (
    Maker,
    asked_models,
    makers,
    writer_of,
)
from pipelines.sources.engine import require_texts, run_of

ResultT = TypeVar("ResultT")
VERB = "mutate"
NOT_ASKED = "not_asked"
"""Why a row is out that a stopped command did not come to."""

Done: TypeAlias = dict[tuple[str, str], Outcome]
"""What came of written rows so far, by style and row."""


@dataclass(frozen=True, slots=True)
class Mutating:
    """Which styles are to be made, and how.

    Attributes:
        recipe: Whose models write; of one that no file stands for none does.
        part: Its part `mutate`, with the styles that are wanted.
    """

    recipe: SorryBench
    part: Mutate

    @property
    def written(self) -> tuple[str, ...]:
        """The styles that a model writes."""
        return self.part.written

    @property
    def models(self) -> tuple[str, ...]:
        """The models that will be asked, each once."""
        return asked_models(self.recipe, self.part, self.part.wanted)


ALL = "all"
OFFLINE = tuple(name for name in NAMES if name in NEEDS_NO_MODEL or name == MISSPELLINGS)
"""The styles that need no recipe: the encodings, and misspellings by rules."""

EncodingMode = Literal["canonical", "compat"]


def mutating(
    recipe: Recipe | None,
    styles: str | None = None,
    encodings: str | None = None,
    bare: bool | None = None,
) -> Mutating:
    """What a command asks for.

    Args:
        recipe: The recipe, or None for what needs none.
        styles: Prompt styles, a comma between them, or `all`; None for all that the recipe has,
            and without one for all that need none.
        encodings: `canonical` or `compat`; None for the recipe's.
        bare: Whether encoded texts stand alone; None for the recipe's.

    Raises:
        RecipeError: A style is unknown, or nobody is there to write it.
        NotBuiltError: The recipe has no part `mutate`.
    """
    mode = encoding_mode(encodings)
    whole, part = sorry_bench(_offline() if recipe is None else recipe, VERB)
    changed = {
        "styles": None if styles is None else listed(styles, NAMES),
        "encodings": mode,
        "bare": bare,
    }
    part = part.model_copy(update={key: each for key, each in changed.items() if each is not None})
    found = Mutating(whole, part)
    orphans = ", ".join(style for style in found.written if writer_of(part, style) is None)
    if orphans and recipe is None:
        rule = (
            "styles that a model writes need a --recipe with a part `mutate`; "
            f"without one there are {', '.join(OFFLINE)}"
        )
        raise RecipeError(rule, orphans)
    if orphans:
        raise RecipeError("mutate.writer must be given for written styles", orphans)
    return found


def sorry_bench(recipe: Recipe, verb: str) -> tuple[SorryBench, Mutate]:
    """The recipe, and its part `mutate`.

    Raises:
        NotBuiltError: It has none.
    """
    if not isinstance(recipe, SorryBench) or recipe.mutate is None:
        raise NotBuiltError(f"{verb} takes a recipe with a part `mutate`", recipe.name)
    return recipe, recipe.mutate


def listed(given: str, known: Collection[str]) -> tuple[str, ...]:
    """The names in a list with commas, each once, in the order of those that are known.

    Raises:
        RecipeError: One is not known, or there is none.
    """
    names = [name for each in given.split(",") if (name := each.strip())]
    if not names:
        raise RecipeError("--styles must name a style", given)
    for name in names:
        if name not in known and name != ALL:
            hint = did_you_mean(name, known) or f": {', '.join(known)}"
            rule = f"--styles must be known ones{hint}; `--styles list` shows them"
            raise RecipeError(rule, name)
    return tuple(name for name in known if name in names or ALL in names)


def encoding_mode(given: str | None) -> EncodingMode | None:
    """How texts are encoded, as a command names it; None where it names nothing.

    Raises:
        RecipeError: There is no such mode.
    """
    known: tuple[EncodingMode, ...] = get_args(EncodingMode)
    for mode in known:
        if given == mode:
            return mode
    if given is not None:
        hint = did_you_mean(given, known)
        raise RecipeError(f"--encodings must be one of {', '.join(known)}{hint}", given)
    return None


def _offline() -> SorryBench:
    """A recipe that asks nobody, for commands that are given none."""
    return SorryBench.model_validate(
        {
            "benchmark": "sorry-bench",
            "base": {"from": "shipped"},
            "mutate": {"styles": OFFLINE, "misspellings": {"by": "rules"}},
            "release": {"version": "next"},
        }
    )


@dataclass(frozen=True, slots=True)
class Mutated:
    """What came of one text in one style.

    Attributes:
        text: The text; of a dropped one the last that was tried, None where there was none.
        reason: Why it is dropped, None where it is kept: that of the last attempt.
        asks: How often writers were asked for it.
        failed: Whether it is out for want of a reply.
        writer: Who wrote the text: a model, or `rules`; None where there is none.
        judge_reason: What the style judge said of it; None where it said nothing.
        variant: The dialect, jargon, role or slang that its writer was asked for; None without any.
    """

    text: str | None
    reason: str | None = None
    asks: int = 0
    failed: bool = False
    writer: str | None = None
    judge_reason: str | None = field(default=None, repr=False)
    variant: str | None = None

    @property
    def status(self) -> str:
        """`kept`, `dropped` or `failed`."""
        return "failed" if self.failed else "dropped" if self.reason else "kept"


@dataclass(frozen=True, slots=True)
class StyleTexts:
    """What came of a table in one style.

    Attributes:
        style: The prompt style.
        made_by: The models that write it, a comma between them, `rules`, or how it is encoded.
        texts: One for each row of the table, in its order.
    """

    style: str
    made_by: str
    texts: tuple[Mutated, ...]

    def maker_of(self, text: Mutated) -> str:
        """Who made one of its texts: of several models the one that wrote it."""
        by_a_model = self.style not in NEEDS_NO_MODEL
        return (text.writer if by_a_model else None) or self.made_by

    @property
    def stopped(self) -> bool:
        """Whether the style was given up after its first rows."""
        return any(each.reason == STOPPED for each in self.texts)


def mutated(
    wanted: Mutating,
    texts: Sequence[str],
    engine: Engine | None = None,
    advance: Advance | None = None,
    keys: Sequence[str] | None = None,
    done: Done | None = None,
) -> tuple[StyleTexts, ...]:
    """Makes each text in each style; equal texts become equal mutations, wherever they stand.

    Args:
        wanted: The styles, and how they are made.
        texts: The base texts.
        engine: Asks the models; needed where one writes.
        advance: Called with the number of written rows that are done.
        keys: The texts' keys in a build, which made them by these; see `TextTable`.
        done: Takes what came of each written row, as it comes.

    Raises:
        TextsMissingError: A model could not be asked; its cause is named.
        BudgetReachedError: The recipe's cap is reached; what was answered is kept.
        ValueError: A model must write, and there is no engine.
    """
    rows = _rows_of(texts, keys)
    every = makers(wanted.recipe, wanted.part)
    asking = [_one_style(maker) for maker in every if maker.style in wanted.written]
    found: dict[str, list[Mutated]] = {}
    if asking:
        if engine is None:
            raise ValueError("written styles must have an engine")
        found = _written(engine, wanted, asking, rows, advance, {} if done is None else done)
    return _style_texts(every, rows, found)


def so_far(
    wanted: Mutating, texts: Sequence[str], keys: Sequence[str] | None, done: Done
) -> tuple[StyleTexts, ...]:
    """The same of a stopped command: what was not written is `not_asked`."""
    rows, left = _rows_of(texts, keys), Mutated(None, NOT_ASKED, failed=True)
    found = {
        style: [
            _mutated(done[style, row["row"]]) if (style, row["row"]) in done else left
            for row in rows
        ]
        for style in wanted.written
    }
    return _style_texts(makers(wanted.recipe, wanted.part), rows, found)


def _rows_of(texts: Sequence[str], keys: Sequence[str] | None) -> list[Row]:
    by = keys if keys is not None else [content_id(text) for text in texts]
    return [_row(text, key) for text, key in zip(texts, by, strict=True)]


def _style_texts(
    every: Sequence[Maker], rows: Sequence[Row], found: Mapping[str, Sequence[Mutated]]
) -> tuple[StyleTexts, ...]:
    """What there is by style, the styles that no model writes made here."""
    return tuple(
        StyleTexts(
            maker.style,
            maker.encoding or maker.writer,
            tuple(
                found.get(maker.style)
                or [_mutated(asking_nobody(_one_style(maker).row(r))) for r in rows]
            ),
        )
        for maker in every
    )


def _row(text: str, key: str) -> Row:
    """A base row as the stage sees it; rows of one key are one row."""
    return {"row": key, "root": key, "text": text, "category": "", "position": ""}


def _one_style(maker: Maker) -> Mutation:
    """What a build's stage does, for one style: so what fails is one text, not a row of them."""
    return Mutation(StageName(maker.style), (maker,))


def _written(
    engine: Engine,
    wanted: Mutating,
    stages: Sequence[Mutation],
    rows: Sequence[Row],
    advance: Advance | None,
    done: Done,
) -> dict[str, list[Mutated]]:
    """All styles' first rows together, then the rest of those of which anything was kept."""
    purpose = Purpose(run_of(wanted.recipe, VERB), VERB)
    allowed = wanted.recipe.max_failed

    def through(stages: Sequence[Mutation], rows: Sequence[Row]) -> list[list[Outcome | Failed]]:
        programs = (
            noted(stage.row(row), done, (str(stage.name), row["row"]))
            for stage in stages
            for row in rows
        )
        batch: Batch[Outcome | Failed] = engine.run(programs, advance, purpose)
        said = iter(require_texts(engine, batch, allowed, wanted.recipe.max_missing))
        return [[next(said) for _ in rows] for _ in stages]

    first = through(stages, rows[: wanted.part.pilot])
    stopped = frozenset(hopeless(_ends(stages, first)))
    allowed -= sum(isinstance(outcome, Failed) for outcomes in first for outcome in outcomes)
    rest = through([replace(stage, stopped=stopped) for stage in stages], rows[wanted.part.pilot :])
    return {
        str(stage.name): [_mutated(outcome) for outcome in (*pilot, *later)]
        for stage, pilot, later in zip(stages, first, rest, strict=True)
    }


def _ends(stages: Sequence[Mutation], found: Sequence[Sequence[Outcome | Failed]]) -> pl.DataFrame:
    """How each row of the pilot ended in each style, as a run's `mutations` has it."""
    ends: list[tuple[str, str]] = []
    for stage, outcomes in zip(stages, found, strict=True):
        for each in outcomes:
            ended = {} if isinstance(each, Failed) else each.side["mutations"][0]
            ends.append((str(stage.name), ended.get("outcome", "failed")))
    schema = {"prompt_style": pl.String, "outcome": pl.String}
    return pl.DataFrame(ends, schema, orient="row")


def _mutated(outcome: Outcome | Failed) -> Mutated:
    if isinstance(outcome, Failed):
        return Mutated(None, outcome.reason, failed=True)
    made = outcome.kept or [row for row in outcome.dropped if row["text"] is not None]
    text, writer = (made[-1]["text"], made[-1]["writer"]) if made else (None, None)
    ended = outcome.side["mutations"][0]
    return Mutated(
        text,
        ended["reason"],
        ended["asks"],
        writer=writer,
        judge_reason=ended["judge_reason"],
        variant=next((row["variant"] for row in (*outcome.kept, *outcome.dropped)), None),
    )
