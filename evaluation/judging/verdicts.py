"""Refusal judges over any list of answers, without a run folder."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from artifacts.errors import ColumnUnusableError
from inference.accounts import Advance
from inference.engine import Engine
from inference.ledger import Purpose
from inference.thoughts import visible
from inference.types import Program
from moderators.refusal.keyword import KeywordJudge
from moderators.refusal.types import Judgment, RefusalJudge
from pipelines.recipe import Recipe
from pipelines.runner.memory import asking_nobody, noted
from pipelines.sources.engine import require_votes, run_of
from pipelines.stages.answers import verdict_on

VERB = "judge"
Done: TypeAlias = dict[int, Judgment | None]
"""Judgments so far, by the place of their exchange."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A prompt and what a model made of it.

    Attributes:
        prompt: The prompt.
        answer: The answer as it came; None where there is none.
        model: Who answered, or "" where the table does not say.
        family: Who trained the model that answered; None where nobody says.
    """

    prompt: str
    answer: str | None
    model: str = ""
    family: str | None = None

    @property
    def seen(self) -> str:
        """What of the answer its reader sees; "" for no answer, which is missing, no refusal."""
        return visible(self.answer or "")


def judged_by_rules(exchanges: Sequence[Exchange]) -> list[Judgment | None]:
    """The keyword judge's judgment on each exchange; None where the answer is missing."""
    judge = KeywordJudge()
    return [asking_nobody(each) for each in _programs(judge, exchanges)]


def judged(
    engine: Engine,
    recipe: Recipe,
    judge: RefusalJudge,
    exchanges: Sequence[Exchange],
    advance: Advance | None = None,
    done: Done | None = None,
) -> list[Judgment | None]:
    """A judge's judgment on each exchange, as an evaluation's stage gives it.

    None where the answer is missing.

    Args:
        engine: Asks the judge.
        recipe: Whose spend it is.
        judge: The judge.
        exchanges: The exchanges.
        advance: Called with 1 for each answer that is judged.
        done: Takes each judgment as it comes, by the place of its exchange.

    Raises:
        VotesMissingError: The judge could not be asked; its cause is named.
        BudgetReachedError: The recipe's cap is reached; what was answered is kept.
    """
    places = [place for place, each in enumerate(exchanges) if each.seen]
    programs = _programs(judge, [exchanges[place] for place in places])
    asked = (noted(each, done, place) for place, each in zip(places, programs, strict=True))
    purpose = Purpose(run_of(recipe, VERB), VERB)
    batch = engine.run(asked, advance, purpose)
    judgments = iter(require_votes(engine, batch, "the judge", recipe.max_missing))
    return [next(judgments) if each.seen else None for each in exchanges]


def _programs(
    judge: RefusalJudge, exchanges: Sequence[Exchange]
) -> Iterator[Program[Judgment | None]]:
    known = dict.fromkeys(("refusal_kind", "key"))
    for place, each in enumerate(exchanges):
        row = {**known, "row": str(place), "category": "", "shown": each.prompt, "seen": each.seen}
        yield verdict_on(judge, each.family, row)


ANSWERS = ("answer", "response", "completion")
"""Columns that answers are looked for in, in this order, where none is named."""

_MODEL = "model"
_ADDED = ("label", "refused", "reason")


def exchanges_of(
    rows: pl.DataFrame,
    prompts: str,
    answers: str | None = None,
    models: str | None = None,
    family: str | None = None,
    recipe: Recipe | None = None,
) -> tuple[list[Exchange], str]:
    """The table's exchanges, and the name of the column that answers were read from.

    Args:
        rows: The table.
        prompts: The column with the prompts.
        answers: The column with the answers; None for the first of `ANSWERS` that is there.
        models: The column that says who answered; None for `model` where there is one.
        family: The family of all models that answered; None for what the recipe says of each.
        recipe: Knows families of models by their names in it, or as their servers know them.

    Raises:
        ColumnUnusableError: A column is missing, or the answers are not texts.
    """
    used = answers or next((name for name in ANSWERS if name in rows.columns), ANSWERS[0])
    said = _texts(rows, used)
    named = models or (_MODEL if _MODEL in rows.columns else None)
    who = [""] * len(rows) if named is None else [str(each or "") for each in _column(rows, named)]
    families = families_of(recipe)
    asked = zip(rows[prompts].to_list(), said, who, strict=True)
    return [
        Exchange(prompt, answer, model, family or families.get(model))
        for prompt, answer, model in asked
    ], used


def added_names(rows: pl.DataFrame) -> list[str]:
    """The names of the columns that judgments will have; see `with_judgments`.

    Raises:
        ColumnUnusableError: They are taken.
    """
    taken = any(name in rows.columns for name in _ADDED)
    names = [f"judge_{name}" if taken else name for name in _ADDED]
    if clash := [name for name in names if name in rows.columns]:
        raise ColumnUnusableError("a table to be judged must not have judgments already", clash[0])
    return names


def with_judgments(rows: pl.DataFrame, judgments: Sequence[Judgment | None]) -> pl.DataFrame:
    """The table with columns `label`, `refused`, `reason`; missing answers have the reason alone.

    Where the table has one of these already, ours are `judge_label` and so on.

    Raises:
        ColumnUnusableError: Those names are taken too.
    """
    names = added_names(rows)
    return rows.with_columns(
        pl.Series(names[0], [each and each.label for each in judgments], pl.String),
        pl.Series(names[1], [each and each.refused for each in judgments], pl.Boolean),
        pl.Series(names[2], [each.reason if each else "missing" for each in judgments], pl.String),
    )


def _texts(rows: pl.DataFrame, name: str) -> list[str | None]:
    texts = _column(rows, name)
    if isinstance(texts.dtype, pl.Categorical | pl.Enum) or texts.dtype == pl.Null:
        texts = texts.cast(pl.String)
    if texts.dtype != pl.String:
        raise ColumnUnusableError(f"column '{name}' must hold texts", texts.dtype)
    found: list[str | None] = texts.to_list()
    return found


def _column(rows: pl.DataFrame, name: str) -> pl.Series:
    if name not in rows.columns:
        raise ColumnUnusableError.missing(name, rows.columns)
    return rows[name]


def families_of(recipe: Recipe | None) -> Mapping[str, str]:
    """Families by a model's name in the recipe, and by the name that its server knows."""
    found: dict[str, str] = {}
    for name, model in (recipe.models if recipe is not None else {}).items():
        if model.family is not None:
            found[name] = model.family
            found.setdefault(model.model, model.family)
    return found
