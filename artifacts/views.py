"""A release config is a view: the kept rows of a stage that meet a condition, with lineage."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from artifacts import release_facts, schemas, sorry_bench_schemas
from artifacts.config_names import role_of
from artifacts.seed_columns import seed_ids
from checks.identity import content_id

_SAFE = frozenset(("main", "hard"))


def is_unsafe(benchmark: str, config: str) -> bool:
    """Whether a config holds unsafe prompts: a toxic one, and all of a SORRY-Bench release.

    A config that nobody has called safe counts as unsafe.
    """
    return benchmark != "or-bench" or role_of(config) not in _SAFE


Value: TypeAlias = "str | bool | int"
PANEL_FIELDS = tuple(schemas.ANSWER_FIELDS)
_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class View:
    """One config of a release.

    Attributes:
        config: The config's name, `or-bench-main`.
        stage: The stage whose kept rows it shows.
        where: The values that a kept row's columns have if the row is in it.
        redistribute: Whether every row's source may be given on.
        schema: The columns and types of its shards.
        rows: Its rows, in their released order.
    """

    config: str
    stage: str
    where: Mapping[str, Value]
    redistribute: bool
    schema: pl.Schema
    rows: pl.DataFrame


def draw_or_bench(
    config: str,
    stage: str,
    where: Mapping[str, Value],
    *,
    kept: pl.DataFrame,
    votes: pl.DataFrame,
    answers: pl.DataFrame,
    seeds: pl.DataFrame,
    own_seeds: pl.DataFrame | None = None,
    seed_texts: bool = False,
    origins: bool = False,
) -> View:
    """The view of annotated rows as an OR-Bench config, sorted by (category, id).

    Args:
        config: The config's name.
        stage: The stage that `kept` is of.
        where: The values that a row's columns must have.
        kept: The stage's kept table (SUBSETS).
        votes: The votes on these rows (and perhaps others); their reasons are not released.
        answers: The panel's answers to them, no rows without a panel; texts are not released.
        seeds: The roots' texts, in columns `row` and `text`; a missing one is released as null.
        own_seeds: The seeds of single rows, in columns `row`, `seed_id` and `text`, which go before
            the roots': a carried row's root may be another text by now.
        seed_texts: Whether an unsafe config has the seeds' texts too; a safe one never has.
        origins: Whether each row says if it is a seed itself: then its root is itself.
    """
    chosen = kept.filter(meets(where))
    texts = seed_texts and is_unsafe("or-bench", config)
    columns = schemas.OR_BENCH_WITH_SEEDS if texts else schemas.OR_BENCH
    schema = pl.Schema({**columns, **(schemas.ORIGIN if origins else {})})
    rows = (
        chosen.rename({kept: name for name, kept in schemas.OR_BENCH_KEPT.items()})
        .with_columns(_ids(chosen["text"]), rounded("checks", "value"))
        .join(_released(votes), on="row", how="left")
        .join(_panel(answers), on="row", how="left")
        .join(_seeds(chosen, seeds, own_seeds), on="row", how="left")
        .with_columns(origin=_origin())
        .select(schema.names())
        .sort("category", "id", "row")
    )
    return View(config, stage, where, bool(chosen["redistribute"].all()), schema, rows)


def _seeds(rows: pl.DataFrame, seeds: pl.DataFrame, own: pl.DataFrame | None) -> pl.DataFrame:
    """Each row's seed: its id, and its text where it is known."""
    known = seeds.select(root="row", seed_id=seed_ids(seeds["text"]), seed="text")
    found = rows.select("row", "root").join(known, on="root", how="left").drop("root")
    if own is None:
        return found
    carried = own.select("row", own_id="seed_id", own="text")
    # A release without texts is carried without them: a seed that is there still has its own.
    texts = known.drop_nulls("seed_id").unique("seed_id", keep="first", maintain_order=True)
    joined = found.join(carried, on="row", how="left").join(
        texts.select(own_id="seed_id", again="seed"), on="own_id", how="left"
    )
    is_own = pl.col("own_id").is_not_null()
    return joined.select(
        "row",
        seed_id=pl.coalesce("own_id", "seed_id"),
        seed=pl.when(is_own).then(pl.coalesce("own", "again")).otherwise(pl.col("seed")),
    )


def _origin() -> pl.Expr:
    is_root = pl.col("row") == pl.col("root")
    return pl.when(is_root).then(pl.lit("seed")).otherwise(pl.lit("rewrite"))


def meets(where: Mapping[str, Value]) -> pl.Expr:
    """The condition that each named column has its value; a null has none."""
    return pl.all_horizontal(
        pl.lit(True), *(pl.col(name) == value for name, value in where.items())
    )


def _ids(texts: pl.Series) -> pl.Series:
    return pl.Series("id", [content_id(text) for text in texts], dtype=pl.String)


def _released(votes: pl.DataFrame) -> pl.DataFrame:
    rounded = votes.with_columns(pl.col("score").round(_DECIMALS))
    ordered = rounded.sort("row", "model")
    return ordered.group_by("row", maintain_order=True).agg(votes=pl.struct(*schemas.VOTE_FIELDS))


def _panel(answers: pl.DataFrame) -> pl.DataFrame:
    ordered = answers.select("row", *PANEL_FIELDS).sort("row", "model")
    return ordered.group_by("row", maintain_order=True).agg(panel=pl.struct(PANEL_FIELDS))


def rounded(column: str, field: str) -> pl.Expr:
    """A list of structs with one of their fields rounded as scores are released."""
    value = pl.element().struct.field(field).round(_DECIMALS)
    return pl.col(column).list.eval(pl.element().struct.with_fields(value))


ALL = "all"


def draw_sorry_bench(
    stage: str, kept: pl.DataFrame, styles: Sequence[str], domains: Mapping[str, str]
) -> list[View]:
    """The views of collected rows: `base`, each style, and `all`.

    Args:
        stage: The stage that `kept` is of.
        kept: The stage's kept table (COLLECTED).
        styles: The styles that were asked for, in the order in which `all` shows them after
            `base`; one without rows is a config without rows.
        domains: The domain of each category that has one.
    """
    named = kept.with_columns(
        category_name="category",
        domain=pl.col("category").replace_strict(domains, default=None, return_dtype=pl.String),
    ).join(_bases(kept), on="base_row", how="left")
    return [*_views(stage, named, (release_facts.BASE, *styles))]


def _bases(kept: pl.DataFrame) -> pl.DataFrame:
    """The text of each base request."""
    own = kept.filter(pl.col("prompt_style") == release_facts.BASE)
    return own.select(base_row="row", base="text").unique("base_row", keep="first")


def _views(stage: str, kept: pl.DataFrame, styles: Sequence[str]) -> Iterator[View]:
    order = dict(zip(styles, range(len(styles)), strict=True))
    rows = (
        kept.with_columns(
            rounded("checks", "value"),
            category=pl.col("number"),
            turns=pl.concat_list("text"),
            place=pl.col("prompt_style").replace_strict(order, return_dtype=pl.Int64),
        )
        .sort("place", "question_id", "row")
        .select(*sorry_bench_schemas.SORRY_BENCH.names(), "redistribute")
    )
    for config in (*styles, ALL):
        where: dict[str, Value] = {} if config == ALL else {"prompt_style": config}
        chosen = rows.filter(meets(where))
        yield View(
            config,
            stage,
            where,
            bool(chosen["redistribute"].all()),
            sorry_bench_schemas.SORRY_BENCH,
            chosen.drop("redistribute"),
        )
