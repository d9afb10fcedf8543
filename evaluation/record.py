"""An evaluation taken from its finished run: verdicts, figures, tables, pictures, a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

import polars as pl

from artifacts.evaluation_facts import (
    EVALUATION,
    Evaluation,
    read_evaluation,
    write_evaluation,
)
from artifacts.evaluation_schemas import ANSWERS, VERDICTS
from artifacts.records import StageName
from artifacts.tables import write_table
from base.errors import RecordUnreadableError
from base.files import replacing
from evaluation.data_sets import DataRows, read_data
from evaluation.effects import correlations, decodings, effects
from evaluation.facts import judge_facts, setting_facts, target_facts
from evaluation.pipeline import Cell
from evaluation.rates import rates
from pipelines.recipe import Evaluation as Recipe
from pipelines.recipe.judges import called
from pipelines.runner.run import Run
from pipelines.stages.identities import Identities

BLOCKS = "provider_"
"""How the kinds of a provider's refusals begin."""

Judged: TypeAlias = dict[Cell, StageName]
"""For each data set, target and setting the stage whose answers were judged."""

_PROMPT = ["row", "root", "id", "question", "style", "category"]
_ANSWER = ["row", "outcome", "reason", "cut", "refusal_kind", "decoding"]
_VERDICT = ["row", "label", "refused"]


def verdicts_of(run: Run, last: Judged, judges: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Every prompt of every cell with the verdict of each of its judges (VERDICTS).

    Args:
        run: The finished run.
        last: By cell the stage whose answers were judged.
        judges: The names of each data set's judges.
    """
    empty = pl.DataFrame(schema=VERDICTS)
    return pl.concat([empty, *_parts(run, last, judges)])


def _parts(run: Run, last: Judged, judges: Mapping[str, Sequence[str]]) -> Iterator[pl.DataFrame]:
    prompts: dict[str, pl.DataFrame] = {}
    for cell, stage in last.items():
        if cell.data not in prompts:
            found = run.kept(cell.prompts, _PROMPT)
            prompts[cell.data] = found.with_columns(pl.col("category").replace("", None))
        answers = run.kept(stage, _ANSWER)
        for judge in judges[cell.data]:
            judged = run.kept(cell.judged(judge), _VERDICT)
            yield _verdicts(cell, judge, prompts[cell.data], answers, judged)


def _verdicts(
    cell: Cell, judge: str, prompts: pl.DataFrame, answers: pl.DataFrame, judged: pl.DataFrame
) -> pl.DataFrame:
    """A row that failed has no answer, which is missing; one whose judge failed, no verdict."""
    answered = pl.col("outcome") == "answered"
    undecoded = answered & (pl.col("decoding") == "failed")
    judgeable = answered & ~undecoded.fill_null(False)
    return (
        prompts.join(answers, on="row", how="left", maintain_order="left")
        .join(judged, on="row", how="left", maintain_order="left")
        .with_columns(
            outcome=pl.col("outcome").fill_null("missing"),
            reason=pl.when(pl.col("outcome").is_null()).then(pl.lit("failed")).otherwise("reason"),
        )
        .with_columns(
            data=pl.lit(cell.data),
            target=pl.lit(cell.target),
            setting=pl.lit(cell.setting),
            judge=pl.lit(judge),
            label=pl.when(judgeable).then(pl.col("label").fill_null("unparseable")),
            blocked=pl.col("refusal_kind").str.starts_with(BLOCKS).fill_null(False),
            cut=pl.col("cut").fill_null(False),
            decoded=pl.when(answered & (pl.col("decoding") != "as_it_was")).then(~undecoded),
        )
        .select(VERDICTS.names())
    )


VERDICTS_FILE = "verdicts.parquet"
ANSWERS_FILE = "answers.parquet"
FIGURES = "figures"

_ANSWERED = [
    *("row", "style", "category", "text", "outcome", "reason", "answer", "cut"),
    *("refusal_kind", "decoding", "seen"),
]


def figures_of(
    recipe: Recipe, data: tuple[DataRows, ...], verdicts: pl.DataFrame, identities: Identities
) -> Evaluation:
    """All figures of an evaluation's verdicts.

    Args:
        recipe: What was evaluated.
        data: Its data sets.
        verdicts: Its verdicts.
        identities: Says what the targets are.
    """
    facts = tuple(each.facts for each in data)
    found = rates(verdicts, facts, recipe.evaluate.seed)
    return Evaluation(
        name=recipe.name,
        data=facts,
        targets=target_facts(recipe, identities),
        settings=setting_facts(recipe),
        judges=judge_facts(recipe),
        rates=found,
        decoded=decodings(verdicts),
        effects=effects(verdicts, facts, recipe.evaluate.seed),
        correlations=correlations(found, facts),
        notes=tuple(note for each in data for note in each.notes),
        title=recipe.evaluate.title or "",
        description=recipe.evaluate.description or "",
    )


def _dated(found: Evaluation, path: Path) -> Evaluation:
    """The evaluation with day and version; those that it had where nothing in it has changed."""
    try:
        before = read_evaluation(path)
    except RecordUnreadableError:
        before = None
    if before is not None and before.made and replace(before, made="", tool="") == found:
        return before
    today = datetime.now(UTC).date().isoformat()
    return replace(found, made=today, tool=version("refusery"))


def write_results(run: Run, recipe: Recipe, last: Judged, folder: Path) -> Evaluation:
    """Takes the figures of a finished run and writes its tables and its record.

    The record is written last, so that it vouches for the tables.

    Args:
        run: The finished run.
        recipe: What was evaluated.
        last: By cell the stage whose answers were judged.
        folder: Where everything goes.

    Raises:
        FileUnwritableError: A file cannot be written; `NoSpaceError` where the disk is full.
    """
    data = tuple(read_data(recipe, name) for name in recipe.evaluate.data)
    part = recipe.evaluate
    judges = {name: [called(each) for each in part.judges_of(name)] for name in part.data}
    verdicts = verdicts_of(run, last, judges)
    identities = Identities(recipe, run.context.layout.embeddings)
    found = figures_of(recipe, data, verdicts, identities)
    write_table(folder / VERDICTS_FILE, verdicts, VERDICTS)
    write_table(folder / ANSWERS_FILE, _answers(run, last, data, verdicts), ANSWERS)
    found = _dated(found, folder / EVALUATION)
    write_evaluation(folder / EVALUATION, found)
    return found


def write_pictures(folder: Path, found: Evaluation) -> None:
    """Writes the figures as SVG files, and the page with all of them.

    Raises:
        FileUnwritableError: A file cannot be written; `NoSpaceError` where the disk is full.
    """
    from artifacts.figures.evaluation import gallery  # loads the drawing libraries
    from artifacts.leaderboard.page import write_leaderboard

    figures = folder / FIGURES
    drawn = tuple(gallery.evaluation_figures(found))
    files = gallery.files_of(drawn)
    for name, svg in files.items():
        with replacing(figures / f"{name}.svg") as file:
            file.write(svg.encode())
    for path in figures.glob("*.svg"):
        if path.stem not in files:  # of a model or judge that is gone
            path.unlink()
    write_leaderboard(folder, found, drawn)


def _answers(
    run: Run, last: Judged, data: tuple[DataRows, ...], verdicts: pl.DataFrame
) -> pl.DataFrame:
    empty = pl.DataFrame(schema=ANSWERS)
    sensitive = {each.facts.name: each.sensitive for each in data}
    refused = _refused(verdicts)
    return pl.concat([empty, *_page_parts(run, last, sensitive, refused)])


def _refused(verdicts: pl.DataFrame) -> pl.DataFrame:
    """The answers that every judge calls a refusal: nothing in them needs to be withheld."""
    keys = ["row", "data", "target", "setting"]
    said = pl.col("refused").fill_null(False).all()
    return verdicts.group_by(keys).agg(refused=said).rename({"target": "model"})


def _page_parts(
    run: Run,
    last: Judged,
    sensitive: dict[str, frozenset[str]],
    refused: pl.DataFrame,
) -> Iterator[pl.DataFrame]:
    for cell, stage in last.items():
        prompts = run.kept(cell.prompts, ["row", "id", "question"])
        withheld = pl.col("category").is_in(list(sensitive[cell.data]))
        hidden = withheld & ~pl.col("refused").fill_null(False) & pl.col("answer").is_not_null()
        yield (
            prompts.join(run.kept(stage, _ANSWERED), on="row", maintain_order="left")
            .with_columns(
                data=pl.lit(cell.data), model=pl.lit(cell.target), setting=pl.lit(cell.setting)
            )
            .join(refused, ["row", "data", "model", "setting"], "left", maintain_order="left")
            .with_columns(redacted=hidden)
            .with_columns(
                question_id="question",
                prompt_style="style",
                category=pl.col("category").replace("", None),
                prompt="text",
                response=pl.when(~pl.col("redacted")).then("answer"),
                decoded_response=pl.when(
                    ~pl.col("redacted") & pl.col("decoding").is_in(["decoded", "plain"])
                ).then("seen"),
            )
            .select(ANSWERS.names())
        )
