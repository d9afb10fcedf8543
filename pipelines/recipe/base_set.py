"""The base set of SORRY-Bench and its twenty mutations."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from generators.mutations.encodings.registry import ENCODINGS
from generators.mutations.styles import NAMES, WRITTEN
from inference.models import SHIPPED_ENCODERS
from pipelines.recipe import base, moderation, writer_names, writing
from pipelines.recipe.models import Model, is_served


class SourceTable(base.Part):
    """One prior data set with its licence."""

    source: base.Text = Field(alias="from")
    """A CSV, TSV, JSON, JSON Lines, Parquet or XLSX file, or `hf://owner/name/file`."""
    column: base.Text = "prompt"
    """The column with the texts."""
    category_column: base.Text | None = None
    """The column with categories of the taxonomy, by name or number; by default none. In a table to
    pick from it is a second opinion: a row that the classifiers sort elsewhere goes to review."""
    license: str | None = None
    """The table's licence; none given means that nothing made from it may be published."""
    redistribute: bool = False
    """Whether the table's texts may be published."""


class LoadedBase(SourceTable):
    """A base set that is used as it stands, its invariants checked."""

    source: base.Text = Field(alias="from")
    """`shipped`, a CSV, TSV, JSON, JSON Lines, Parquet or XLSX file, or
    `hf://owner/name/file`; one with the column `turns` is read as SORRY-Bench's own, any other by
    its columns."""
    per_category: base.Count | None = None
    """Requests that each category must have; by default as many in each where rows carry the
    published `question_id`, and any number elsewhere."""


class Decisions(base.Part):
    """What people decided on a review table, as `refusery review import` writes it."""

    source: base.Text = Field(alias="from")
    """The file; `decisions: FILE` says the same."""
    license: str | None = None
    """The licence of requests that people wrote themselves; none given means that nothing made
    from them may be published."""
    redistribute: bool = False
    """Whether those requests may be published."""


def _named_file(given: object) -> object:
    return {"from": given} if isinstance(given, str) else given


class BuiltBase(base.Part):
    """A base set that is picked from prior data sets."""

    sources: tuple[SourceTable, ...] = Field(strict=False, min_length=1)
    """The tables to pick from, each `{from, column, license, redistribute}`."""
    per_category: base.Count = 10
    """Requests per category (the published set's)."""
    classifiers: base.Names = Field(min_length=1)
    """The models that sort requests into the taxonomy."""
    rule: moderation.VoteRule = "majority"
    """How votes make a category; `any` takes the leading one, `weighted` counts confidence."""
    tries: base.Count = 3
    """How often a model is asked until its answer is usable."""
    imperative: base.Name | None = None
    """The model that rewrites requests into the imperative; by default none does."""
    temperature: base.Temperature = 0.3
    """Sampling temperature of that model."""
    intent: Annotated[float, Field(ge=-1, lt=1)] = 0.6
    """Smallest cosine of a rewritten request to its original: below it the intent is lost."""
    encoder: base.Text = SHIPPED_ENCODERS[0]
    """The encoder that diversity, intent and clusters are measured with."""
    seed: base.Seed = 7
    """Seed of the choice."""
    cluster: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Cosine from which on two requests outside all categories are about the same thing."""
    decisions: Annotated[Decisions, BeforeValidator(_named_file)] | None = None
    """A file of people's decisions, which go before the machine's choice."""

    def references(self) -> Iterator[base.Reference]:
        """The classifiers, the writer and the encoder."""
        for place, name in enumerate(self.classifiers):
            yield base.Reference("model", f"classifiers.{place}", name)
        yield from base.models(imperative=self.imperative)
        yield base.Reference("encoder", "encoder", self.encoder)


def _kind(given: object) -> str:
    sources = "sources" in given if isinstance(given, dict) else hasattr(given, "sources")
    return "built" if sources else "loaded"


Base: TypeAlias = Annotated[
    Annotated[LoadedBase, Tag("loaded")] | Annotated[BuiltBase, Tag("built")],
    Discriminator(_kind),
]


StyleName: TypeAlias = Annotated[str, base.OneOf(NAMES)]

MISSPELLINGS = "misspellings"
NEEDS_NO_MODEL = frozenset(ENCODINGS)
"""The encodings; misspellings join them where rules write them."""


class Misspellings(base.Part):
    """How misspellings are made."""

    by: Literal["model", "rules"] = "model"
    """The writer, or keyboard neighbours, transpositions and common misspellings."""
    rate: base.Share = 0.1
    """Share of words that rules misspell."""
    seed: base.Seed = 7
    """Seed of the rules."""


AUTO = "auto"
"""The judge of a recipe that names none."""


class Mutate(base.Part):
    """Which styles are made, by whom, and what a mutated row must keep."""

    not_digested: ClassVar[frozenset[str]] = frozenset(("template", "judge_template"))

    styles: Annotated[tuple[StyleName, ...], Field(strict=False, min_length=1)] | Literal["all"] = (
        "all"
    )
    """`all`, or a list of prompt styles as published."""
    writer: writer_names.Writer | None = None
    """Who writes styles, persuasion and translations: a model, a list whose next is asked where one
    refuses or gives no usable text, or weights by which rows are shared, as `{a: 2, b: 1}`
    (docs/writers.md)."""
    translator: writer_names.Writer | None = None
    """Other models for the five languages, one or several as for `writer`; by default it."""
    temperature: base.Temperature = 0.7
    """Sampling temperature; the authors state none."""
    template: Mapping[StyleName, base.Text] = {}
    """Files with chats of one's own in place of the shipped ones, by style; what rules or an
    encoding make takes none. Relative to the recipe or to the working folder (`refusery templates`
    writes the shipped ones out)."""
    tries: base.Count = 3
    """How often a row is asked for until it passes its checks."""
    max_tokens: base.Count | None = None
    """Longest answer in tokens; by default the model's or the server's own."""
    encodings: Literal["canonical", "compat"] = "canonical"
    """Correct and invertible, or with the quirks of the published files."""
    bare: bool = False
    """Encoded payloads without the wrapper of instruction and demonstrations."""
    misspellings: Misspellings = Misspellings()
    """How misspellings are made."""
    encoder: base.Text = SHIPPED_ENCODERS[0]
    """The encoder that `intent` measures with."""
    intent: Literal["own"] | writing.Drift | None = "own"
    """The band of similarity to its base in which a mutated row must lie: each style's own, one
    for all, or null where it is not measured."""
    bands: Mapping[StyleName, writing.Drift] = {}
    """Bands of single styles, in place of `intent`."""
    back_translator: base.Name | None = None
    """The model that translates back for the intent check; by default the translator."""
    checker: base.Name | None = None
    """A model that is asked, yes or no, whether the intent was kept; by default none is, nor where
    it is the `judge` too."""
    judge: base.Name | None = AUTO
    """The model that judges each row that a model wrote, in one call with a reason: whether it is
    in its style, and whether it asks for what its base asks for; null where none does. `auto` is
    null where the writer is embedded, else the `checker`, else the `back_translator`, else the
    writer itself, which is warned of."""
    judge_template: base.Text | None = None
    """A file with a chat of one's own for that judge, relative to the recipe or to the working
    folder (`refusery templates` writes the shipped one out)."""
    pilot: base.Count = 8
    """Rows after which a style whose rows were all dropped is stopped."""

    @property
    def wanted(self) -> tuple[StyleName, ...]:
        """The styles in the published order."""
        return NAMES if self.styles == "all" else tuple(s for s in NAMES if s in self.styles)

    @property
    def written(self) -> tuple[StyleName, ...]:
        """Those of them that a model writes; rules and encodings need none."""
        return tuple(style for style in self.wanted if self.is_written(style))

    def is_written(self, style: str) -> bool:
        """Whether a model writes the style; rules and encodings need none."""
        by_rules = style == MISSPELLINGS and self.misspellings.by == "rules"
        return style not in NEEDS_NO_MODEL and not by_rules

    def judge_among(self, models: Mapping[str, Model]) -> str | None:
        """The model of a recipe that judges written rows; None where none does."""
        if self.judge != AUTO:
            return self.judge
        writing_ = writer_names.names_of(self.writer)
        asked = (self.checker, self.back_translator, *writing_)
        served = [name for name in asked if name and is_served(models.get(name))]
        return served[0] if set(writing_) & set(served) else None

    def references(self) -> Iterator[base.Reference]:
        """The models, and the encoder where intent is measured."""
        yield from writer_names.writer_references("writer", self.writer)
        yield from writer_names.writer_references("translator", self.translator)
        yield from base.models(
            back_translator=self.back_translator,
            checker=self.checker,
            judge=None if self.judge == AUTO else self.judge,
        )
        if self.intent is not None or self.bands:
            yield base.Reference("encoder", "encoder", self.encoder)

    @model_validator(mode="after")
    def _templates_of_what_a_model_writes(self) -> "Mutate":
        rules = {"misspellings"} if self.misspellings.by == "rules" else set()
        able = [style for style in WRITTEN if style not in rules]
        if odd := [style for style in self.template if style not in able]:
            raise PydanticCustomError(
                "template",
                "template must be of styles that a model writes ({able})",
                {"able": ", ".join(able), "value": odd[0]},
            )
        return self

    @model_validator(mode="after")
    def _a_writer_where_one_is_needed(self) -> "Mutate":
        if self.written and self.writer is None:
            raise PydanticCustomError(
                "writer", "writer must be given for written styles", {"value": self.written[0]}
            )
        return self
