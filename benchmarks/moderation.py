"""The offline moderators on a labelled table, and how risky it sounds against plain questions.

`python benchmarks/moderation.py ../shared/data/xstest_prompts.csv`
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from pipelines.recipe import OrBench, load
from pipelines.sources.engine import open_engine
from refusery.verbs.moderation import moderated, pooled, truths_of

_ROOT = Path(__file__).parents[1]
_PLAIN = _ROOT / "benchmarks" / "data" / "plain_questions.csv"


def _column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def main() -> None:
    """Prints each moderator's rates, and both shares that sound risky with their difference."""
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path, help="a CSV with columns prompt and label")
    parser.add_argument("--recipe", type=Path, default=_ROOT / "recipes/or_bench.embedded.yaml")
    parser.add_argument("--cache", type=Path, default=_ROOT / "out")
    given = parser.parse_args()
    recipe = load(given.recipe)
    if not isinstance(recipe, OrBench):
        raise SystemExit("the recipe must have a part `moderate`")
    truths = truths_of("label", _column(given.table, "label"))
    ledger, embeddings = given.cache / "ledger.sqlite", given.cache / "embeddings"
    with open_engine(recipe, ledger, embeddings) as engine:
        found = moderated(engine, recipe, _column(given.table, "prompt"), with_baseline=True)
        plain = moderated(engine, recipe, _column(_PLAIN, "prompt"))
    for row in pooled(found.verdicts, truths).rows:
        print(f"{row[0]!s:10} TPR {row[1]}  FPR {row[2]}  balanced accuracy {row[3]}")
    safe = [each for each, unsafe in zip(found.decisions, truths, strict=True) if not unsafe]
    shares = [
        sum(bool(row["sounds_risky"]) for row in group) / len(group)
        for group in (safe, plain.decisions)
    ]
    print(f"sounds risky: {shares[0]:.3f} of {len(safe)} safe prompts of the table,", end=" ")
    print(f"{shares[1]:.3f} of {len(plain.decisions)} plain questions,", end=" ")
    print(f"difference {shares[0] - shares[1]:.3f}")


if __name__ == "__main__":
    main()
