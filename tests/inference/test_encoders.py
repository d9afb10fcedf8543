from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.encoders import Encoder
from inference.errors import ModelFileUnusable
from inference.models import EncoderSpec
from inference.vectors import VectorCache

_SHIPPED = EncoderSpec("all-MiniLM-L6-v2")
_TEXTS = ["How do I rob a bank?", "How do banks prevent robberies?", "a", "Why is the sky blue?"]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return Encoder(_SHIPPED, tmp_path_factory.mktemp("embeddings"))


@pytest.mark.embedded
def test_vectors_are_unit_rows_in_the_order_of_the_texts(encoder: Encoder) -> None:
    vectors = encoder.embed(_TEXTS)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    turned = encoder.embed(_TEXTS[::-1])
    np.testing.assert_array_equal(turned, vectors[::-1])


@pytest.mark.embedded
def test_a_text_alone_is_computed_apart_and_differs_by_no_more_than_rounding(
    encoder: Encoder,
) -> None:
    together, alone = encoder.embed(_TEXTS), encoder.embed(_TEXTS, alone=True)
    np.testing.assert_allclose(together, alone, atol=1e-4)
    again = Encoder(_SHIPPED, encoder._cache_folder / "other").embed(_TEXTS[1:2], alone=True)
    np.testing.assert_array_equal(again[0], alone[1])


@pytest.mark.embedded
def test_a_second_process_finds_every_vector_in_the_cache(encoder: Encoder) -> None:
    first = encoder.embed(_TEXTS)
    second = Encoder(_SHIPPED, encoder._cache_folder)
    np.testing.assert_array_equal(second.embed(_TEXTS), first)
    assert second.computed == 0


def test_an_encoder_is_known_by_its_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "modules.json").write_text("[]")
        (folder / "README.md").write_text(name)
    one, two = (
        Encoder(EncoderSpec("x", path=tmp_path / name), tmp_path) for name in ("one", "two")
    )
    assert one.identity == two.identity
    (tmp_path / "two" / "weights.bin").write_bytes(b"others")
    assert Encoder(EncoderSpec("x", path=tmp_path / "two"), tmp_path).identity != one.identity


def test_a_folder_that_holds_no_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileUnusable, match="sentence-transformers layout"):
        Encoder(EncoderSpec("x", path=tmp_path), tmp_path)


def test_a_damaged_cache_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    path.write_bytes(b"no database" * 500)
    cache = VectorCache(path)
    vector = np.arange(4, dtype=np.float32)
    cache.put({"a": vector}, alone=False)
    assert cache.get(["a"], alone=True) == {}
    np.testing.assert_array_equal(cache.get(["a", "b"], alone=False)["a"], vector)
    cache.close()
