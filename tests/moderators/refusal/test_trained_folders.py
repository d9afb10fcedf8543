"""A trained judge's folder that somebody else made is the judge of its card, or none."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from moderators.refusal.trained import CARD, NUMBERS, TrainedJudgeUnusableError, read_trained

_NAMES = ("one", "two")


def _npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _arrays(**other: np.ndarray) -> dict[str, np.ndarray]:
    two = np.ones(2)
    return {"means": two, "scales": two, "cheap": two, "dense": np.ones(8), **other}


def _folder(folder: Path, numbers: bytes) -> Path:
    card = {
        "kind": "linear", "format": 1, "table": "t", "table_sha256": "0", "rows": 2, "refusals": 1,
        "models": ["m"], "left_out": {}, "held_out": [], "tested": [], "test_table": None,
        "seed": 7, "encoder": "e", "encoder_identity": "sha256:0", "dimensions": 2,
        "features": "f", "names": list(_NAMES), "c": 1.0, "bias": 0.0, "slope": 1.0,
        "threshold": 0.5, "licence": "l", "weights_sha256": hashlib.sha256(numbers).hexdigest(),
    }  # fmt: skip
    folder.mkdir()
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    (folder / NUMBERS).write_bytes(numbers)
    return folder


def _zip(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return file.getvalue()


def _header(shape: str, dtype: str = "<f8") -> bytes:
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def test_a_whole_folder_is_read(tmp_path: Path) -> None:
    card, numbers = read_trained(_folder(tmp_path / "judge", _npz(**_arrays())))
    assert (card.names, numbers.dense.shape) == (_NAMES, (8,))


@pytest.mark.parametrize(
    "numbers",
    [
        b"",
        b"PK\x03\x04 cut off",
        _npz(**_arrays())[:-30],
        _npz(means=np.ones(2)),
        _npz(**_arrays(means=np.array(["a", "b"]))),
        _npz(**_arrays(dense=np.array([np.nan]))),
        _npz(**_arrays(dense=np.zeros(20_000_000))),
        _zip(means=b"", scales=b"", cheap=b"", dense=b""),
        _zip(means=_header("(10**15,)"), scales=b"", cheap=b"", dense=b""),
        _zip(means=_header("(1000000000000000,)"), scales=b"", cheap=b"", dense=b""),
        _zip(means=_header("(("), scales=b"", cheap=b"", dense=b""),
        _zip(means=_header("(2,)", "|O"), scales=b"", cheap=b"", dense=b""),
    ],
)
def test_odd_numbers_are_one_line(tmp_path: Path, numbers: bytes) -> None:
    with pytest.raises(TrainedJudgeUnusableError) as caught:
        read_trained(_folder(tmp_path / "judge", numbers))
    assert "\n" not in str(caught.value)


def test_a_device_or_a_pipe_in_place_of_a_file_ends_at_once(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "judge", _npz(**_arrays()))
    (folder / CARD).unlink()
    os.mkfifo(folder / CARD)
    with pytest.raises(TrainedJudgeUnusableError, match=f"must hold {CARD}"):
        read_trained(folder)
    (folder / CARD).unlink()
    (folder / CARD).symlink_to("/dev/zero")
    with pytest.raises(TrainedJudgeUnusableError, match=f"must hold {CARD}"):
        read_trained(folder)
