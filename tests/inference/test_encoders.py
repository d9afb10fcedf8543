from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.encoders import SHIPPED_ENCODER, Encoder
from inference.errors import ModelFileUnusableError
from inference.models import EncoderSpec

SHIPPED = EncoderSpec(SHIPPED_ENCODER)
TEXTS = [
    "How do store owners spot a shoplifter at the door?",
    "How do shop keepers notice a thief?",
    "Why is the tango danced cheek to cheek?",
]


def folder(place: Path, weights: bytes = b"weights", **others: bytes) -> Path:
    place.mkdir(parents=True)
    modules = [{"path": ""}, {"path": "1_Pooling"}, {"path": "2_Normalize"}]
    (place / "modules.json").write_text(json.dumps(modules))
    (place / "model.safetensors").write_bytes(weights)
    (place / "1_Pooling").mkdir()
    (place / "1_Pooling" / "config.json").write_bytes(b"{}")
    (place / "README.md").write_bytes(others.get("readme", b""))
    (place / "onnx").mkdir()
    (place / "onnx" / "model.bin").write_bytes(others.get("onnx", b""))
    return place


def identity(place: Path, cache: Path) -> str:
    return Encoder(EncoderSpec("mine", place), cache).identity


def test_the_identity_is_that_of_the_files_and_not_of_their_place(tmp_path: Path) -> None:
    one = identity(folder(tmp_path / "one"), tmp_path)
    other = identity(folder(tmp_path / "other", readme=b"Read me", onnx=b"another form"), tmp_path)
    assert one == other
    assert one.startswith("sha256:")


def test_other_weights_are_another_encoder(tmp_path: Path) -> None:
    one = identity(folder(tmp_path / "one"), tmp_path)
    assert identity(folder(tmp_path / "two", weights=b"others"), tmp_path) != one


def test_asking_for_the_identity_opens_no_cache(tmp_path: Path) -> None:
    identity(folder(tmp_path / "one"), tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_hub_id_that_cannot_be_fetched_is_refused_by_its_name(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from inference.encoders import Encoder
from inference.errors import ModelFileUnusableError
from inference.models import EncoderSpec
try:
    Encoder(EncoderSpec("nobody/nothing", revision="abc"), Path({str(tmp_path)!r}))
except ModelFileUnusableError as error:
    print(error)
"""
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=offline
    )
    assert "must be shipped, a folder, or on the Hub" in run.stdout
    assert "nobody/nothing" in run.stdout


@pytest.mark.parametrize("content", [None, "no json", "{}", "[1]", '[{"name": "0"}]'])
def test_a_folder_that_is_no_encoder_is_refused_by_its_path(
    tmp_path: Path, content: str | None
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    if content is not None:
        (place / "modules.json").write_text(content)
    with pytest.raises(ModelFileUnusableError, match="place"):
        identity(place, tmp_path)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encoder]:
    encoder = Encoder(SHIPPED, tmp_path_factory.mktemp("embeddings"))
    encoder.embed(["the model is loaded once for all tests of this file"])
    yield encoder
    encoder.close()


@pytest.mark.embedded
def test_vectors_are_unit_rows_in_the_order_of_the_texts(encoder: Encoder) -> None:
    vectors = encoder.embed(TEXTS)
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.array_equal(encoder.embed(TEXTS[::-1]), vectors[::-1])


@pytest.mark.embedded
def test_texts_of_one_meaning_are_near_and_others_are_not(encoder: Encoder) -> None:
    one, same, other = encoder.embed(TEXTS)
    assert one @ same > 0.7
    assert one @ other < 0.2


@pytest.mark.embedded
def test_a_text_alone_is_the_same_whatever_is_asked_with_it(
    encoder: Encoder, tmp_path: Path
) -> None:
    long = "a long text that pads every batch it is in " * 20
    beside = encoder.embed([*TEXTS, long], alone=True)[: len(TEXTS)]
    fresh = Encoder(SHIPPED, tmp_path)
    by_itself = np.concatenate([fresh.embed([text], alone=True) for text in TEXTS])
    fresh.close()
    assert np.array_equal(beside, by_itself)
    assert np.allclose(beside, encoder.embed([*TEXTS, long])[: len(TEXTS)], atol=1e-5)


@pytest.mark.embedded
def test_a_fixed_list_is_the_same_whatever_else_was_asked_for(
    encoder: Encoder, tmp_path: Path
) -> None:
    long = "a long text that pads every batch it is in " * 20
    fresh = Encoder(SHIPPED, tmp_path)
    fresh.embed_set([*TEXTS, long])
    fresh.embed(TEXTS[:1])
    before = fresh.computed
    fixed = fresh.embed_set(TEXTS)
    assert fresh.computed == before + len(TEXTS)
    assert np.array_equal(fresh.embed_set(TEXTS), fixed)
    assert fresh.computed == before + len(TEXTS)
    fresh.close()
    assert np.array_equal(encoder.embed_set(TEXTS), fixed)


@pytest.mark.embedded
def test_a_text_is_computed_once_however_often_it_is_asked_for(encoder: Encoder) -> None:
    before = encoder.computed
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: encoder.embed(["Who is it?", "Who is it?"]), range(8)))
    assert encoder.computed == before + 1
    assert all(np.array_equal(answer, answers[0]) for answer in answers)


@pytest.mark.embedded
def test_no_texts_are_no_rows(encoder: Encoder) -> None:
    assert encoder.embed([]).shape[0] == 0


@pytest.mark.embedded
def test_a_second_run_computes_nothing_and_loads_no_torch(encoder: Encoder, tmp_path: Path) -> None:
    first = Encoder(SHIPPED, tmp_path)
    vectors = first.embed(TEXTS)
    first.close()
    code = f"""
import sys
from pathlib import Path
from inference.encoders import Encoder
from inference.models import EncoderSpec
encoder = Encoder(EncoderSpec({SHIPPED_ENCODER!r}), Path({str(tmp_path)!r}))
vectors = encoder.embed({TEXTS!r})
assert encoder.computed == 0 and "torch" not in sys.modules
print(vectors.tobytes().hex())
"""
    again = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert again.stdout.strip() == vectors.tobytes().hex()


@pytest.mark.embedded
def test_a_corrupt_cache_costs_nothing_but_time(
    encoder: Encoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / f"{encoder.identity.removeprefix('sha256:')}.sqlite"
    file.write_bytes(b"no database " * 1000)
    with caplog.at_level(logging.WARNING):
        fresh = Encoder(SHIPPED, tmp_path)
        assert np.allclose(fresh.embed(TEXTS), encoder.embed(TEXTS), atol=1e-6)
    assert "begun anew" in caplog.text
    fresh.close()


@pytest.mark.slow
@pytest.mark.embedded
def test_a_copy_of_the_shipped_encoder_by_path_needs_no_network_and_prints_nothing(
    encoder: Encoder, tmp_path: Path
) -> None:
    code = f"""
from pathlib import Path
from inference.encoders import Encoder
from inference.models import EncoderSpec
import shutil
copy = Path({str(tmp_path / "copy")!r})
shutil.copytree({str(encoder.folder)!r}, copy)
encoder = Encoder(EncoderSpec("mine", copy), Path({str(tmp_path)!r}))
assert encoder.embed(["text"]).shape == (1, 384)
assert encoder.identity == {encoder.identity!r}
"""
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9"}
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    )
    assert (run.stdout, run.stderr) == ("", "")


@pytest.mark.embedded
def test_weights_that_cannot_be_loaded_are_refused(encoder: Encoder, tmp_path: Path) -> None:
    place = tmp_path / "copy"
    shutil.copytree(encoder.folder, place)
    (place / "model.safetensors").write_bytes(b"no weights")
    broken = Encoder(replace(SHIPPED, path=place), tmp_path)
    with pytest.raises(ModelFileUnusableError, match="copy"):
        broken.embed(["text"])
    broken.close()
