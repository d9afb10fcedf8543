"""How long an audit takes: a seeded table with cached embeddings, report included, part by part.

`python benchmarks/audit.py --rows 80000`. Texts recombine the words of `benchmarks/data/`; their
vectors are planted in a cache of their own, unit vectors round common centres, so that the encoder
is not run and what is searched is no easier than real prompts: one row in fifty is near to an
earlier one, and one in a hundred lies near the threshold.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from artifacts.audit_facts import Audit
from artifacts.report.files import write_report
from artifacts.user_tables import read_user_table, write_user_table
from auditing.balance import spreads
from auditing.data import Material
from auditing.embedding import by_encoder
from auditing.near import near_repeats
from auditing.texts import Texts, diversity
from inference.encoders import SHIPPED_ENCODER, Encoder
from inference.models import EncoderSpec
from inference.vectors import VectorCache, vector_key
from pipelines.audits.audits import audit_table, table_material

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DATA = Path(__file__).parent / "data" / "plain_questions.csv"
_CATEGORIES = tuple(f"category-{number:02d}" for number in range(10))
_DIMENSIONS = 384
_CENTRES = 2_000
_SEED = 7
_AT_ONCE = 8_192


def make_table(path: Path, rows: int) -> list[str]:
    """Writes a table of different texts, questions whose halves were exchanged; gives the texts."""
    chance = random.Random(_SEED)
    words = [text.split() for text in read_user_table(_DATA)["prompt"]]
    texts: dict[str, None] = {}
    while len(texts) < rows:
        first, second = chance.sample(words, 2)
        cut = chance.randint(2, max(2, len(first) - 2))
        tail = second[len(second) // 2 :]
        chance.shuffle(tail)
        texts[" ".join((*first[:cut], *tail, chance.choice(chance.choice(words))))] = None
    chosen = [*texts]
    categories = [chance.choice(_CATEGORIES) for _ in chosen]
    write_user_table(path, pl.DataFrame({"prompt": chosen, "category": categories}))
    return chosen


def plant(encoder: Encoder, cache: Path, texts: Sequence[str]) -> None:
    """Puts a vector for each text into the encoder's cache, computed alone and in a batch alike."""
    chance = np.random.default_rng(_SEED)
    centres = _unit(chance.standard_normal((_CENTRES, _DIMENSIONS)))
    own = chance.standard_normal((len(texts), _DIMENSIONS)) / np.sqrt(_DIMENSIONS)
    vectors = _unit(centres[chance.integers(0, _CENTRES, len(texts))] + own)
    for every, cosine in ((50, 0.95), (100, 0.921)):
        places = np.arange(every, len(texts), every)
        noise = (
            own[places]
            - (own[places] * vectors[places - 1]).sum(1, keepdims=True) * (vectors[places - 1])
        )
        vectors[places] = cosine * vectors[places - 1] + np.sqrt(1 - cosine**2) * _unit(noise)
    store = VectorCache(cache / f"{encoder.identity.removeprefix('sha256:')}.sqlite")
    for start in range(0, len(texts), _AT_ONCE):
        some = range(start, min(start + _AT_ONCE, len(texts)))
        rows = vectors.astype(np.float32)[some.start : some.stop]
        for alone in (False, True):
            keys = [vector_key(texts[place], alone) for place in some]
            store.put(dict(zip(keys, rows, strict=True)))
    store.close()


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    units: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return units


@contextmanager
def _timed(name: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:28} {wall:7.1f} s, {cpu:7.1f} s of CPU", flush=True)


def _parts(material: Material, encoder: Encoder) -> None:
    """Each part of the audit by itself."""
    (part,) = material.parts
    with _timed("  openings, language, rules"):
        texts = Texts(material)
    with _timed("  balance"):
        spreads(material, texts)
    with _timed("  near repeats"):
        measured = by_encoder(encoder)(near_repeats(material))
    with _timed("  diversity"):
        diversity(material, part, texts, measured)


def _whole(table: Path, encoder: Encoder, folder: Path) -> Audit:
    with _timed("audit and report"):
        with _timed("  audit"):
            found, rows = audit_table(table, by_encoder(encoder))
        with _timed("  report"):
            write_report(folder / "report.html", found, rows={table.name: rows})
    return found


def main() -> None:
    """Prints seconds of the whole, then of each part, and what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=80_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = folder / "prompts.parquet"
        encoder = Encoder(EncoderSpec(SHIPPED_ENCODER), folder / "embeddings")
        with _timed(f"{given.rows:,} rows made, planted"):
            plant(encoder, folder / "embeddings", make_table(table, given.rows))
        found = _whole(table, encoder, folder)
        _parts(table_material(table), encoder)
        (near,) = found.near
        size = (folder / "report.html").stat().st_size
        print(f"{near.near:,} of {near.rows:,} rows near, {encoder.computed} embedded anew")
        print(f"report: {size / 1e6:.2f} MB")
        encoder.close()


if __name__ == "__main__":
    main()
