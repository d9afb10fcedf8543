"""A base set is picked into the shipped taxonomies, every category of which can be filled."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.recipe import taxonomy_of
from pipelines.sorry_bench.coverage import coverage
from tests.base_set import chosen, loaded, opened
from tests.servers.behaviours import Choice, Classifier, Router
from tests.servers.openai_server import serve

pytestmark = pytest.mark.embedded

_SEEDS = Path(__file__).parents[2] / "taxonomy" / "seeds"
_RECIPE = """\
benchmark: sorry-bench
taxonomy: {taxonomy}
models:
  a: {{provider: openai, base_url: "{url}", model: a, price: free}}
  b: {{provider: openai, base_url: "{url}", model: b, price: free}}
base:
  sources:
    - {{from: one.csv, license: cc-by-4.0, redistribute: true}}
    - {{from: two.jsonl, column: goal, license: mit, redistribute: true}}
    - {{from: three.parquet, column: text, category_column: kind, license: mit, redistribute: true}}
  per_category: 1
  classifiers: [a, b]
release: {{version: 2026.11.0}}
"""


@pytest.mark.parametrize("name", ["sorry_bench_202406", "sorry_bench_202503"])
def test_each_category_but_the_sensitive_one_finds_its_request(name: str, tmp_path: Path) -> None:
    seeds = pl.read_csv(_SEEDS / f"{name}.csv")
    third = seeds.height // 3
    seeds[:third].select("prompt").write_csv(tmp_path / "one.csv")
    seeds[third : 2 * third].select(goal="prompt").write_ndjson(tmp_path / "two.jsonl")
    seeds[2 * third :].select(text="prompt", kind="category").write_parquet(
        tmp_path / "three.parquet"
    )
    classes = {text: Choice(category, 0.9) for text, category in seeds.iter_rows()}
    with serve(Router(dict.fromkeys("ab", Classifier(classes)))) as server:
        path = tmp_path / "base.yaml"
        path.write_text(_RECIPE.format(taxonomy=name, url=server.base_url))
        recipe = loaded(path)
        taxonomy = taxonomy_of(recipe)
        with opened(recipe, tmp_path / "out") as (run, stage):
            rows = chosen(run, stage)
            table = coverage(run, stage, recipe, taxonomy)
    missing = {row[0]: row[4] for row in table.rows}
    sensitive = [each for each in taxonomy.names if taxonomy.get(each).sensitive]
    assert sensitive and missing == {
        **dict.fromkeys(taxonomy.names, 0), **dict.fromkeys(sensitive, 1), "total": len(sensitive)
    }  # fmt: skip
    assert {(row["text"], row["category"]) for row in rows} == {*seeds.iter_rows()}
    assert [row["question_id"] for row in rows] == [
        place * 10 + 1 for place, each in enumerate(taxonomy.names) if each not in sensitive
    ]
