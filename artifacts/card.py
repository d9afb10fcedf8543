"""A release's card: `README.md` with the front matter that the Hub and `datasets` read."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Any

import polars as pl
import yaml
from polars.datatypes import DataType, DataTypeClass

from artifacts import card_panel, card_sections, card_terms
from artifacts.build_tables import LEAST_ROWS
from artifacts.manifest import ConfigRecord, ReleaseFacts, SoundsRisky
from artifacts.schemas import ORIGIN
from artifacts.seed_columns import SEED
from artifacts.style_tables import TRANSLATED
from artifacts.summary import (
    Cell,
    Markdown,
    Table,
    by_category,
    facts,
    funnel,
    markdown_table,
    ratio_words,
    reasons,
)
from artifacts.views import View
from base.formats import UNKNOWN, code_span, fixed, markdown_text, plain_percent, row_count
from checks.language_table import tongues

_NAMES: dict[DataTypeClass, str] = {
    pl.String: "string",
    pl.Boolean: "bool",
    pl.Int32: "int32",
    pl.Int64: "int64",
    pl.Float64: "float64",
}


def features(schema: pl.Schema) -> list[dict[str, Any]]:
    """The columns as `datasets` writes them in a card's `dataset_info`."""
    return [{"name": name, **_feature(dtype)} for name, dtype in schema.items()]


def _feature(dtype: DataType | DataTypeClass) -> dict[str, Any]:
    if isinstance(dtype, pl.List):
        inner = _feature(dtype.inner)
        return {"list": inner.get("dtype") or inner.get("struct") or inner}
    if isinstance(dtype, pl.Struct):
        return {"struct": [{"name": f.name, **_feature(f.dtype)} for f in dtype.fields]}
    return {"dtype": _NAMES[dtype.base_type()]}


_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
_DEMO = """\
> **This is a demo.** It was made by small models embedded in the pipeline, to show that the
> pipeline works. Do not measure models with it, and draw no conclusions from it."""
_DEMO_LIMIT = """\
- This is a demo: the embedded models are far weaker than those of the paper. Expect clumsy
  prompts, prompts without sense, and wrong decisions about them.
"""


def card(
    release: ReleaseFacts,
    views: Sequence[View],
    configs: Sequence[ConfigRecord],
    canary: str,
    template: str,
) -> str:
    """The card's text.

    Args:
        release: What the flow knows of the release.
        views: Its views, for their schemas.
        configs: Their records, in the same order.
        canary: Its canary GUID.
        template: The name of a file in `artifacts/templates`, without its ending.
    """
    source = (files("artifacts") / "templates" / f"{template}.md").read_text(encoding="utf-8")
    _, fixed, body = source.split("---\n", 2)
    front = {**_front(release, views, configs), **yaml.safe_load(fixed)}
    text = Template(body).substitute(_blanks(release, views, configs), canary=canary)
    return f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True)}---\n{text}"


def _front(
    release: ReleaseFacts, views: Sequence[View], configs: Sequence[ConfigRecord]
) -> dict[str, Any]:
    # Loaders fail on a pattern that matches no file: a config without rows is only in the manifest.
    filled = [(view, config) for view, config in zip(views, configs, strict=True) if config.rows]
    return {
        "pretty_name": f"{release.data_set} {release.version}" + " (demo)" * release.demo,
        **card_terms.front_license(release, configs),
        "language": _languages(release.language, [config.name for _, config in filled]),
        "size_categories": [_size_category(sum(config.rows for config in configs))],
        "configs": [
            {
                "config_name": config.name,
                "data_files": [{"split": "train", "path": f"{config.name}/train-*.parquet"}],
                **({"default": True} if place == 0 else {}),
            }
            for place, (_, config) in enumerate(filled)
        ],
        "dataset_info": [
            {"config_name": config.name, "features": features(view.schema)}
            for view, config in filled
        ],
    }


def _languages(base: str, configs: Sequence[str]) -> list[str]:
    """The codes of the languages that rows are in: the release's own first, then translations'."""
    styles = (name for name in configs if name.startswith(TRANSLATED))
    codes = {name.removeprefix(TRANSLATED).partition("-")[0] for name in styles}
    return [base, *sorted(codes - {base})]


def _blanks(
    release: ReleaseFacts, views: Sequence[View], configs: Sequence[ConfigRecord]
) -> Mapping[str, object]:
    counts = {config.name: config.categories for config in configs}
    return {
        "data_set": release.data_set,
        "version": release.version,
        "notice": _DEMO if release.demo else f"Made by recipe {code_span(release.recipe.name)}.",
        "configs": _shown(_config_table(release, configs)) + _empty(configs),
        "funnel": _shown(funnel(release.funnel)),
        "reasons": _shown(reasons(release.funnel)),
        "models": _shown(_model_table(release)),
        "writers": card_sections.writers_section(release),
        "numbers": _shown(_numbers(release)),
        "counts": _shown(by_category("", counts, release.categories)),
        "load": _load(configs),
        "outside": card_sections.outside_sentence(release),
        "risky": _risky(release.sounds_risky),
        "contested": f"{release.contested or 0:,}",
        "policy": card_sections.policy_section(release.moderation),
        "rescue": card_sections.rescue_section(release),
        "panel": card_panel.panel_section(release),
        "subsets": card_sections.subsets_section(release),
        **card_sections.mutation_blanks(release),
        **card_sections.version_blanks(release),
        "lineage": card_sections.lineage_section(release, views[0].rows),
        "limits": card_sections.limits(release) + _DEMO_LIMIT * release.demo,
        "terms": card_terms.terms_section(release, configs),
        "seeds": _seeds(release, configs),
        "language": _language(release.language),
    }


def _language(code: str) -> str:
    known = tongues().get(code)
    return code if known is None else known.name


def _seeds(release: ReleaseFacts, configs: Sequence[ConfigRecord]) -> str:
    """Where the seeds' texts stand, which are unsafe by design."""
    in_column = _named(each.name for each in configs if SEED in each.columns)
    as_rows = _named(each.name for each in configs if _has_seeds(release, each))
    where = [f"in the column `seed` of {in_column}"] if in_column else []
    where += [f"in {as_rows} where it is a row of its own"] if as_rows else []
    return f"its text is only {', and '.join(where)}" if where else "its text is nowhere"


def _named(names: Iterable[str]) -> str:
    return ", ".join(map(code_span, names))


def _has_seeds(release: ReleaseFacts, config: ConfigRecord) -> bool:
    """Whether some rows of a config are seeds themselves."""
    found = release.toxic_seeds
    return found is not None and found.drawn > 0 and ORIGIN.keys() <= config.columns.keys()


def _shown(table: Table) -> str:
    return markdown_table(table).rstrip()


def _config_table(release: ReleaseFacts, configs: Sequence[ConfigRecord]) -> Table:
    rows = (
        (config.name, config.rows, _which(config), _evenness(release, config)) for config in configs
    )
    return Table("", ("config", "rows", "which", "largest / smallest category"), tuple(rows))


def _evenness(release: ReleaseFacts, config: ConfigRecord) -> Cell:
    if config.name not in release.balance:
        return ""
    numbers = release.mutations.numbers if release.mutations else {}
    names = {number: f"{number} {name}" for name, number in numbers.items()}
    counts = {names.get(name, name): rows for name, rows in config.categories.items()}
    return ratio_words(release.balance[config.name], counts, "")


def _empty(configs: Sequence[ConfigRecord]) -> str:
    said = ""
    if (main := configs[0]).rows < LEAST_ROWS:
        few = f"{row_count(main.rows)}**, too few for any rate"
        has = few if main.rows else "no rows**, and nothing is measured by it"
        said = f"\n\n**The main config, {code_span(main.name)}, has {has}."
    if not all(config.rows for config in configs):
        said += "\n\nA config of 0 rows has no file, and cannot be loaded."
    return said


def _which(config: ConfigRecord) -> Markdown:
    return Markdown(
        ", ".join(
            f"{code_span(name)} = {markdown_text(str(value))}"
            for name, value in config.where.items()
        )
    )


def _model_table(release: ReleaseFacts) -> Table:
    rows = ((model.name, model.role, model.model, model.identity) for model in release.models)
    return Table("", ("name", "role", "model", "identity"), tuple(rows))


def _risky(found: SoundsRisky | None) -> str:
    if found is None or not found.measured:
        return "not measured here"
    return f"{found.risky:,} of {found.measured:,}, {plain_percent(found.risky / found.measured)}"


def _numbers(release: ReleaseFacts) -> Table:
    cost = release.cost
    price = fixed(cost.usd, UNKNOWN, places=2)
    return facts(
        "",
        {
            "model calls": cost.calls,
            "tokens in": cost.input_tokens,
            "tokens out": cost.output_tokens,
            "US dollars": price,
            "recipe": f"{release.recipe.name} (SHA-256 {release.recipe.sha256})",
        },
    )


FOLDER = "PATH/TO/THIS/FOLDER"
"""Where a card that lies in no repository says that the release is."""


def _load(configs: Sequence[ConfigRecord]) -> str:
    name = next((config.name for config in configs if config.rows), "CONFIG")
    return (
        "from datasets import load_dataset\n\n"
        f'rows = load_dataset("{FOLDER}", "{name}", split="train")\n'
        f'rows = load_dataset("parquet", data_dir="{FOLDER}/{name}", split="train")\n\n'
        f'import polars\n\nrows = polars.read_parquet("{FOLDER}/{name}/*.parquet")'
    )


def _size_category(rows: int) -> str:
    return next((name for bound, name in _SIZES if rows < bound), "n>10M")
