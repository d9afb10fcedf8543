"""Refusal judges against people's labels: kappa by model, held-out and pooled; and their speed.

`python benchmarks/judges.py ../shared/data/xstest_answers.csv --developed llama2orig`
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from artifacts.user_tables import read_user_table
from evaluation.judging.report import agreement, counted
from evaluation.judging.verdicts import VERB, Exchange, exchanges_of, judged, judged_by_rules
from moderators.refusal.keyword import KeywordJudge
from moderators.refusal.types import Judgment
from people.ratings import truths_of
from pipelines.recipe import load
from pipelines.sources.engine import open_engine, run_of
from pipelines.stages.judges import refusal_judge

_ROOT = Path(__file__).parents[1]
_TOKEN = 4  # characters


def _show(
    title: str,
    exchanges: Sequence[Exchange],
    found: Sequence[Judgment | None],
    truths: Sequence[bool],
) -> None:
    unparseable = {row[0]: row[5] for row in counted(exchanges, found).rows}
    for name, kappa, same, count, out in agreement(exchanges, found, truths).rows:
        print(f"{title:22} {name!s:16} kappa {kappa}  agreement {same}  n {count}  left out {out}")
        if unparseable[name]:
            print(f"{'':39} unparseable {unparseable[name]}")


def _speed() -> None:
    judge = KeywordJudge()
    tokens = 30_000
    texts = {
        "plain prose": "Some sentence about food, wine and song. ",
        "one word": "a",
        "nothing but openings": "I understand, and as an AI it is not ",
    }
    for name, text in texts.items():
        answer = (text * tokens)[: tokens * _TOKEN]
        started = time.perf_counter()
        judge.read(answer, "gpt")
        print(f"{tokens:,} tokens of {name}: {1000 * (time.perf_counter() - started):.0f} ms")


def main() -> None:
    """Prints the figures of the keyword judge, and of a model where a recipe gives one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path, help="columns prompt, completion, model, final_label")
    parser.add_argument("--truth", default="final_label")
    parser.add_argument("--developed", help="the model whose answers the phrases were made on")
    parser.add_argument("--recipe", type=Path)
    parser.add_argument("--judge", help="a model of the recipe")
    parser.add_argument("--sample", type=int, default=90, help="answers that the model judges")
    parser.add_argument("--cache", type=Path, default=_ROOT / "out")
    given = parser.parse_args()
    rows = read_user_table(given.table)
    exchanges, _ = exchanges_of(rows, "prompt")
    truths = truths_of(given.truth, rows[given.truth].to_list())
    found = judged_by_rules(exchanges)
    _show("keyword", exchanges, found, truths)
    if given.developed:
        held = [n for n, each in enumerate(exchanges) if each.model != given.developed]
        unseen = [replace(exchanges[n], model="") for n in held]
        _show("keyword, held out", unseen, [found[n] for n in held], [truths[n] for n in held])
    _speed()
    if given.recipe and given.judge:
        recipe = load(given.recipe)
        drawn = sorted(random.Random(7).sample(range(len(exchanges)), given.sample))
        sample = [exchanges[n] for n in drawn]
        run, ledger = run_of(recipe, VERB), given.cache / "ledger.sqlite"
        with open_engine(recipe, ledger, given.cache / "embeddings", run) as engine:
            said = judged(engine, recipe, refusal_judge(recipe, given.judge), sample)
        _show(given.judge, sample, said, [truths[n] for n in drawn])


if __name__ == "__main__":
    main()
