"""A trained judge on each third of a table that it did not see: kappa, interval, seconds.

`python benchmarks/judge_train.py ../shared/data/xstest_answers.csv`
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from evaluation.judging.labelled_tables import Named
from evaluation.training.data import Material, read_material
from evaluation.training.linear import train_linear
from evaluation.training.validation import by_model
from inference.encoders import SHIPPED_ENCODER, Encoder
from inference.engine import Engine
from inference.ledger import Ledger
from inference.models import EncoderSpec
from inference.providers.opening import provide
from inference.types import Failed, Item
from pipelines.stages.judges import trained_judge

_SEED = 7


def _pass(folder: Path, material: Material, cache: Path) -> tuple[list[bool], float, float]:
    """Verdicts of a saved judge by the engine, wall seconds, and CPU seconds; nothing is cached."""
    spec = EncoderSpec(SHIPPED_ENCODER)
    judge = trained_judge(folder, SHIPPED_ENCODER, spec)
    with Engine(
        {}, Ledger(cache / "ledger.sqlite"), provide, lambda _: Encoder(spec, cache)
    ) as all_:
        all_.run([judge.judge(Item("0", "Is it raining?", "", answer="It is."))])  # loads the model
        started, cpu = time.perf_counter(), time.process_time()
        items = [Item(str(row.place), row.prompt, "", answer=row.answer) for row in material.rows]
        found = all_.run([judge.judge(item) for item in items]).results
        seconds = time.perf_counter() - started, time.process_time() - cpu
    return [not isinstance(each, Failed) and bool(each.refused) for each in found], *seconds


def main() -> None:
    """Prints one line a model: trained on the others, tested on it through the engine."""
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path)
    parser.add_argument("--cache", type=Path, help="of the training's embeddings")
    parser.add_argument("--only", help="one model")
    given = parser.parse_args()
    material = read_material(given.table, Named())
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        encoder = Encoder(EncoderSpec(SHIPPED_ENCODER), given.cache or place / "training")
        for model in material.models:
            if given.only in (None, model):
                folder = place / model
                started = time.perf_counter()
                train_linear(material, encoder, SHIPPED_ENCODER, folder, _SEED, model)
                trained = time.perf_counter() - started
                held = material.of(model)
                said, wall, cpu = _pass(folder, held, place / f"pass-{model}")
                (figures,) = by_model(held.rows, said, _SEED)
                print(
                    f"{model:18} kappa {figures.kappa:.3f} {figures.interval}  n {figures.n}  "
                    f"training {trained:.1f} s  pass {wall:.1f} s ({cpu:.1f} s of CPU)"
                )
        encoder.close()


if __name__ == "__main__":
    main()
