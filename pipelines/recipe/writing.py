"""Seeds, cleaning, rewriting, repeats: what is written, and which texts are usable."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from checks.language import unknown_to_cld2
from checks.language_table import tongues, unknown
from checks.style_rules import STYLE_RULES
from curation.characters import LEAST
from inference.models import SHIPPED_ENCODERS
from pipelines.recipe.base import (
    Cosine,
    Count,
    Names,
    Part,
    Reference,
    Share,
    Temperature,
    Text,
    TopP,
    spelled,
)
from pipelines.recipe.writer_names import Writer, names_of, writer_references

Language = Annotated[str, spelled(r"[a-z]{2,3}(-[A-Za-z]+)?", "a language code such as en")]


def _known_language(given: str) -> str:
    if given not in tongues():
        raise PydanticCustomError("language", "must be {rule}", {"rule": unknown(given)})
    return given


Spoken = Annotated[str, AfterValidator(_known_language)]
"""A language that the pipeline writes, cleans and judges in."""


def _detected_language(given: str) -> str:
    if rule := unknown_to_cld2(given):
        raise PydanticCustomError("language", "must be {rule}", {"rule": rule})
    return given


class Clean(Part):
    """Which texts are usable at all; the authors' code drops only exact repeats."""

    min_chars: int | None = Field(default=None, ge=0)
    """Shortest text in characters (the published hard prompts have 48 to 269); by default 8, or as
    the recipe's language has it (4 in Chinese)."""
    max_chars: Count = 600
    """Longest text in characters."""
    min_words: int | None = Field(default=None, ge=0)
    """Fewest words, as white space parts them; by default 3, and none in languages without spaces
    between words (Chinese, Japanese, Thai)."""
    language: Annotated[str, AfterValidator(_detected_language)] | None = "en"
    """The language that a text must be in, as a code; null for any, by default the recipe's."""
    checks: Names = ("control_characters", "leftovers", "repetition")
    """Further named checks, in order."""

    @model_validator(mode="after")
    def _bounds_in_order(self) -> "Clean":
        if self.min_chars is not None and self.min_chars > self.max_chars:
            raise PydanticCustomError(
                "bounds", "min_chars must be at most max_chars", {"value": self.min_chars}
            )
        return self


class Drift(Part):
    """The band of cosine similarity to its seed in which a rewrite must lie."""

    low: Cosine = 0.3
    """Below it, a text has lost its seed."""
    high: Cosine = 0.9
    """Above it, a text is a near copy of its seed."""

    @model_validator(mode="after")
    def _bounds_in_order(self) -> "Drift":
        if self.low >= self.high:
            raise PydanticCustomError("bounds", "low must be below high", {"value": self.low})
        return self


class Examples(Part):
    """How far a rewrite must stay from the template's few-shot examples."""

    limit: Cosine = 0.85
    """Largest cosine similarity to any of them."""


LEAST_YIELD = 0.02
"""New rows a text that a round must bring, of seeds and of rewrites: less is repeats alone."""


class Rewrite(Part):
    """Rewrites that sound harmful and are harmless (paper section 3.2.2, appendix O)."""

    not_digested: ClassVar[frozenset[str]] = frozenset(("template",))

    writer: Writer
    """Who rewrites: a model, a list whose next is asked where one refuses or gives too little, or
    weights by which seeds are shared, as `{a: 2, b: 1}` (docs/writers.md)."""
    per_seed: Count = 5
    """Rewrites per seed, asked for in one call (appendix O)."""
    temperature: Temperature = 0.7
    """Sampling temperature (appendix O)."""
    top_p: TopP | None = None
    """Nucleus mass; by default the server's own."""
    tries: Count = 3
    """How often a seed is asked about until it has its rewrites."""
    form: Literal["json", "list"] = "json"
    """Answer form: a JSON schema, or for small models a list that is continued."""
    template: Text | None = None
    """A file with a chat of one's own in place of the shipped one, relative to the recipe or to
    the working folder; `refusery templates` writes the shipped ones out to start from."""
    max_tokens: Count | None = None
    """Longest answer in tokens; by default the model's or the server's own."""
    category: Literal["seed", "moderator"] = "seed"
    """Whose category a rewrite carries; the paper does not say."""
    checks: Names = ("writer_refused", *(rule.name for rule in STYLE_RULES))
    """Named checks that a rewrite must pass, in order (the rules of section 3.2.2)."""
    encoder: Text = SHIPPED_ENCODERS[0]
    """The encoder that `drift` and `examples` measure with."""
    drift: Drift | None = None
    """The drift band; null for none, as in the paper."""
    examples: Examples | None = None
    """The distance to few-shot examples; null for none, as in the paper."""
    target: Count | None = None
    """Rows wanted per category: with `rounds` above 1 one that has fewer gets further rounds."""
    rounds: Count = 1
    """Largest number of rounds until each category has its `target`. A further one that the budget
    does not reach is given up, and the set is released as the rounds before left it: a higher cap
    is for the next version. Where rescue or a panel is still to be asked after the rounds, as it is
    without `hard.rounds`, the run ends there instead, and a higher cap goes on with it."""
    min_yield: Share | None = None
    """New rows that a round must bring a category for each rewrite that it has written for it, or
    the category gets no further one. By default 0.02; of the paper's rewrites 0.8 were safe."""

    @property
    def writers(self) -> tuple[str, ...]:
        """The models that may rewrite, the first of a list first."""
        return names_of(self.writer)

    @property
    def least_yield(self) -> float:
        """`min_yield`, or its default."""
        return LEAST_YIELD if self.min_yield is None else self.min_yield

    @model_validator(mode="after")
    def _a_template_of_json(self) -> "Rewrite":
        if self.template is not None and self.form != "json":
            raise PydanticCustomError(
                "template", "template must come with form: json", {"value": self.template}
            )
        return self

    @model_validator(mode="after")
    def _a_yield_of_rounds(self) -> "Rewrite":
        if self.min_yield is not None and self.target is None:
            raise PydanticCustomError(
                "min_yield", "min_yield must come with target", {"value": self.min_yield}
            )
        return self

    def references(self) -> Iterator[Reference]:
        """The writers and, where something is measured, the encoder."""
        yield from writer_references("writer", self.writer)
        if self.drift is not None or self.examples is not None:
            yield Reference("encoder", "encoder", self.encoder)


class Dedup(Part):
    """Exact and near-duplicate removal; the first row in (category, row) order stays."""

    encoder: Text = SHIPPED_ENCODERS[0]
    """The encoder that near repeats are found with."""
    threshold: Annotated[float, Field(gt=0, le=1)] | None = 0.92
    """Cosine from which two prompts are near repeats; null for exact repeats only, as in the
    authors' code."""
    jaccard: Annotated[float, Field(ge=LEAST, le=1)] | None = None
    """Jaccard index of character n-grams from which two prompts are near repeats, where the
    encoder does not know the recipe's language; by default 0.6, in scripts without spaces 0.5. It
    counts for `rewrite.drift` and `rewrite.examples` too. At least 0.06, from which on fewer than
    one near pair in 1,000 is missed."""
    against: Names = ()
    """Releases, tables or `hf://` files whose near repeats are removed too; only their ids become
    evidence."""

    def references(self) -> Iterator[Reference]:
        """The encoder, where near repeats are looked for."""
        if self.threshold is not None:
            yield Reference("encoder", "encoder", self.encoder)


class EncoderFacts(Part):
    """What a recipe knows of an encoder."""

    languages: Annotated[tuple[Language, ...], Field(strict=False, min_length=1)]
    """The languages that it knows, as codes; by default as a list of known encoders says, else
    English alone."""


class Openers(Part):
    """A bound on sameness; in the published hard set three openings begin 58 % of the prompts."""

    max_share: Annotated[float, Field(gt=0, le=1)] = 0.25
    """Largest share of prompts that may begin with the same three words; in languages without
    spaces between words with the same four characters."""


class WrittenSeeds(Part):
    """Seeds that a writer is asked for, category by category (paper section 3.2.1)."""

    not_digested: ClassVar[frozenset[str]] = frozenset(("template",))

    source: Literal["llm"] = Field(alias="from")
    """`llm`, `shipped`, a CSV, TSV, JSON, JSON Lines, Parquet or XLSX file, or `hf://owner/name/file`."""
    writer: Writer
    """Who writes them: a model, a list whose next is asked where one refuses or gives too little,
    or weights by which calls are shared, as `{a: 2, b: 1}` (docs/writers.md)."""
    per_category: Count = 2000
    """Seeds wanted per category (paper section 3.2.1)."""
    per_call: Count = 20
    """Seeds asked for in one call: 50 repeat each other, fewer cost more calls (section 3.2.1)."""
    temperature: Temperature = 1.0
    """Sampling temperature (the authors' code)."""
    top_p: TopP | None = None
    """Nucleus mass; by default the server's own."""
    template: Text | None = None
    """A file with a chat of one's own in place of the shipped one, relative to the recipe or to
    the working folder; `refusery templates` writes the shipped ones out to start from."""
    max_tokens: Count | None = None
    """Longest answer in tokens; by default the model's or the server's own."""
    tries: Count = 3
    """How often one call is made until its answer is usable."""
    max_rounds: Count = 3
    """Rounds after which a category that is not full is reported as run dry."""
    license: str = "cc-by-4.0"
    """The licence that the written texts are given under; mind the writer's own terms."""
    redistribute: bool = True
    """Whether the texts may be published."""

    @property
    def writers(self) -> tuple[str, ...]:
        """The models that may write, the first of a list first."""
        return names_of(self.writer)

    def references(self) -> Iterator[Reference]:
        """The writers."""
        yield from writer_references("writer", self.writer)


class ShippedSeeds(Part):
    """The seeds that come with the taxonomy: shipped ones, few and mild, or its own."""

    source: Literal["shipped"] = Field(alias="from")
    """`llm`, `shipped`, a CSV, TSV, JSON, JSON Lines, Parquet or XLSX file, or `hf://owner/name/file`."""
    per_category: Count | None = None
    """Use only the first so many of each category; by default all."""
    license: str | None = None
    """The licence of the seeds in a file that a taxonomy of your own names as `files.seeds`; none
    given means that nothing made from them may be published. Shipped ones have theirs."""
    redistribute: bool | None = None
    """Whether the texts of such a file may be published; by default not."""


class ImportedSeeds(Part):
    """Seeds from a table of one's own, or from the Hub."""

    source: Text = Field(alias="from")
    """`llm`, `shipped`, a CSV, TSV, JSON, JSON Lines, Parquet or XLSX file, or `hf://owner/name/file`."""
    column: Text = "prompt"
    """The column with the texts."""
    category_column: Text = "category"
    """The column with the categories."""
    category: Text | None = None
    """One category for every row, in place of a column."""
    license: str | None = None
    """The table's licence; none given means that nothing made from it may be published."""
    redistribute: bool = False
    """Whether the table's texts may be published."""

    def references(self) -> Iterator[Reference]:
        """The category of every row, where one is given."""
        if self.category is not None:
            yield Reference("category", "category", self.category)


def _kind(given: object) -> str:
    source = given.get("from") if isinstance(given, dict) else getattr(given, "source", None)
    return source if source in ("llm", "shipped") else "imported"


Seeds: TypeAlias = Annotated[
    Annotated[WrittenSeeds, Tag("llm")]
    | Annotated[ShippedSeeds, Tag("shipped")]
    | Annotated[ImportedSeeds, Tag("imported")],
    Discriminator(_kind),
]
